"""Takes in an assessment that was carried from another server: new here, or what has happened to it there since.

Only forwards: every op that is here must be among those that come. What both sides have written apart is refused, never
mixed. An op keeps its id, its moment and its answer, so that a tablet which sends it again gets the same answer.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.errors import RuleBroken
from qzcompete.core.numbers import parse_decimal
from qzcompete.extensions import db
from qzcompete.marking.models import (
    Aspect,
    Assessment,
    AssessmentState,
    Candidate,
    EvidencePhoto,
    FlagAnswer,
    FormerJudge,
    Mark,
    MarkOp,
    Recusal,
    Remark,
    Seat,
    Sheet,
    SheetState,
    TieResolution,
)
from qzcompete.marking.queries import photo_files
from qzcompete.marking.queries.moves import FORMAT, OP_FACTS, digest
from qzcompete.marking.services.assessments import (
    CandidateSpec,
    SeatSpec,
    add_candidates,
    create_assessment,
    open_assessment,
    seat_judges,
    set_scheme,
)
from qzcompete.marking.services.imports import ids_by_code
from qzcompete.people.queries import account_named
from qzcompete.people.services import create_account, grant_role

CHUNK = 1000
MOMENTS = frozenset({"received_at", "opened_at", "resolved_at", "answered_at", "until"})


@dataclass
class Moved:
    """What came in: `made` says that the assessment is new here, `accounts` were made for its judges."""

    ops: int = 0
    made: bool = False
    accounts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Places:
    """Ids by code, on this server."""

    seats: Mapping[str, int]
    candidates: Mapping[str, int]
    aspects: Mapping[str, int]

    def of(self, row: Mapping[str, Any]) -> dict[str, int | None]:
        return {
            "seat_id": self.seats[row["seat"]],
            "candidate_id": self.candidates[row["candidate"]] if row["candidate"] else None,
            "aspect_id": self.aspects[row["aspect"]] if row["aspect"] else None,
        }


def take_in(actor: Actor, package: Any) -> Moved:
    """Bring the assessment to where the package has it; nothing changes where it is that far already."""
    if not isinstance(package, dict) or package.get("format") != FORMAT:
        raise RuleBroken(_l("This is no assessment carried from another server."), code="not_a_package")
    if package.get("digest") != digest(package):
        raise RuleBroken(_l("The file was damaged or changed on its way."), code="damaged")
    moved = Moved()
    told = package["assessment"]
    assessment = db.session.scalar(
        select(Assessment).where(Assessment.code == told["code"]).with_for_update()
    )
    if assessment is None:
        assessment = make(actor, package, moved)
    places = checked_places(assessment, package)
    new = new_ops(assessment.id, package["ops"])
    if new is None:
        return moved
    moved.ops = len(new)
    write_ledger(package, new, places)
    write_chief_acts(package, assessment.id, places)
    write_people(actor, package, assessment, places, moved)
    assessment.state = AssessmentState(told["state"])
    assessment.closed_at = moment_of(told["closed_at"])
    after = {"state": told["state"], "ops": moved.ops, "digest": package["digest"]}
    after["audit_heads"] = package["audit_heads"]
    audit.record(actor, "assessment.moved_in", f"assessment:{assessment.id}", after=after)
    return moved


def make(actor: Actor, package: Mapping[str, Any], moved: Moved) -> Assessment:
    told = package["assessment"]
    assessment = create_assessment(actor, told["code"], told["name"])
    moved.made = True
    set_scheme(actor, assessment.id, told["scheme"])
    names = ("code", "status", "guest", "duration_s")
    add_candidates(
        actor,
        assessment.id,
        [CandidateSpec(**{name: row[name] for name in names}) for row in package["candidates"]],
    )
    seats = []
    for seat in package["seats"]:
        account_id = None
        if seat["username"]:
            account_id = account_for(actor, seat, assessment.id, moved)
        seats.append(SeatSpec(seat["code"], seat["name"], account_id, seat["chief"]))
    seat_judges(actor, assessment.id, seats)
    open_assessment(actor, assessment.id)
    assessment.opened_at = moment_of(told["opened_at"]) or assessment.opened_at
    return assessment


def account_for(actor: Actor, seat: Mapping[str, Any], assessment_id: int, moved: Moved) -> int:
    """The account of this user name, with the right to this assessment; one that is made has a password nobody knows:
    a judge enters with a card, and a chief judge's account is made before by hand."""
    account = account_named(seat["username"])
    if account is None:
        account = create_account(actor, seat["username"], seat["name"], secrets.token_urlsafe(24), [])
        moved.accounts.append(account.username)
    grant_role(actor, account, "chief_judge" if seat["chief"] else "judge", ("assessment", assessment_id))
    return account.id


def checked_places(assessment: Assessment, package: Mapping[str, Any]) -> Places:
    ids = {table: ids_by_code(table, assessment.id) for table in (Seat, Candidate, Aspect)}
    same = (
        assessment.scheme_hash == package["assessment"]["scheme_hash"]
        and set(ids[Candidate]) == {row["code"] for row in package["candidates"]}
        and set(ids[Seat]) == {row["code"] for row in package["seats"]}
    )
    if not same:
        raise RuleBroken(
            _l("Here this assessment has another scheme, panel or other works."), code="other_assessment"
        )
    return Places(ids[Seat], ids[Candidate], ids[Aspect])


