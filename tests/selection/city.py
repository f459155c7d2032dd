"""A round of the city for tests: called, with units and quotas; name only what a test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from qzcompete.core.actor import CITY, SYSTEM, Actor, Grant
from qzcompete.core.clock import now
from qzcompete.extensions import db
from qzcompete.people.services import create_account
from qzcompete.selection import services
from qzcompete.selection.models import Application, SelectionClass, SelectionRound
from qzcompete.selection.rules.classes import DEFAULTS, ClassSettings
from qzcompete.selection.services import RoundDraft, UnitDraft

PASSWORD = "correct-horse-9"
OFFICE = Actor(None, "office", frozenset({Grant("bureau_officer", CITY)}))


def draft(first_year: int = 2026, code: str = "PX2026", **values: Any) -> RoundDraft:
    moment = now()
    given: dict[str, Any] = {
        "code": code,
        "name": f"{first_year}年市级技能大师工作室评选",
        "first_year": first_year,
        "call": "各县区、各单位：现开展评选工作。",
        "applies_from": moment - timedelta(days=10),
        "applies_until": moment + timedelta(days=10),
        "recommends_until": moment + timedelta(days=20),
        "reviews_until": moment + timedelta(days=40),
    }
    return RoundDraft(**(given | values))


def made_round(first_year: int = 2026, code: str = "PX2026", *settings: ClassSettings) -> SelectionRound:
    return services.create_round(OFFICE, draft(first_year, code), settings or (DEFAULTS["studio"],))


def studio_class(quota: int = 5, **values: Any) -> SelectionClass:
    """A studio class in draft, in a round of its own."""
    return made_round(2026, "PX2026", replace(DEFAULTS["studio"], quota=quota, **values)).classes[0]


def unit(code: str = "QN", name: str = "钦南区人力资源和社会保障局") -> int:
    return services.add_unit(OFFICE, UnitDraft(code, name, "county")).id


def application(class_id: int, number: str, state: str = "announced") -> Application:
    """A bare row in a state of its own, for the laws of the tables."""
    account = create_account(SYSTEM, f"applicant-{number}".lower(), "申报人", PASSWORD, [("applicant", CITY)])
    made = Application(class_id=class_id, number=number, account_id=account.id, state=state, created_at=now())
    db.session.add(made)
    db.session.flush()
    return made
