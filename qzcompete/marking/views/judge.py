"""A judge's own assessments, and the start of marking on this tablet."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask_login import current_user

from qzcompete.core.clock import now
from qzcompete.core.permissions import permit, requires
from qzcompete.marking import queries, services
from qzcompete.marking.rules.op_shape import is_uuid
from qzcompete.marking.views.blueprint import blueprint


@blueprint.get("")
@requires("sheet.mark")
def desk() -> str:
    return render_template("marking/desk.html", assessments=queries.own_assessments(current_user.id))


@blueprint.post("/<int:assessment_id>/tablet")
@requires("sheet.mark")
def start_tablet(assessment_id: int) -> str:
    """Hands a grant over to the tablet's page: by POST, so that no address holds the token."""
    permit(current_user.actor, "sheet.mark", ("assessment", assessment_id))
    seat = queries.own_seat(assessment_id, current_user.id)
    card = queries.assessment_card(assessment_id)
    device_id = request.form.get("device_id")
    token, grant = services.start_tablet(
        current_user.actor,
        seat.id,
        current_app.config["QZ"].grant_hours,
        device_id if is_uuid(device_id) else None,
    )
    given = {
        "token": token,
        "device_id": grant.device_id,
        "expires_at": grant.expires_at.isoformat(),
        "server_time": now().isoformat(),
        "seat": queries.seat_of_grant(seat.id),
    }
    handover = {"grant": given, "next": url_for("tablet.page")}
    return render_template("marking/tablet_handover.html", handover=handover, assessment=card)