def new_ops(assessment_id: int, ops: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """The ops that are not here yet; None where this server is further than the package. Refuses what has parted."""
    here = dict(
        db.session.execute(
            select(MarkOp.op_id, MarkOp.body_hash)
            .join(Seat, Seat.id == MarkOp.seat_id)
            .where(Seat.assessment_id == assessment_id)
        )
        .tuples()
        .all()
    )
    coming = {op["op_id"]: op["body_hash"] for op in ops}
    if any(here[op_id] != coming[op_id] for op_id in here.keys() & coming.keys()):
        raise parted()
    if here.keys() > coming.keys():
        return None
    if here.keys() - coming.keys():
        raise parted()
    return [op for op in ops if op["op_id"] not in here]


def parted() -> RuleBroken:
    return RuleBroken(
        _l("Both servers have taken marks of this assessment since they parted. Nothing was brought in."),
        code="parted",
    )


def write_ledger(package: Mapping[str, Any], new: Sequence[Mapping[str, Any]], places: Places) -> None:
    for op in package["ops"]:
        if op["resolved_by"]:
            db.session.execute(
                update(MarkOp)
                .where(MarkOp.op_id == op["op_id"], MarkOp.resolved_by.is_(None))
                .values(resolved_by=op["resolved_by"])
            )
    insert_all(MarkOp, [{**places.of(op), **moments(op, OP_FACTS)} for op in new])
    seats = list(places.seats.values())
    db.session.execute(delete(Mark).where(Mark.seat_id.in_(seats)))
    insert_all(Mark, [mark_row(mark, places) for mark in package["marks"]])
    db.session.execute(delete(Sheet).where(Sheet.seat_id.in_(seats)))
    insert_all(Sheet, [sheet_row(sheet, places) for sheet in package["sheets"]])


def mark_row(mark: Mapping[str, Any], places: Places) -> dict[str, Any]:
    value = None if mark["value"] is None else parse_decimal(mark["value"])
    return {**places.of(mark), "rev": mark["rev"], "value": value, "op_id": mark["op_id"]}


def sheet_row(sheet: Mapping[str, Any], places: Places) -> dict[str, Any]:
    where = places.of(sheet)
    return {
        "seat_id": where["seat_id"],
        "candidate_id": where["candidate_id"],
        "state": SheetState(sheet["state"]),
        "digest": sheet["digest"],
        "signed_at": moment_of(sheet["signed_at"]),
        "op_id": sheet["op_id"],
        "rounds_since": moment_of(sheet["rounds_since"]),
    }


def write_chief_acts(package: Mapping[str, Any], assessment_id: int, places: Places) -> None:
    """What the chief judge did: all of the package's in place of what is here."""
    candidates = list(places.candidates.values())
    db.session.execute(delete(Remark).where(Remark.candidate_id.in_(candidates)))
    db.session.execute(delete(TieResolution).where(TieResolution.assessment_id == assessment_id))
    ids = [op["op_id"] for op in package["ops"] if op["kind"] == "flag"]
    for part in range(0, len(ids), CHUNK):
        db.session.execute(delete(FlagAnswer).where(FlagAnswer.op_id.in_(ids[part : part + CHUNK])))
    rounds = [
        {
            "candidate_id": places.candidates[row["candidate"]],
            "aspect_id": places.aspects[row["aspect"]],
            **moments(row, ("round", "reason", "opened_at")),
        }
        for row in package["rounds"]
    ]
    insert_all(Remark, rounds)
    ties = [
        {"assessment_id": assessment_id, **moments(row, ("codes", "reason", "resolved_at"))}
        for row in package["ties"]
    ]
    insert_all(TieResolution, ties)
    insert_all(FlagAnswer, [moments(row, ("op_id", "text", "answered_at")) for row in package["answers"]])
    known = set(
        db.session.scalars(select(EvidencePhoto.id).where(EvidencePhoto.seat_id.in_(places.seats.values())))
    )
    for photo in package["photos"]:
        if photo["id"] not in known:
            take_photo(photo, places)


def take_photo(photo: Mapping[str, Any], places: Places) -> None:
    kept = photo_files().put(base64.b64decode(photo["content"]))
    names = ("id", "device_id", "taken_at", "received_at", "sent_hash")
    db.session.add(EvidencePhoto(**places.of(photo), **moments(photo, names), file_hash=kept))


def write_people(
    actor: Actor, package: Mapping[str, Any], assessment: Assessment, places: Places, moved: Moved
) -> None:
    """Statuses, recusals and substitutions as they are in the package."""
    seats = list(places.seats.values())
    for row in package["candidates"]:
        db.session.execute(
            update(Candidate)
            .where(Candidate.id == places.candidates[row["code"]])
            .values(status=row["status"], duration_s=row["duration_s"], timed_by=row["timed_by"])
        )
    db.session.execute(delete(Recusal).where(Recusal.seat_id.in_(seats)))
    insert_all(
        Recusal,
        [
            {"seat_id": places.seats[seat], "candidate_id": places.candidates[candidate]}
            for seat, candidate in package["recusals"]
        ],
    )
    db.session.execute(delete(FormerJudge).where(FormerJudge.seat_id.in_(seats)))
    insert_all(
        FormerJudge,
        [
            {"seat_id": places.seats[row["seat"]], **moments(row, ("name", "until", "reason"))}
            for row in package["former_judges"]
        ],
    )
    for row in package["seats"]:
        seat = db.session.get_one(Seat, places.seats[row["code"]])
        if seat.name != row["name"] and row["username"]:
            seat.name, seat.account_id = row["name"], account_for(actor, row, assessment.id, moved)


def moments(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The named facts, those that are moments as such."""
    return {name: moment_of(row[name]) if name in MOMENTS else row[name] for name in names}


def moment_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def insert_all(table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    rest = iter(rows)
    while part := list(islice(rest, CHUNK)):
        db.session.execute(insert(table), part)
