"""The register of evaluation bodies, and the grade certificates of confirmed promotions."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import cast

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import ledgers, queries, services
from qzcompete.certificates.forms import BodyForm, PhotoForm, ScopeForm, VoidForm
from qzcompete.certificates.rules.grade import LEVELS
from qzcompete.certificates.services import BodyDraft
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.certificates.views.office import XLSX
from qzcompete.core.actor import CITY
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires


@blueprint.get("/certificates/grades")
@requires("certificate.issue")
def grades() -> str:
    permit(current_user.actor, "certificate.issue", CITY)
    day = in_city(now()).date()
    return render_template(
        "certificates/grades.html",
        candidates=queries.candidates(day),
        levels=LEVELS,
        refusals=services.REFUSALS,
        year=day.year,
    )


@blueprint.route("/certificates/grades/<int:person_id>/photo", methods=["GET", "POST"])
@requires("certificate.issue")
def grade_photo(person_id: int) -> Page:
    permit(current_user.actor, "certificate.issue", CITY)
    form = PhotoForm()
    if tried(form, lambda: services.keep_photo(current_user.actor, person_id, form.file.data.read())):
        flash(_("The photo is kept."), "success")
        return redirect(url_for(".grades"))
    page = render_template(
        "certificates/photo.html", form=form, person_id=person_id, photo=queries.photo_of(person_id)
    )
    return shown(page, form)


@blueprint.get("/certificates/grades/<int:person_id>/photo.jpg")
@requires("certificate.issue")
def grade_photo_file(person_id: int) -> Response:
    permit(current_user.actor, "certificate.issue", CITY)
    digest = queries.photo_of(person_id)
    if digest is None:
        raise NotFound()
    return Response(queries.files().get(digest), mimetype="image/jpeg")


@blueprint.post("/certificates/grades/<int:promotion_id>/issue")
@requires("certificate.issue")
def issue_grade(promotion_id: int) -> AnyResponse:
    made = services.issue_grade(current_user.actor, promotion_id)
    flash(_("The certificate %(number)s is issued; its file is being made.", number=made.number), "success")
    return redirect(url_for(".show", certificate_id=made.id))


@blueprint.get("/certificates/national-<int:year>.xlsx")
@requires("certificate.issue")
def national_file(year: int) -> AnyResponse:
    """The list for the national query system."""
    permit(current_user.actor, "certificate.issue", CITY)
    if not 2000 <= year <= 9999:
        raise NotFound()
    book = ledgers.national_workbook(queries.national_lines(year), year)
    return send_file(
        BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=f"等级证书上报{year}.xlsx"
    )


@blueprint.get("/certificates/bodies")
@requires("body.edit")
def bodies() -> str:
    return render_template("certificates/bodies.html", bodies=queries.bodies(), today=in_city(now()).date())


@blueprint.route("/certificates/bodies/new", methods=["GET", "POST"])
@requires("body.edit")
def new_body() -> Page:
    permit(current_user.actor, "body.edit", CITY)
    return edited(BodyForm(code="0000", province="45", kind="S"), None)


@blueprint.route("/certificates/bodies/<int:body_id>/edit", methods=["GET", "POST"])
@requires("body.edit")
def edit_body(body_id: int) -> Page:
    permit(current_user.actor, "body.edit", CITY)
    return edited(BodyForm(obj=queries.body_page(body_id).body), body_id)


def edited(form: BodyForm, body_id: int | None) -> Page:
    kept: list[int] = []

    def keep() -> None:
        draft = BodyDraft(
            form.name.data or "",
            form.kind.data,
            form.code.data or "",
            form.serial.data or "",
            cast(date, form.valid_from.data),
            form.valid_to.data,
            form.province.data or "",
        )
        kept.append(services.register_body(current_user.actor, draft, body_id))

    if tried(form, keep):
        return redirect(url_for(".body", body_id=kept[0]))
    return shown(render_template("certificates/body_form.html", form=form, body_id=body_id), form)


@blueprint.get("/certificates/bodies/<int:body_id>")
@requires("body.edit")
def body(body_id: int) -> str:
    return body_page(body_id, ScopeForm(formdata=None), VoidForm(formdata=None))


def body_page(body_id: int, scope_form: ScopeForm, void_form: VoidForm) -> str:
    return render_template(
        "certificates/body.html",
        told=queries.body_page(body_id),
        scope_form=scope_form,
        void_form=void_form,
        levels=LEVELS,
    )


@blueprint.post("/certificates/bodies/<int:body_id>/scopes")
@requires("body.edit")
def file_scope(body_id: int) -> Page:
    form = ScopeForm()
    code = form.occupation_code.data or ""
    if tried(form, lambda: services.file_scope(current_user.actor, body_id, code, form.level.data)):
        return redirect(url_for(".body", body_id=body_id))
    return shown(body_page(body_id, form, VoidForm(formdata=None)), form)


@blueprint.post("/certificates/bodies/<int:body_id>/scopes/<int:scope_id>/remove")
@requires("body.edit")
def remove_scope(body_id: int, scope_id: int) -> AnyResponse:
    services.remove_scope(current_user.actor, body_id, scope_id)
    return redirect(url_for(".body", body_id=body_id))


@blueprint.post("/certificates/bodies/<int:body_id>/void")
@requires("body.edit")
def void_number(body_id: int) -> Page:
    form = VoidForm()
    voided: list[str] = []
    level, reason = form.void_level.data, form.reason.data or ""
    if tried(form, lambda: voided.append(services.void_number(current_user.actor, body_id, level, reason))):
        flash(_("The number %(number)s is void.", number=voided[0]), "success")
        return redirect(url_for(".body", body_id=body_id))
    return shown(body_page(body_id, ScopeForm(formdata=None), form), form)
