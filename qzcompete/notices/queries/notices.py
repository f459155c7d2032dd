"""Reads notices as plain values: for the public only what was published and is neither withdrawn nor taken down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, select

from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound
from qzcompete.core.paging import ListPage, list_page
from qzcompete.core.workdays import is_announced
from qzcompete.extensions import db
from qzcompete.notices.models import Notice, NoticeKind, NoticeState
from qzcompete.notices.queries.calendar import special_days

STATES = tuple(state.value for state in NoticeState)
SHOWN = (NoticeState.PUBLISHED, NoticeState.ENDED)
NUMBER_WORDS = {"announcement": "公告", "publicity": "公示"}


@dataclass(frozen=True)
class NoticeCard:
    id: int
    kind: str
    state: str
    number: str | None
    title: str
    body: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    issuer: str
    contact: str
    red_head: bool
    working_days: int | None
    topic: str | None
    subjects: Sequence[tuple[str, str]]
    concerned: Sequence[int]
    open_objections: int
    account_id: int | None
    created_at: datetime
    published_at: datetime | None
    first_day: date | None
    last_day: date | None
    ends_at: datetime | None
    ended_at: datetime | None
    withdrawn_at: datetime | None
    withdraw_reason: str | None
    taken_down_at: datetime | None
    file_hash: str | None

    @property
    def running(self) -> bool:
        """Whether it stands now and takes objections."""
        return self.state == "published" and self.kind == "publicity" and now() < (self.ends_at or now())

    @property
    def clear(self) -> bool:
        """Whether it ran in full and nothing is open: only then may a decision rely on it."""
        return self.state == "ended" and self.open_objections == 0

    @property
    def signed_on(self) -> date | None:
        return None if self.published_at is None else in_city(self.published_at).date()

    @property
    def paragraphs(self) -> Sequence[str]:
        return [line.strip() for line in self.body.splitlines() if line.strip()]


def notice_card(notice_id: int) -> NoticeCard:
    found = db.session.get(Notice, notice_id)
    if found is None:
        raise NotFound()
    return card(found)


def public_notice(notice_id: int) -> NoticeCard:
    """A notice that was published, whatever became of it; a draft is not found."""
    found = notice_card(notice_id)
    if found.state == "draft":
        raise NotFound()
    return found


def notices_of(topic: str) -> Sequence[NoticeCard]:
    """All notices of this topic, the newest first."""
    query = select(Notice).where(Notice.topic == topic).order_by(Notice.id.desc())
    return [card(row) for row in db.session.scalars(query)]


def public_page(search: str, number: str) -> ListPage:
    """What everybody may read: those that run first, then the newest."""
    query = select(Notice).where(Notice.state.in_(SHOWN), Notice.taken_down_at.is_(None))
    running = (Notice.state == NoticeState.PUBLISHED) & (Notice.kind == NoticeKind.PUBLICITY)
    order = (case((running, 0), else_=1), Notice.published_at.desc(), Notice.id.desc())
    return cards_page(searched(query, search).order_by(*order), number, 20)


def running_notices() -> Sequence[NoticeCard]:
    """Publicity that stands now, the one that ends first at the top."""
    query = select(Notice).where(
        Notice.state == NoticeState.PUBLISHED,
        Notice.kind == NoticeKind.PUBLICITY,
        Notice.taken_down_at.is_(None),
    )
    return [card(row) for row in db.session.scalars(query.order_by(Notice.ends_at))]


def office_page(state: str, search: str, number: str) -> ListPage:
    query = searched(select(Notice), search).order_by(Notice.id.desc())
    if state in STATES:
        query = query.where(Notice.state == NoticeState(state))
    return cards_page(query, number, 50)


def searched(query: Select[tuple[Notice]], search: str) -> Select[tuple[Notice]]:
    return query.where(Notice.title.contains(search, autoescape=True)) if search else query


def cards_page(query: Select[tuple[Notice]], number: str, size: int) -> ListPage:
    page = list_page(query, number, size)
    return ListPage([card(row) for row in page.items], page.number, page.size, page.total)


def last_serial(kind: NoticeKind, year: int) -> int:
    query = select(func.max(Notice.serial)).where(Notice.kind == kind, Notice.year == year)
    return db.session.scalar(query) or 0


def is_provisional(notice: NoticeCard) -> bool:
    """Whether its period reaches into a year whose holidays are not known yet."""
    return notice.last_day is not None and not is_announced(notice.last_day.year, special_days())


def number_of(row: Notice) -> str | None:
    """'钦人社公示〔2026〕3号'; none before publication."""
    return f"钦人社{NUMBER_WORDS[row.kind.value]}〔{row.year}〕{row.serial}号" if row.serial else None


def card(row: Notice) -> NoticeCard:
    annex = row.annex or {"columns": [], "rows": []}
    return NoticeCard(
        id=row.id,
        kind=row.kind.value,
        state=row.state.value,
        number=number_of(row),
        title=row.title,
        body=row.body,
        columns=annex["columns"],
        rows=annex["rows"],
        issuer=row.issuer,
        contact=row.contact,
        red_head=row.red_head,
        working_days=row.working_days,
        topic=row.topic,
        subjects=[(key, name) for key, name in row.subjects],
        concerned=row.concerned,
        open_objections=row.open_objections,
        account_id=row.account_id,
        created_at=row.created_at,
        published_at=row.published_at,
        first_day=row.first_day,
        last_day=row.last_day,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        withdrawn_at=row.withdrawn_at,
        withdraw_reason=row.withdraw_reason,
        taken_down_at=row.taken_down_at,
        file_hash=row.file_hash,
    )
