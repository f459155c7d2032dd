"""The selections of the demo city: a finished round, studios under review, bases taking applications, the next in draft."""

from __future__ import annotations

from datetime import timedelta

from qzcompete.core.clock import held_at, now
from qzcompete.demo.selection import play as stage
from qzcompete.demo.selection.after import earlier_round
from qzcompete.selection import services
from qzcompete.selection.rules.classes import DEFAULTS

SEED = 2023
BASES = 14
EXPERTS = 14


def fill_selections(password: str) -> None:
    """Applications at several stages; dates count from today."""
    moment = now()
    first_year = moment.year
    with held_at(moment - timedelta(days=70)):
        studios = stage.begin(SEED, password, first_year, ("studio",), register=EXPERTS)
        stage.apply(studios, 24)
        stage.recommend(studios)
    earlier_round(studios, moment)
    with held_at(moment - timedelta(days=8)):
        class_id = studios.classes["studio"]
        services.close_calling(studios.office, class_id)
        services.close_recommending(studios.office, class_id)
        stage.check(studios, "studio")
        services.close_checking(studios.office, class_id)
        stage.open_review(studios, "studio")
        stage.review(studios, "studio", share=0.6)
    bases = stage.called(studios, f"JD{first_year}", first_year, ("base",), 30)
    stage.apply(bases, BASES, drafts=3, prefix="base")
    stage.recommend(bases, leave=2, returned=1)
    draft = stage.round_draft(f"PX{first_year + 2}", first_year + 2, moment + timedelta(days=600), 45)
    services.create_round(studios.office, draft, list(DEFAULTS.values()))
