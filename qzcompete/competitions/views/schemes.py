"""The marking scheme of an event: shown, imported, confirmed."""

from __future__ import annotations

from io import BytesIO

from flask import (
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.competitions import queries, scheme_intake, services
from qzcompete.competitions.forms import (
    SchemeFileForm,
)
from qzcompete.competitions.views.blueprint import blueprint, editable
from qzcompete.core.forms import Page
from qzcompete.core.permissions import requires
from qzcompete.marking.scheme_workbook import scheme_template as template_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/events/<code>/scheme")
@requires("competition.view")
def scheme(code: str) -> Page:
    event = editable(code, "competition.view")
    document = queries.scheme_of(event.assessment_id)
    tree = scheme_intake.scheme_tree(document) if document else None
    return render_template(
        "competitions/scheme.html",
        event=event,
        scheme=tree,
        sums=scheme_intake.scheme_sums(tree) if tree else [],
        form=SchemeFileForm(),
        may_edit=event.before_draw and current_user.actor.may("competition.edit", *event.scopes),
    )


@blueprint.get("/scheme-template.xlsx")
@requires("competition.edit")
def scheme_template() -> AnyResponse:
    return send_file(
        BytesIO(template_workbook()), mimetype=XLSX, as_attachment=True, download_name="评分方案模板.xlsx"
    )


@blueprint.route("/events/<code>/scheme/import", methods=["GET", "POST"])
@requires("competition.edit")
def import_scheme(code: str) -> Page:
    event = editable(code)
    form = SchemeFileForm()
    faults: tuple[scheme_intake.ShownFault, ...] = ()
    if form.validate_on_submit():
        file = form.file.data
        intake = scheme_intake.take_scheme_file(
            current_user.actor, event.id, file.filename or "", file.read()
        )
        if intake.upload_id is not None:
            return redirect(url_for(".preview_scheme", code=code, upload_id=intake.upload_id))
        faults = intake.faults
    wrong = bool(form.errors or faults)
    return render_template("competitions/import_scheme.html", event=event, form=form, faults=faults), (
        422 if wrong else 200
    )


@blueprint.route("/events/<code>/scheme/import/<int:upload_id>", methods=["GET", "POST"])
@requires("competition.edit")
def preview_scheme(code: str, upload_id: int) -> Page:
    event = editable(code)
    upload = queries.upload(upload_id, event.id, scheme_intake.KIND, current_user.actor)
    if request.method == "POST":
        services.set_scheme(current_user.actor, event.id, upload.content)
        services.drop_upload(upload_id)
        flash(_("The marking scheme is taken over."), "success")
        return redirect(url_for(".scheme", code=code))
    tree = scheme_intake.scheme_tree(upload.content)
    return render_template(
        "competitions/preview_scheme.html",
        event=event,
        upload=upload,
        scheme=tree,
        sums=scheme_intake.scheme_sums(tree),
    )
