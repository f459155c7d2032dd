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
from qzcompete.certificates.forms import DesignForm, GlyphForm, PicturesForm, TemplateForm
from qzcompete.certificates.queries import TemplateCard
from qzcompete.certificates.rules.design import FIELDS, Design
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.actor import CITY
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import RuleBroken
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires


@blueprint.get("/certificates/templates")
@requires("template.edit")
def template_list() -> str:
    return render_template("certificates/templates.html", cards=queries.template_cards(), form=TemplateForm())


@blueprint.post("/certificates/templates")
@requires("template.edit")
def create_template() -> Page:
    permit(current_user.actor, "template.edit", CITY)
    form = TemplateForm()
    made: list[TemplateCard] = []
    if tried(
        form,
        lambda: made.append(
            services.create_template(current_user.actor, form.kind.data, form.name.data or "")
        ),
    ):
        return redirect(url_for(".template", template_id=made[0].template_id, version=made[0].version))
    return shown(
        render_template("certificates/templates.html", cards=queries.template_cards(), form=form), form
    )


@blueprint.route("/certificates/templates/<int:template_id>/<int:version>", methods=["GET", "POST"])
@requires("template.edit")
def template(template_id: int, version: int) -> Page:
    permit(current_user.actor, "template.edit", CITY)
    card = queries.template_version(template_id, version)
    form = DesignForm(obj=card.design)
    design = designed(form, card.design)
    if tried(form, lambda: services.change_version(current_user.actor, template_id, version, design)):
        flash(_("The template is kept."), "success")
        return redirect(url_for(".template", template_id=template_id, version=version))
    page = render_template(
        "certificates/template.html",
        card=card,
        form=form,
        versions=queries.version_numbers(template_id),
        fields=FIELDS,
        unknown=services.unknown_names(design),
        real=queries.newest_of_kind(card.kind),
    )
    return shown(page, form)


def designed(form: DesignForm, design: Design) -> Design:
    """The design with what stands in the form. A browser sends line ends as CR LF."""
    given: dict[str, Any] = {
        name: value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
        for name, value in form.data.items()
        if name != "csrf_token" and value is not None
    }
    return replace(design, **given)


@blueprint.route("/certificates/templates/<int:template_id>/<int:version>/pictures", methods=["GET", "POST"])
@requires("template.edit")
def pictures(template_id: int, version: int) -> Page:
    """The ground and the signature of a template; each may be put, changed and taken away."""
    permit(current_user.actor, "template.edit", CITY)
    card = queries.template_version(template_id, version)
    form = PicturesForm()

    def keep() -> None:
        for name, kept in (("ground", services.keep_ground), ("signature", services.keep_signature)):
            picture = form[name].data
            if picture or form[f"drop_{name}"].data:
                kept(current_user.actor, template_id, version, picture.read() if picture else None)

    if tried(form, keep):
        flash(_("The pictures are kept."), "success")
        return redirect(url_for(".template", template_id=template_id, version=version))
    return shown(render_template("certificates/pictures.html", card=card, form=form), form)


@blueprint.route("/certificates/glyphs", methods=["GET", "POST"])
@requires("template.edit")
def glyphs() -> Page:
    """The characters that no font draws, with the office's own drawings."""
    permit(current_user.actor, "template.edit", CITY)
    form = GlyphForm(character=request.args.get("character", ""))

    def draw() -> None:
        services.draw_glyph(
            current_user.actor,
            (form.character.data or "").strip(),
            form.file.data.read(),
            form.source.data or "",
        )

    if tried(form, draw):
        flash(_("The character can be printed from now on."), "success")
        return redirect(url_for(".glyphs"))
    return shown(render_template("certificates/glyphs.html", glyphs=queries.glyph_rows(), form=form), form)


@blueprint.post("/certificates/glyphs/<int:glyph_id>/drop")
@requires("template.edit")
def drop_glyph(glyph_id: int) -> AnyResponse:
    services.drop_glyph(current_user.actor, glyph_id)
    flash(_("The drawing is taken away."), "success")
    return redirect(url_for(".glyphs"))


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
    design, day = designed(form, card.design), in_city(now()).date()
    text = previews.invented(design, day) if newest is None else services.to_print(newest).text
    extras = services.extras_of(card, text)
    # Printing takes a while, and what it shows is read: nobody else shall wait for this transaction.
    queries.release()
    try:
        content = previews.preview(design, day, text, extras)
    except (PdfError, ValueError) as error:
        raise RuleBroken(_("The preview cannot be printed: %(why)s", why=str(error))) from error
    answer = Response(content, mimetype="application/pdf")
    # Shown in a frame of the editor alone.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return answer
