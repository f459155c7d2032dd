"""What narrows the audit log, read from an address (what cannot be read narrows nothing); the password for own data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from qzcompete.oversight import queries
from qzcompete.oversight.queries import Wanted

# The first word of an action -> what it is about, as the pages call it.
KIND_NAMES: dict[str, object] = {
    "account": _l("Account"),
    "activity": _l("Activity of a studio"),
    "api_token": _l("Access of a program"),
    "appeal": _l("Appeal"),
    "application": _l("Application"),
    "assessment": _l("Assessment"),
    "audit": _l("Audit log"),
    "body": _l("Evaluation body"),
    "calendar": _l("Calendar of working days"),
    "candidate": _l("Candidate"),
    "card": _l("Judge's card"),
    "certificate": _l("Certificate"),
    "check_in": _l("Check-in"),
    "competition": _l("Competition"),
    "correction": _l("Correction"),
    "draw": _l("Draw"),
    "duration": _l("Working time"),
    "entries": _l("Entries"),
    "entry": _l("Entry"),
    "erasure": _l("Deletion of personal data"),
    "event": _l("Event"),
    "exception": _l("Exception"),
    "expert": _l("Expert"),
    "feed": _l("Calendar feed"),
    "flag": _l("Call of a judge"),
    "grant": _l("Grant"),
    "incident": _l("Incident"),
    "judge": _l("Judge"),
    "layer": _l("Layer of codes"),
    "mark": _l("Correction of a mark"),
    "marks": _l("Marks"),
    "message": _l("Message"),
    "notice": _l("Notice"),
    "number": _l("Certificate number"),
    "objection": _l("Objection"),
    "outer_competition": _l("Outer competition"),
    "panel": _l("Panel"),
    "paper": _l("Paper sheet"),
    "person": _l("Person"),
    "photo": _l("Photo"),
    "promotion": _l("Promotion"),
    "promotion_table": _l("Promotion table"),
    "promotions": _l("Promotions"),
    "quota": _l("Quota"),
    "quotas": _l("Quotas"),
    "recheck": _l("Re-check"),
    "registration": _l("Registration"),
    "result": _l("Results"),
    "round": _l("Round"),
    "seat": _l("Seat"),
    "selection_class": _l("Class of a selection"),
    "session": _l("Session"),
    "sheet": _l("Mark sheet"),
    "tablet": _l("Tablet"),
    "template": _l("Template"),
    "unit": _l("Recommending unit"),
    "visit": _l("Site visit"),
    "winner": _l("Former winner"),
    "year": _l("Yearly grades"),
}


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of acts that have happened, as a choice: what an action begins with, and its name."""
    return [(f"{kind}.", str(KIND_NAMES.get(kind, kind))) for kind in queries.kinds()]


class OwnDataForm(FlaskForm):
    password = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class RefusalForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Give the reason.")), Length(max=400)])


def wanted_of(args: Mapping[str, str]) -> Wanted:
    words = {name: args.get(name, "").strip()[:80] for name in ("actor", "action", "subject")}
    return Wanted(**words, first=day_of(args.get("first", "")), last=day_of(args.get("last", "")))


def day_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    # Further than this no calendar of the city reaches, and a day more would be none.
    return found if 1900 <= found.year <= 9000 else None
