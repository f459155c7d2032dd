"""Issue one certificate that no result gives: an organisation prize, a letter of thanks, a plaque."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.certificates import services
from qzcompete.certificates.forms import SingleForm
from qzcompete.certificates.services import Single
from qzcompete.certificates.views.blueprint import blueprint
from qzcompete.core.actor import CITY
from qzcompete.core.errors import Problem
from qzcompete.core.forms import show_problem
from qzcompete.core.permissions import permit, requires


@blueprint.route("/certificates/new", methods=["GET", "POST"])
@requires("certificate.issue")
def single() -> str | AnyResponse | tuple[str, int]:
    permit(current_user.actor, "certificate.issue", CITY)
    form = SingleForm()
    if form.validate_on_submit():
        given: dict[str, Any] = {
            name: form[name].data or ""
            for name in ("kind", "name", "award", "competition", "text", "committee")
        }
        try:
            made = services.issue_single(current_user.actor, Single(**given))
        except Problem as problem:
            show_problem(form, problem)
        else:
            flash(
                _("The certificate %(number)s is issued; its file is being made.", number=made.number),
                "success",
            )
            return redirect(url_for(".show", certificate_id=made.id))
    page = render_template("certificates/single.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200
