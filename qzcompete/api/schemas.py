"""The shapes of what the API answers, as JSON Schema: the description publishes them, and tests hold answers to them."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
MOMENT: Schema = {"type": ["string", "null"], "format": "date-time"}
OPTIONAL: Schema = {"type": ["string", "null"]}
DECIMAL: Schema = {
    "type": ["string", "null"],
    "pattern": r"^-?\d+(\.\d+)?$",
    "description": "an exact decimal",
}


def thing(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def many(item: Schema) -> Schema:
    return {"type": "array", "items": item}


COMPETITION_FIELDS = {
    "code": TEXT,
    "name": TEXT,
    "family": {"enum": ["migrant_workers", "vocational", "employees", "vocational_schools"]},
    "level": TEXT,
    "year": WHOLE,
    "host": OPTIONAL,
    "venue": TEXT,
    "state": {"enum": ["open", "running", "finished"]},
    "starts_on": DAY,
    "ends_on": DAY,
    "time_points": {"type": "object", "additionalProperties": {"type": "string", "format": "date-time"}},
}
EVENT = thing(
    code=TEXT,
    name=TEXT,
    occupation_code=TEXT,
    occupation=TEXT,
    trade=OPTIONAL,
    group={"enum": ["workers", "students"]},
    team_size=WHOLE,
    venue=TEXT,
    starts_at=MOMENT,
    state=TEXT,
)
SCHEMAS: dict[str, Schema] = {
    "Competition": thing(**COMPETITION_FIELDS),
    "CompetitionWithEvents": thing(**COMPETITION_FIELDS, events=many(EVENT)),
    "Calendar": thing(items=many(thing(**COMPETITION_FIELDS)), page=WHOLE, pages=WHOLE, total=WHOLE),
    "Results": thing(
        event=EVENT,
        competition=TEXT,
        version=WHOLE,
        published_at=MOMENT,
        items=many(
            thing(
                rank={"type": ["integer", "null"]},
                name=OPTIONAL,
                unit=OPTIONAL,
                status={"enum": ["present", "absent", "withdrawn", "disqualified"]},
                total=DECIMAL,
                award=OPTIONAL,
                passed={"type": ["boolean", "null"]},
                modules={"type": "object", "additionalProperties": DECIMAL},
            )
        ),
    ),
    "Register": thing(
        items=many(
            thing(
                name=TEXT,
                cycle=TEXT,
                leader=OPTIONAL,
                host=TEXT,
                occupation=TEXT,
                unit=TEXT,
                starts_on=DAY,
                ends_on=DAY,
                plaque_number=TEXT,
            )
        )
    ),
    "Verification": thing(
        state={"enum": ["valid", "replaced", "revoked", "ended", "unknown"]},
        number=TEXT,
        name={"type": "string", "description": "masked where it is a person's"},
        competition=TEXT,
        event=TEXT,
        award=TEXT,
        issued_on=DAY,
        revoked_at=MOMENT,
        reason=TEXT,
        replaced_by=TEXT,
        host=TEXT,
        ends_on=DAY,
    ),
    "Bundle": {"type": "object", "description": "an event as one document, qzcompete/event-bundle@1"},
    "Imported": thing(event=TEXT, new={"type": "boolean"}),
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": WHOLE,
            "detail": TEXT,
            "code": TEXT,
            "field": OPTIONAL,
            "reference": TEXT,
        },
        "required": ["title", "status", "code", "detail"],
    },
}
