"""What everybody may see: the register of studios and bases, and each one's page."""

from __future__ import annotations

from flask import render_template

from qzcompete.core.errors import NotFound
from qzcompete.core.permissions import public
from qzcompete.selection.queries import designations as queries
from qzcompete.selection.queries.aftercare import year_amounts
from qzcompete.selection.rules.workflow import STANDING
from qzcompete.selection.views.studios_blueprint import Page, blueprint


@blueprint.get("/studios")
@public("the city's studios and bases are public")
def index() -> Page:
    return render_template("studios/index.html", groups=queries.register(), former=queries.former())


@blueprint.get("/studios/<int:designation_id>")
@public("the city's studios and bases are public")
def studio(designation_id: int) -> Page:
    card = queries.designation_card(designation_id)
    if card.state not in (*STANDING, "ended"):
        raise NotFound()
    return render_template("studios/studio.html", card=card, amounts=year_amounts(designation_id))
