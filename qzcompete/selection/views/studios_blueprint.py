"""The blueprint of what follows a decision: lists, designations, grants, aftercare, the register."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from qzcompete.selection.forms import studios as words

blueprint = Blueprint("studios", __name__)

Page = str | Response | tuple[str, int]


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"words": words}
