"""The blueprint of what follows a decision: lists, designations, grants, aftercare, the register."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, send_file, url_for
from werkzeug.wrappers import Response

from qzcompete.selection.forms import studios as words
from qzcompete.selection.plaques import print_plaque
from qzcompete.selection.queries.designations import DesignationCard

blueprint = Blueprint("studios", __name__)

Page = str | Response | tuple[str, int]


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"words": words}


def plaque_file(card: DesignationCard) -> Response:
    """The plaque as PDF, with the code that leads to the page where anybody verifies it."""
    address = current_app.config["QZ"].public_url + url_for("studios.verify_plaque", token=card.plaque_token)
    content = BytesIO(print_plaque(card, address))
    return send_file(content, mimetype="application/pdf", download_name=f"{card.plaque_number}.pdf")
