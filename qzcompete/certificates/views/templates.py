"""Templates of certificates: list, versions, the editor with its preview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.adapters.pdf import PdfError
from qzcompete.certificates import previews, queries, services
from qzcompete.certificates.forms import DesignForm, TemplateForm
from qzcompete.certificates.rules.design import FIELDS, Design
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.actor import CITY
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import Problem, RuleBroken
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import permit, requires


@blueprint.get("/certificates/templates")
@requires("template.edit")
def template_list() -> str:
    return render_template("certificates/templates.html", cards=queries.template_cards(), form=TemplateForm())


@blueprint.post("/certificates/templates")
@requires("template.edit")
def create_template() -> AnyResponse | tuple[str, int]:
    permit(current_user.actor, "template.edit", CITY)
    form = TemplateForm()
    if form.validate_on_submit():
        try:
            card = services.create_template(current_user.actor, form.kind.data, form.name.data or "")
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect(url_for(".template", template_id=card.template_id, version=card.version))
    return render_template("certificates/templates.html", cards=queries.template_cards(), form=form), 422


@blueprint.route("/certificates/templates/<int:template_id>/<int:version>", methods=["GET", "POST"])
@requires("template.edit")
def template(template_id: int, version: int) -> str | AnyResponse | tuple[str, int]:
    permit(current_user.actor, "template.edit", CITY)
    card = queries.template_version(template_id, version)
    form = DesignForm(obj=card.design)
    if form.validate_on_submit():
        try:
            services.change_version(current_user.actor, template_id, version, designed(form, card.design))
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(_("The template is kept."), "success")
            return redirect(url_for(".template", template_id=template_id, version=version))
    page = render_template(
        "certificates/template.html",
        card=card,
        form=form,
        versions=queries.version_numbers(template_id),
        fields=FIELDS,
        unknown=services.unknown_names(designed(form, card.design)),
        real=queries.newest_of_kind(card.kind),
    )
    return page, 422 if form.errors or form.form_errors else 200


def designed(form: DesignForm, design: Design) -> Design:
    """The design with what stands in the form. A browser sends line ends as CR LF."""
    given: dict[str, Any] = {
        name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        for name, value in form.data.items()
        if name != "csrf_token" and value is not None
    }
    return replace(design, **given)


@blueprint.post("/certificates/templates/<int:template_id>/<int:version>/next")
@requires("template.edit")
def next_template(template_id: int, version: int) -> AnyResponse:
    card = services.next_version(current_user.actor, template_id, version)
    flash(_("Version %(number)s is made; change it and keep it.", number=card.version), "success")
    return redirect(url_for(".template", template_id=template_id, version=card.version))


@blueprint.route(
    "/certificates/templates/<int:template_id>/<int:version>/preview.pdf", methods=["GET", "POST"]
)
@requires("template.edit")
def preview(template_id: int, version: int) -> Response:
    """What stands in the editor, printed as a sample with invented data, or with those of the newest certificate."""
    permit(current_user.actor, "template.edit", CITY)
    card = queries.template_version(template_id, version)
    form = DesignForm(obj=card.design)
    newest = queries.newest_of_kind(card.kind) if request.values.get("data") == "real" else None
    real = services.to_print(newest).text if newest is not None else None
    # Printing takes a while, and what it shows is read: nobody else shall wait for this transaction.
    queries.release()
    try:
        content = previews.preview(designed(form, card.design), in_city(now()).date(), real)
    except (PdfError, ValueError) as error:
        raise RuleBroken(_("The preview cannot be printed: %(why)s", why=str(error))) from error
    answer = Response(content, mimetype="application/pdf")
    # Shown in a frame of the editor alone.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return answer
