"""A judge's own assessments, and the start of marking on this tablet."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from flask_login import current_user

from qzcompete.core.permissions import permit, requires
from qzcompete.marking import queries, services
from qzcompete.marking.views.blueprint import blueprint
from qzcompete.marking.views.texts import tablet_texts


@blueprint.get("")
@requires("sheet.mark")
def desk() -> str:
    return render_template("marking/desk.html", assessments=queries.own_assessments(current_user.id))


@blueprint.post("/<int:assessment_id>/tablet")
@requires("sheet.mark")
def start_tablet(assessment_id: int) -> str:
    """The marking page itself, with a grant for this tablet: by POST, so that no address holds the token."""
    permit(current_user.actor, "sheet.mark", ("assessment", assessment_id))
    seat = queries.own_seat(assessment_id, current_user.id)
    token, grant = services.start_tablet(current_user.actor, seat.id, current_app.config["QZ"].grant_hours)
    start = {
        "token": token,
        "expires_at": grant.expires_at.isoformat(),
        "device_id": grant.device_id,
        "urls": {
            "pack": url_for("marking_api.pack"),
            "ops": url_for("marking_api.ops"),
            "icons": url_for("static", filename="img/icons.svg"),
        },
        "texts": tablet_texts(),
    }
    card = queries.assessment_card(assessment_id)
    return render_template("marking/tablet.html", start=start, assessment=card, seat=seat)
