"""The register of organisations."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import requires
from qzcompete.people import queries, services
from qzcompete.people.forms import KIND_NAMES, OrganisationForm
from qzcompete.people.views.blueprint import blueprint


@blueprint.get("/organisations")
@requires("organisation.edit")
def organisations() -> Page:
    search = (request.args.get("q") or "").strip()
    page = queries.organisation_page(search, request.args.get("page", "1"))
    return render_template("people/organisations.html", page=page, kind_names=KIND_NAMES)


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@requires("organisation.edit")
def add_organisation() -> Page:
    form = OrganisationForm()
    if tried(form, lambda: services.add_organisation(current_user.actor, *organisation_values(form))):
        flash(_("The organisation is added."), "success")
        return redirect(url_for(".organisations"))
    return shown(render_template("people/organisation.html", form=form, organisation=None), form)


@blueprint.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
@requires("organisation.edit")
def edit_organisation(organisation_id: int) -> Page:
    found = queries.organisation(organisation_id)
    values = {name: getattr(found, name) for name in ("name", "county", "uscc")}
    form = OrganisationForm(data=values | {"kind": found.kind.value})
    if tried(
        form,
        lambda: services.edit_organisation(current_user.actor, organisation_id, *organisation_values(form)),
    ):
        flash(_("The changes are saved."), "success")
        return redirect(url_for(".organisations"))
    return shown(render_template("people/organisation.html", form=form, organisation=found), form)


def organisation_values(form: OrganisationForm) -> tuple[str, str, str, str]:
    return form.name.data or "", form.kind.data, form.county.data or "", form.uscc.data or ""
