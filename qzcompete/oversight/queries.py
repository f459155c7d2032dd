"""Reads the audit log for auditors, the anchors for everybody, and for each person what is held about them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Select, select, tuple_

from qzcompete.core.audit import AuditHead, AuditRow
from qzcompete.core.clock import CITY, now
from qzcompete.core.paging import ListPage, list_page
from qzcompete.extensions import db
from qzcompete.oversight.models import AuditAnchor, Erasure, ErasureState
from qzcompete.oversight.personal import OWN, Kind
from qzcompete.oversight.retention import KEEPS
from qzcompete.oversight.rules import START, anchor_hash
from qzcompete.people.models import Account
from qzcompete.results.queries import own_results

MOST_EXPORTED = 20_000
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """What narrows the log: parts of the actor's name, of the action and of the object, and days of the city."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


def rows_of(wanted: Wanted) -> Select[tuple[AuditRow]]:
    """The newest first. An action is found by its beginning, an object whole or, ending in a colon, by its kind."""
    query = select(AuditRow).order_by(AuditRow.id.desc())
    if wanted.actor:
        query = query.where(AuditRow.actor_name.contains(wanted.actor, autoescape=True))
    if wanted.action:
        query = query.where(AuditRow.action.startswith(wanted.action, autoescape=True))
    if wanted.subject.endswith(":"):
        query = query.where(AuditRow.subject.startswith(wanted.subject, autoescape=True))
    elif wanted.subject:
        query = query.where(AuditRow.subject == wanted.subject)
    if wanted.first:
        query = query.where(AuditRow.at >= midnight(wanted.first))
    if wanted.last:
        query = query.where(AuditRow.at < midnight(wanted.last + timedelta(days=1)))
    return query


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY)


def log_page(wanted: Wanted, number: str) -> ListPage:
    return list_page(rows_of(wanted), number)


def log_rows(wanted: Wanted) -> Sequence[AuditRow]:
    """What an export holds: at most MOST_EXPORTED rows, the newest."""
    return db.session.scalars(rows_of(wanted).limit(MOST_EXPORTED)).all()


def kinds() -> Sequence[str]:
    """The first words of all actions that have happened."""
    actions = db.session.scalars(select(AuditRow.action).distinct())
    return sorted({action.split(".")[0] for action in actions})


