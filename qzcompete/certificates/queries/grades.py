"""Reads the register of evaluation bodies, and which confirmed promotion goes to which of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from qzcompete.certificates.models import (
    BodyScope,
    Certificate,
    CertificateState,
    EvaluationBody,
    PersonPhoto,
    VoidNumber,
)
from qzcompete.certificates.rules.grade import Body, Chosen, body_for
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import NotFound
from qzcompete.extensions import db
from qzcompete.people.models import Person
from qzcompete.results.queries import PromotionCard, confirmed_promotions


@dataclass(frozen=True)
class Scope:
    id: int
    occupation_code: str
    occupation_name: str
    level: int


@dataclass(frozen=True)
class BodyPage:
    """A body with what it has filed, and the numbers of it that are void."""

    body: Body
    scopes: Sequence[Scope]
    void: Sequence[VoidNumber]


def bodies() -> Sequence[Body]:
    """All in the register, by name."""
    filed: dict[int, set[tuple[str, int]]] = {}
    for scope in db.session.scalars(select(BodyScope)):
        filed.setdefault(scope.body_id, set()).add((scope.occupation_code, scope.level))
    rows = db.session.scalars(select(EvaluationBody).order_by(EvaluationBody.name))
    return [body_of(row, frozenset(filed.get(row.id, ()))) for row in rows]


def body_of(row: EvaluationBody, filed: frozenset[tuple[str, int]]) -> Body:
    return Body(
        row.id, row.name, row.kind, row.code, row.province, row.serial, row.valid_from, row.valid_to, filed
    )


def body_page(body_id: int) -> BodyPage:
    for body in bodies():
        if body.id == body_id:
            scopes = db.session.scalars(
                select(BodyScope)
                .where(BodyScope.body_id == body_id)
                .order_by(BodyScope.occupation_code, BodyScope.level.desc())
            )
            told = [Scope(one.id, one.occupation_code, one.occupation_name, one.level) for one in scopes]
            void = db.session.scalars(
                select(VoidNumber).where(VoidNumber.body_id == body_id).order_by(VoidNumber.number)
            ).all()
            return BodyPage(body, told, void)
    raise NotFound()


@dataclass(frozen=True)
class Candidate:
    """A confirmed promotion: which body may issue or why none may, and what was issued."""

    promotion: PromotionCard
    chosen: Chosen
    photo: str | None
    certificate: Certificate | None
    duplicate: str


def candidates(day: date) -> Sequence[Candidate]:
    """All confirmed promotions with a level, newest year first; a constant number of queries."""
    promotions = [card for card in confirmed_promotions() if card.grants is not None]
    register = bodies()
    people = [card.person_id for card in promotions]
    photos = dict(
        db.session.execute(
            select(PersonPhoto.person_id, PersonPhoto.file_hash).where(PersonPhoto.person_id.in_(people))
        )
        .tuples()
        .all()
    )
    documents = dict(
        db.session.execute(select(Person.id, Person.document_number).where(Person.id.in_(people)))
        .tuples()
        .all()
    )
    issued = db.session.scalars(
        select(Certificate).where(Certificate.kind == "grade", Certificate.state == CertificateState.VALID)
    ).all()
    by_slot = {(row.entry_id, row.slot): row for row in issued}
    by_index = {row.grade_index: row for row in issued}
    found = []
    for card in promotions:
        own = by_slot.get((card.entry_id, slot_of(card)))
        index = grade_index(documents.get(card.person_id, ""), card.occupation_code, card.grants or 0)
        other = by_index.get(index)
        found.append(
            Candidate(
                card,
                body_for(register, card.occupation_code, card.grants, day),
                photos.get(card.person_id),
                own,
                other.number if other is not None and other is not own else "",
            )
        )
    return sorted(found, key=lambda one: -one.promotion.year)


def slot_of(card: PromotionCard) -> str:
    return f"promotion:{card.id}"


def grade_index(document: str, occupation: str, level: int) -> str:
    """By which a second certificate of the same person, occupation and level is found."""
    return blind_index("grade", f"{document}|{occupation}|{level}")


def person_document(person_id: int) -> tuple[str, str]:
    """Kind and number, for printing alone."""
    row = db.session.get(Person, person_id)
    if row is None:
        raise NotFound()
    return row.document_kind, row.document_number


def photo_of(person_id: int) -> str | None:
    row = db.session.get(PersonPhoto, person_id)
    return row.file_hash if row else None


@dataclass(frozen=True)
class NationalLine:
    """What the national query system takes of one grade certificate."""

    certificate: Certificate
    document_kind: str
    document_number: str


def national_lines(year: int) -> Sequence[NationalLine]:
    """The valid grade certificates of a year, by number."""
    query = select(Certificate).where(
        Certificate.kind == "grade",
        Certificate.state == CertificateState.VALID,
        Certificate.issued_on >= date(year, 1, 1),
        Certificate.issued_on <= date(year, 12, 31),
    )
    lines = []
    for row in db.session.scalars(query.order_by(Certificate.number)):
        private = json.loads(row.private or "{}")
        lines.append(NationalLine(row, private.get("kind", ""), private.get("number", "")))
    return lines
