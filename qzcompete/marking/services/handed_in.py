"""A tablet's exported file, handed in by hand when the tablet itself can send no more: its ops under their own ids.

An op that came before, or comes again later from the tablet, is answered as the first time. What a former judge of a
seat left is not taken: it would count as his successor's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.extensions import db
from qzcompete.marking.models import Assessment, Seat
from qzcompete.marking.queries.tablets import former_judges
from qzcompete.marking.rules.document import read_json
from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.op_shape import is_uuid, is_whole
from qzcompete.marking.services.ops import Sender, record_ops

FORMAT = "qzcompete/tablet@1"
MOST_BYTES = 20 * 2**20
WIRE = (
    "op_id",
    "seq",
    "assessment",
    "judge",
    "candidate",
    "aspect",
    "kind",
    "value",
    "base_rev",
    "client_ts",
    "resolves",
    "extra",
)


def take_file(actor: Actor, assessment_id: int, content: bytes) -> Counter[str]:
    """Record what the file holds for this assessment: how many ops became what, `known` ones, and those left out."""
    document = read_file(content)
    assessment = db.session.get_one(Assessment, assessment_id)
    seats = {
        seat.code: seat
        for seat in db.session.scalars(select(Seat).where(Seat.assessment_id == assessment_id))
    }
    counts: Counter[str] = Counter()
    own: dict[str, list[dict[str, Any]]] = {}
    for op in sorted(document["ops"] + document["journal"], key=lambda one: one["seq"]):
        if op.get("assessment") != assessment.code or op.get("judge") not in seats:
            counts["elsewhere"] += 1
        elif holder_of(op) != former_judges(seats[op["judge"]].id):
            counts["former"] += 1
        else:
            own.setdefault(op["judge"], []).append({name: op[name] for name in WIRE if name in op})
    for judge, ops in own.items():
        results = record_ops(actor, seats[judge].id, ops, Sender(document["device_id"]))
        counts.update("known" if result.duplicate else result.status for result in results)
    told = {"device": document["device_id"], **counts}
    audit.record(actor, "tablet.handed_in", f"assessment:{assessment_id}", after=told)
    return counts


def read_file(content: bytes) -> Mapping[str, Any]:
    """The file as a tablet writes it; raises RuleBroken for any other."""
    if len(content) > MOST_BYTES:
        raise RuleBroken(
            _l("The file is larger than %(most)s MB. Choose a smaller one.", most=MOST_BYTES // 2**20),
            field="file",
        )
    try:
        document = read_json(content)
    except (Refused, UnicodeDecodeError):
        document = None
    sound = (
        isinstance(document, dict)
        and document.get("format") == FORMAT
        and is_uuid(document.get("device_id"))
        and all(
            isinstance(document.get(part), list) and all(map(is_op, document[part]))
            for part in ("ops", "journal")
        )
    )
    if not sound:
        raise RuleBroken(_l("This is not a file that a tablet has saved."), field="file")
    return document  # type: ignore[no-any-return]


def is_op(value: object) -> bool:
    return (
        isinstance(value, dict)
        and is_whole(value.get("seq"))
        and type(value.get("assessment")) is str
        and type(value.get("judge")) is str
        and type(value.get("seat")) is str
    )


def holder_of(op: Mapping[str, Any]) -> int:
    """How many judges held the seat before the one who gave this: the tablet keeps it in the key of the seat."""
    _, _, holder = op["seat"].rpartition("\n")
    return int(holder) if holder.isascii() and holder.isdigit() and len(holder) < 5 else -1