def in_words(value: Any) -> str:
    """What a row tells, as short JSON that people can read."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def anchor_page(number: str) -> ListPage:
    return list_page(select(AuditAnchor).order_by(AuditAnchor.day.desc()), number)


def anchors() -> Sequence[AuditAnchor]:
    return db.session.scalars(select(AuditAnchor).order_by(AuditAnchor.day)).all()


def newest_anchor() -> AuditAnchor | None:
    return db.session.scalar(select(AuditAnchor).order_by(AuditAnchor.day.desc()).limit(1))


def present_ends() -> list[tuple[str, int, str]]:
    """(chain, seq, hash) of the end of every chain, by name."""
    rows = db.session.execute(select(AuditHead.chain, AuditHead.seq, AuditHead.hash))
    return sorted((chain, seq, last) for chain, seq, last in rows)


def anchored_ends() -> dict[str, tuple[int, str]]:
    """Of each chain, the end that the anchors know last."""
    return {chain: (seq, last) for one in anchors() for chain, seq, last in one.ends}


def anchor_faults() -> Iterator[str]:
    """Each published anchor is whole, follows the one before, and every end that it names is still in the log."""
    previous = START
    for anchor in anchors():
        told = anchor_hash(anchor.day.isoformat(), anchor.rows, anchor.ends, anchor.previous)
        if anchor.hash != told or anchor.previous != previous:
            yield f"the anchor of {anchor.day} was changed, or one before it is missing"
        for chain, seq in sorted(unlike_log(anchor.ends)):
            yield f"chain {chain}: row {seq} is not the one that the anchor of {anchor.day} was published for"
        previous = anchor.hash


def unlike_log(ends: Sequence[Sequence[Any]]) -> set[tuple[str, int]]:
    differing: set[tuple[str, int]] = set()
    for start in range(0, len(ends), AT_ONCE):
        wanted = {(chain, seq): last for chain, seq, last in ends[start : start + AT_ONCE]}
        found = db.session.execute(
            select(AuditRow.chain, AuditRow.seq, AuditRow.hash).where(
                tuple_(AuditRow.chain, AuditRow.seq).in_(list(wanted))
            )
        )
        kept = {(chain, seq): last for chain, seq, last in found}
        differing |= {key for key, last in wanted.items() if kept.get(key) != last}
    return differing


def own_data(account_id: int, person_id: int | None) -> dict[str, list[dict[str, Any]]]:
    """All that is held about a person, by table, as JSON values; the sections of own applications with it."""
    told: dict[str, list[dict[str, Any]]] = {}
    for part in OWN:
        key = account_id if part.of == "account" else person_id
        table = db.metadata.tables[part.table]
        columns = [table.c[name] for name in part.columns]
        rows = db.session.execute(
            select(*columns).where(table.c[part.by] == key).order_by(*table.primary_key)
        )
        told[part.table] = [as_json(row) for row in rows.mappings()]
    application, section = (db.metadata.tables[name] for name in ("application", "application_section"))
    rows = db.session.execute(
        select(application.c.number, section.c.name, section.c.content, section.c.saved_at)
        .join(section, section.c.application_id == application.c.id)
        .where(application.c.account_id == account_id)
        .order_by(application.c.id, section.c.name)
    )
    told["application_section"] = [as_json(row) for row in rows.mappings()]
    results = own_results(person_id) if person_id is not None else ()
    told["published_results"] = [as_json(vars(one)) for one in results]
    return told


@dataclass(frozen=True)
class ErasureCard:
    """A request for erasure, with what would be kept and which roles the account has."""

    id: int
    username: str
    name: str
    roles: tuple[str, ...]
    asked_at: datetime
    state: str
    answer: str
    decided_at: datetime | None
    kept: tuple[Kind, ...]


def erasure_page(number: str) -> ListPage:
    """Requests, the open ones first, the oldest of them at the top."""
    done = Erasure.state != ErasureState.ASKED
    page = list_page(
        select(Erasure, Account).join(Account, Account.id == Erasure.account_id).order_by(done, Erasure.id),
        number,
    )
    asked = (account for erasure, account in page.items if erasure.state is ErasureState.ASKED)
    kept = kept_kinds({account.id: account.person_id for account in asked})
    cards = [erasure_card(erasure, account, kept.get(account.id, ())) for erasure, account in page.items]
    return replace(page, items=cards)


def erasure_card(erasure: Erasure, account: Account, kept: tuple[Kind, ...]) -> ErasureCard:
    return ErasureCard(
        erasure.id,
        account.username,
        account.name,
        tuple(sorted({grant.role for grant in account.grants})),
        erasure.asked_at,
        erasure.state.value,
        erasure.answer,
        erasure.decided_at,
        kept if erasure.state is ErasureState.ASKED else (),
    )


def open_erasure(account_id: int) -> Erasure | None:
    """The own request that is not decided yet."""
    asked = Erasure.state == ErasureState.ASKED
    return db.session.scalar(select(Erasure).where(Erasure.account_id == account_id, asked))


def kept_kinds(owners: Mapping[int, int | None]) -> dict[int, tuple[Kind, ...]]:
    """Account → the kinds of personal data that keep its identity or its person's; `owners`: account → person.

    As many queries for many accounts as for one.
    """
    persons = {person: account for account, person in owners.items() if person is not None}
    kept: dict[int, list[Kind]] = {account: [] for account in owners}
    for part in KEEPS:
        table = db.metadata.tables[part.table]
        account_of = {one: one for one in owners} if part.by == "account_id" else persons
        if not account_of:
            continue
        rows = select(table.c[part.by]).where(table.c[part.by].in_(account_of)).distinct()
        if part.since and part.kind.years:
            rows = rows.where(table.c[part.since] > now() - timedelta(days=366 * part.kind.years))
        if part.told:
            rows = rows.where(table.c[part.told].is_not(None))
        for key in db.session.scalars(rows):
            kinds = kept[account_of[key]]
            if part.kind not in kinds:
                kinds.append(part.kind)
    return {account: tuple(kinds) for account, kinds in kept.items()}


def as_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Decimal) else value
