"""What must hold of secret codes at every moment; a sentence for each place where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import Exists, exists, select

from qzcompete.competitions.models import Event
from qzcompete.core import audit
from qzcompete.extensions import db
from qzcompete.registration.models import CodeLayer, Draw, DrawCommitment, WorkCode

ENDS_MARKING = {"assessment.closed": True, "assessment.opened": False, "assessment.reopened": False}


def codes_opened_early() -> Iterator[str]:
    """By the log, each open layer was opened by two people after marking had ended, the innermost first; names and
    works stay apart until the outermost is open."""
    openings = openings_by_log()
    rows = db.session.execute(
        select(Event.id, Event.code, CodeLayer.layer, CodeLayer.opened_at, exists_work_code())
        .join(CodeLayer, CodeLayer.event_id == Event.id)
        .order_by(Event.id, CodeLayer.layer.desc())
    ).tuples()
    for (event_id, code, decrypted), layers in groupby(rows, key=lambda row: (row[0], row[1], row[4])):
        opened = {layer: at for _event, _code, layer, at, _decrypted in layers}
        for fault in layer_faults(event_id, opened, openings):
            yield f"event {code}: {fault}"
        if decrypted and any(at is None for at in opened.values()):
            yield f"event {code}: works have their names while codes are sealed"


def exists_work_code() -> Exists:
    return exists().where(WorkCode.event_id == Event.id).correlate(Event)


def layer_faults(
    event_id: int, opened: dict[int, datetime | None], openings: dict[tuple[int, int], bool]
) -> Iterator[str]:
    """`opened`: when each layer was opened, from the innermost outwards."""
    inner: list[datetime | None] = []
    for layer, at in opened.items():
        if at is not None:
            if (event_id, layer) not in openings:
                yield f"layer {layer} is open, but by the log nobody opened it"
            elif not openings[event_id, layer]:
                yield f"layer {layer} was opened before marking had ended"
            if any(before is None or before > at for before in inner):
                yield f"layer {layer} was opened before a layer inside it"
        inner.append(at)


def openings_by_log() -> dict[tuple[int, int], bool]:
    """(event, layer) -> whether marking had ended when it was opened."""
    assessments = {
        f"event:{key}": f"assessment:{assessment}"
        for key, assessment in db.session.execute(select(Event.id, Event.assessment_id))
    }
    ended: dict[str, bool] = {}
    openings: dict[tuple[int, int], bool] = {}
    for action, subject, after, _key in audit.history([*ENDS_MARKING, "assessment.moved_in", "layer.opened"]):
        if action == "layer.opened":
            key = (int(subject.removeprefix("event:")), after["layer"])
            openings[key] = ended.get(assessments.get(subject, ""), False)
        else:
            ended[subject] = ENDS_MARKING.get(action, (after or {}).get("state") == "closed")
    return openings


def seeds_told_early() -> Iterator[str]:
    """A seed makes all codes again: it is told only once lots were drawn and the results are published."""
    published = {subject for _action, subject, _after, _key in audit.history(["result.published"])}
    rows = db.session.execute(
        select(Event.id, Event.code, Draw.event_id)
        .join(DrawCommitment, DrawCommitment.event_id == Event.id)
        .outerjoin(Draw, Draw.event_id == Event.id)
        .where(DrawCommitment.revealed_at.is_not(None))
    )
    for event_id, code, drawn in rows:
        if drawn is None or f"event:{event_id}" not in published:
            yield f"event {code}: the seed of the draw was told before the results"
