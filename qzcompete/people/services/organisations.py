"""Writes organisations. Names and unified social credit codes are unique."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db
from qzcompete.people.models import Organisation, OrganisationKind
from qzcompete.people.queries import organisation_named, organisation_with_code
from qzcompete.people.rules.identity import credit_code_fault, tidy_number

CREDIT_FAULTS = {
    "length": _l("A unified social credit code has 18 characters."),
    "characters": _l("The code has characters that do not belong there: I, O, S, V and Z are never used."),
    "check_digit": _l("The last character of the code does not fit the others. Check each one."),
}


def ensure_organisation(
    actor: Actor, name: str, kind: str, county: str | None = None, uscc: str | None = None
) -> Organisation:
    """The organisation of this name, made where it is new."""
    known = organisation_named(name)
    if known:
        return known
    organisation = Organisation(**organisation_values(name, kind, county, uscc))
    db.session.add(organisation)
    db.session.flush()
    audit.record(actor, "organisation.created", f"organisation:{organisation.id}", after={"name": name})
    return organisation


def add_organisation(
    actor: Actor, name: str, kind: str, county: str | None = None, uscc: str | None = None
) -> Organisation:
    """A new organisation; refused where one of this name or code exists."""
    permit(actor, "organisation.edit")
    values = organisation_values(name, kind, county, uscc)
    check_unique(values)
    organisation = Organisation(**values)
    db.session.add(organisation)
    db.session.flush()
    audit.record(
        actor, "organisation.created", f"organisation:{organisation.id}", after={"name": values["name"]}
    )
    return organisation


def edit_organisation(
    actor: Actor,
    organisation_id: int,
    name: str,
    kind: str,
    county: str | None = None,
    uscc: str | None = None,
) -> None:
    permit(actor, "organisation.edit")
    organisation = db.session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound()
    values = organisation_values(name, kind, county, uscc)
    check_unique(values, organisation_id)
    before = {"name": organisation.name, "uscc": organisation.uscc}
    for key, value in values.items():
        setattr(organisation, key, value)
    db.session.flush()
    told = {"name": organisation.name, "uscc": organisation.uscc}
    audit.record(actor, "organisation.edited", f"organisation:{organisation_id}", before=before, after=told)


def organisation_values(name: str, kind: str, county: str | None, uscc: str | None) -> dict[str, Any]:
    name, code = " ".join(name.split()), tidy_number(uscc or "")
    if not name:
        raise RuleBroken(_l("Enter a name."), field="name")
    if code and (fault := credit_code_fault(code)):
        raise RuleBroken(CREDIT_FAULTS[fault], code=f"uscc_{fault}", field="uscc")
    return {"name": name, "kind": OrganisationKind(kind), "county": county or None, "uscc": code or None}


def check_unique(values: Mapping[str, Any], organisation_id: int | None = None) -> None:
    known = organisation_named(values["name"])
    if known is not None and known.id != organisation_id:
        raise RuleBroken(_l("An organisation of this name exists already."), field="name")
    known = organisation_with_code(values["uscc"]) if values["uscc"] else None
    if known is not None and known.id != organisation_id:
        raise RuleBroken(_l("An organisation with this code exists already."), field="uscc")
