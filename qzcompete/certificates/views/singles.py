"""Issue one certificate that no result gives: an organisation prize, a letter of thanks, a plaque."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from qzcompete.certificates import services
from qzcompete.certificates.forms import SingleForm
from qzcompete.certificates.queries import Certificate
from qzcompete.certificates.services import Single
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.actor import CITY
from qzcompete.core.forms import Page, shown, tried
from qzcompete.core.permissions import permit, requires


@blueprint.route("/certificates/new", methods=["GET", "POST"])
@requires("certificate.issue")
def single() -> Page:
    permit(current_user.actor, "certificate.issue", CITY)
    form = SingleForm()
    given: dict[str, Any] = {
        name: form[name].data or "" for name in ("kind", "name", "award", "competition", "text", "committee")
    }
    made: list[Certificate] = []
    if tried(form, lambda: made.append(services.issue_single(current_user.actor, Single(**given)))):
        number = made[0].number
        flash(_("The certificate %(number)s is issued; its file is being made.", number=number), "success")
        return redirect(url_for(".show", certificate_id=made[0].id))
    return shown(render_template("certificates/single.html", form=form), form)
