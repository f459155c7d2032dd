"""The audit log: append-only and hash-chained, written in the transaction of what it tells.

Each row's hash covers the row and the hash before it, so that a changed, removed or moved row breaks its
chain. There is a chain per subject of contention (the office, each judge's seat), lest all writers queue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import JsonDocument, UtcDateTime
from qzcompete.core.driver import Driver, Insert, Statement, document, keys, session_driver
from qzcompete.extensions import db

START = "0" * 64
# What a row's hash covers, in this order.
TOLD = ("chain", "seq", "at", "account_id", "actor_name", "action", "subject", "before", "after", "previous")


class AuditHead(db.Model):
    """The last link of each chain; locked while a row is added."""

    __tablename__ = "audit_head"
    chain: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    hash: Mapped[str] = mapped_column(String(64), default=START)


class AuditRow(db.Model):
    __tablename__ = "audit_row"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        CheckConstraint("seq >= 1", name="seq_counts_from_one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    before: Mapped[Any | None] = mapped_column(JsonDocument)
    after: Mapped[Any | None] = mapped_column(JsonDocument)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


def moment_text(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no JSON value")
    return value.isoformat()


# Made once: json.dumps with options of its own makes another encoder for each row.
AS_STORED = json.JSONEncoder(ensure_ascii=False).encode
CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=moment_text
).encode

HEADS = Statement(
    """
    SELECT head.chain, head.seq, head.hash
    FROM json_each(?) AS asked CROSS JOIN audit_head AS head ON head.chain = asked.value
    """,
    """
    SELECT chain, seq, hash FROM audit_head
    WHERE chain = ANY (ARRAY(SELECT json_array_elements_text(%s::json))) ORDER BY chain FOR UPDATE
    """,
)
NEW_HEADS = Statement(
    "INSERT INTO audit_head (chain, seq, hash) VALUES (:chain, :seq, :hash) ON CONFLICT DO NOTHING",
    """
    INSERT INTO audit_head (chain, seq, hash)
    SELECT chain, seq, hash FROM json_populate_recordset(NULL::audit_head, %s) ON CONFLICT DO NOTHING
    """,
)
MOVE_HEADS = Statement(
    "UPDATE audit_head SET seq = :seq, hash = :hash WHERE chain = :chain",
    """
    UPDATE audit_head SET seq = moved.seq, hash = moved.hash
    FROM json_populate_recordset(NULL::audit_head, %s) AS moved WHERE audit_head.chain = moved.chain
    """,
)
NEW_ROWS = Insert("audit_row", (*TOLD, "hash"))


def record(
    actor: Actor, action: str, subject: str, before: Any = None, after: Any = None, chain: str = "office"
) -> None:
    """Append who did what to which subject ("event:5"), with what changed. JSON values without personal data."""
    record_all([Entry(actor, action, subject, before, after, chain)])


@dataclass(frozen=True)
class Entry:
    """What `record` is told, to be recorded together with others."""

    actor: Actor
    action: str
    subject: str
    before: Any = None
    after: Any = None
    chain: str = "office"


def record_all(entries: Sequence[Entry], driver: Driver | None = None) -> None:
    """Append entries with a few statements, in the driver's transaction or the session's; the chains' heads are locked
    in the order of their names."""
    if not entries:
        return
    driver = driver or session_driver()
    moment, rows = now(), []
    stored_moment = driver.moment(moment)
    ends = locked_ends(driver, {entry.chain for entry in entries})
    for entry in entries:
        seq, previous = ends[entry.chain]
        row = {
            "chain": entry.chain,
            "seq": seq + 1,
            "at": moment,
            "account_id": entry.actor.account_id,
            "actor_name": entry.actor.name,
            "action": entry.action,
            "subject": entry.subject,
            "before": as_stored(entry.before),
            "after": as_stored(entry.after),
            "previous": previous,
        }
        row["hash"] = hash_of(row)
        ends[entry.chain] = (seq + 1, row["hash"])
        told = {name: document(row[name]) for name in ("before", "after")}
        rows.append(row | told | {"at": stored_moment})
    driver.add(NEW_ROWS, rows)
    driver.store(MOVE_HEADS, heads(ends))


def heads(ends: Mapping[str, tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"chain": chain, "seq": seq, "hash": last} for chain, (seq, last) in ends.items()]


def locked_ends(driver: Driver, chains: set[str]) -> dict[str, tuple[int, str]]:
    """Where each chain ends, for us alone until the transaction ends: (seq, hash). Two first writers begin it once."""
    found = {chain: (seq, last) for chain, seq, last in driver.rows(HEADS, keys(chains))}
    if new := sorted(chains - found.keys()):
        driver.store(NEW_HEADS, heads(dict.fromkeys(new, (0, START))))
        found |= {chain: (seq, last) for chain, seq, last in driver.rows(HEADS, keys(new))}
    return found


def as_stored(value: Any) -> Any:
    """The value as the database gives it back, so that its hash is the same later (keys become text)."""
    return None if value is None else json.loads(AS_STORED(value))


def end_of(chain: str) -> str:
    """The hash at the chain's end: as long as it stays, nothing of what the chain tells of has changed."""
    return db.session.scalar(select(AuditHead.hash).where(AuditHead.chain == chain)) or START


def link(row: AuditRow) -> str:
    """The hash that a stored row must have."""
    return hash_of({name: getattr(row, name) for name in TOLD})


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a row and the hash before it, in hex."""
    told = [row[name] for name in TOLD]
    return hashlib.sha256(CANONICAL(told).encode()).hexdigest()


def chain_faults() -> Iterator[str]:
    """Every place where a chain does not hold, in words; nothing when the log is whole."""
    expected: dict[str, tuple[int, str]] = {}
    rows = db.session.scalars(
        select(AuditRow).order_by(AuditRow.chain, AuditRow.seq).execution_options(yield_per=1000)
    )
    for row in rows:
        seq, previous = expected.get(row.chain, (0, START))
        if row.seq != seq + 1:
            yield f"chain {row.chain}: row {seq + 1} is missing"
        elif row.previous != previous or row.hash != link(row):
            yield f"chain {row.chain}: row {row.seq} was changed"
        expected[row.chain] = (row.seq, row.hash)
    heads = {head.chain: (head.seq, head.hash) for head in db.session.scalars(select(AuditHead))}
    for chain in sorted(heads.keys() | expected.keys()):
        seq, last = expected.get(chain, (0, START))
        if chain not in heads:
            yield f"chain {chain}: its head is missing, so that its end after row {seq} is not sure"
        elif heads[chain] != (seq, last):
            yield f"chain {chain}: its end was cut off after row {seq}"


def history(actions: Collection[str]) -> Iterator[tuple[str, str, Any, int]]:
    """(action, subject, after, row id) of every row with one of these actions, in the order in which they happened."""
    query = (
        select(AuditRow.action, AuditRow.subject, AuditRow.after, AuditRow.id)
        .where(AuditRow.action.in_(actions))
        .order_by(AuditRow.id)
        .execution_options(yield_per=1000)
    )
    yield from db.session.execute(query).tuples()


def silent_states(
    kind: str, held: Iterable[tuple[int, str]], first: str, tells: Mapping[str, str | None]
) -> Iterator[str]:
    """Each thing of a kind whose state is not what its last event says, in words.

    `held` is (id, state); a thing begins in the state `first`. `tells`: action -> the state that it tells; None for one
    that names the state itself, as `after` {"state": …}."""
    told: dict[str, str] = {}
    for action, subject, after, _key in history(tells):
        told[subject] = tells[action] or after["state"]
    for key, state in held:
        if (last := told.get(f"{kind}:{key}", first)) != state:
            yield f"{kind} {key} is {state}, but its last event says {last}"
