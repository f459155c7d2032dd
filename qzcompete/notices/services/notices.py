"""Writes notices: drafted, published, ended by themselves, withdrawn, taken down. What is stored is masked already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from qzcompete.adapters import fonts
from qzcompete.core import audit, jobs
from qzcompete.core.actor import SYSTEM, Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.core.workdays import end_of_period, midnight_after, working_days_from
from qzcompete.extensions import db
from qzcompete.notices.models import Notice, NoticeKind, NoticeState
from qzcompete.notices.queries.calendar import special_days
from qzcompete.notices.queries.notices import last_serial
from qzcompete.notices.rules.letters import notice_ended
from qzcompete.notices.rules.masking import masked_rows, masked_text
from qzcompete.notices.services.messages import post_message

ISSUER = "钦州市人力资源和社会保障局"


@dataclass(frozen=True)
class NoticeDraft:
    """What a notice says. `subjects` (key, name) are what an objection may be about; the accounts in `concerned`
    handle none, for the matter is their own."""

    kind: str
    title: str
    body: str
    working_days: int | None = None
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    issuer: str = ISSUER
    contact: str = ""
    red_head: bool = True
    topic: str | None = None
    subjects: Sequence[tuple[str, str]] = field(default_factory=tuple)
    concerned: Sequence[int] = field(default_factory=tuple)


def draft_notice(actor: Actor, draft: NoticeDraft) -> int:
    """A new notice that nobody outside sees yet; returns its id."""
    permit(actor, "notice.edit")
    notice = Notice(
        kind=NoticeKind(draft.kind),
        state=NoticeState.DRAFT,
        open_objections=0,
        account_id=actor.account_id,
        created_at=now(),
    )
    write(notice, draft)
    db.session.add(notice)
    db.session.flush()
    audit.record(actor, "notice.drafted", f"notice:{notice.id}", after={"title": notice.title})
    return notice.id


def edit_notice(actor: Actor, notice_id: int, draft: NoticeDraft) -> None:
    permit(actor, "notice.edit")
    notice = locked_notice(notice_id)
    if notice.state is not NoticeState.DRAFT:
        raise RuleBroken(
            _l("A published notice is never changed. Withdraw it and publish another."), code="published"
        )
    before = notice.title
    write(notice, draft)
    audit.record(actor, "notice.edited", f"notice:{notice_id}", {"title": before}, {"title": notice.title})


def write(notice: Notice, draft: NoticeDraft) -> None:
    """Take the draft over, with every personal number masked."""
    if draft.kind == "publicity" and not draft.working_days:
        raise RuleBroken(_l("Enter for how many working days it is published."), field="working_days")
    width = len(draft.columns)
    if any(len(row) != width for row in draft.rows):
        raise RuleBroken(_l("Each line of the annex must have as many cells as the first."), field="annex")
    notice.kind = NoticeKind(draft.kind)
    notice.title, notice.body = masked_text(draft.title.strip()), masked_text(draft.body.strip())
    notice.annex = {
        "columns": [masked_text(column) for column in draft.columns],
        "rows": masked_rows(draft.rows),
    }
    notice.issuer, notice.red_head = draft.issuer.strip(), draft.red_head
    # The office's own number for questions is meant to be read.
    notice.contact = draft.contact.strip()
    notice.working_days = draft.working_days if draft.kind == "publicity" else None
    notice.topic = draft.topic
    notice.subjects = [[key, masked_text(name)] for key, name in draft.subjects]
    notice.concerned = sorted(set(draft.concerned))


def publish_notice(actor: Actor, notice_id: int) -> Notice:
    """Number it and let it run: publicity for its working days, from the day after today on."""
    permit(actor, "notice.edit")
    notice = locked_notice(notice_id)
    if notice.state is not NoticeState.DRAFT:
        raise RuleBroken(_l("This notice is published already."), code="published")
    check_fonts(notice)
    moment = now()
    today = in_city(moment).date()
    notice.year, notice.serial = today.year, last_serial(notice.kind, today.year) + 1
    notice.state, notice.published_at = NoticeState.PUBLISHED, moment
    if notice.working_days:
        special = special_days()
        notice.first_day = next(working_days_from(today + timedelta(days=1), special))
        notice.last_day = end_of_period(today, notice.working_days, special)
        notice.ends_at = midnight_after(notice.last_day)
        plan_end(actor, notice)
    db.session.flush()
    jobs.enqueue("notices.print", {"notice_id": notice_id}, actor, key=f"notice-print:{notice_id}")
    told = {
        "number": [notice.year, notice.serial],
        "last_day": str(notice.last_day) if notice.last_day else None,
    }
    audit.record(actor, "notice.published", f"notice:{notice_id}", after=told)
    return notice


def check_fonts(notice: Notice) -> None:
    annex = notice.annex or {"columns": [], "rows": []}
    cells = [cell for row in (annex["columns"], *annex["rows"]) for cell in row]
    drawn = "".join((notice.title, notice.body, notice.issuer, notice.contact, *cells))
    missing = fonts.missing_characters("".join(drawn.split()))
    if missing:
        raise RuleBroken(
            _l("No font can draw: %(characters)s. Write these otherwise.", characters="、".join(missing)),
            code="missing_glyph",
            field="body",
        )


def plan_end(actor: Actor, notice: Notice) -> None:
    assert notice.ends_at is not None
    key = f"notice-end:{notice.id}:{notice.last_day}"
    jobs.enqueue("notices.end", {"notice_id": notice.id}, actor, key=key, run_after=notice.ends_at)


def end_notice(notice_id: int, keep_days: int) -> None:
    """Its period is over, unless the calendar has changed meanwhile; then it runs on to the day that now is its last."""
    notice = locked_notice(notice_id)
    if notice.state is not NoticeState.PUBLISHED or not notice.working_days or notice.published_at is None:
        return
    last = end_of_period(in_city(notice.published_at).date(), notice.working_days, special_days())
    if notice.last_day is None or last > notice.last_day:
        notice.last_day, notice.ends_at = last, midnight_after(last)
        plan_end(SYSTEM, notice)
        audit.record(SYSTEM, "notice.prolonged", f"notice:{notice_id}", after={"last_day": str(last)})
        return
    if notice.ends_at is None or now() < notice.ends_at:
        return
    notice.state, notice.ended_at = NoticeState.ENDED, now()
    db.session.flush()
    audit.record(
        SYSTEM, "notice.ended", f"notice:{notice_id}", after={"open_objections": notice.open_objections}
    )
    later = now() + timedelta(days=keep_days)
    key = f"notice-down:{notice_id}"
    jobs.enqueue("notices.take_down", {"notice_id": notice_id}, SYSTEM, key=key, run_after=later)
    if notice.account_id is not None:
        told = notice_ended(notice.title, notice.open_objections)
        post_message(
            SYSTEM,
            "notice.ended",
            f"notice-ended:{notice_id}",
            told.subject,
            told.body,
            account_id=notice.account_id,
            path=f"/office/notices/{notice_id}",
        )


def withdraw_notice(actor: Actor, notice_id: int, reason: str) -> None:
    """The public page then says that and why it was withdrawn, and no more."""
    permit(actor, "notice.edit")
    notice = locked_notice(notice_id)
    if notice.state not in (NoticeState.PUBLISHED, NoticeState.ENDED):
        raise RuleBroken(_l("Only a published notice can be withdrawn."), code="not_published")
    if not reason.strip():
        raise RuleBroken(_l("Give the reason."), code="reason", field="reason")
    before = notice.state.value
    notice.state, notice.withdrawn_at = NoticeState.WITHDRAWN, now()
    notice.withdraw_reason = masked_text(reason.strip())
    after = {"state": "withdrawn", "reason": notice.withdraw_reason}
    audit.record(actor, "notice.withdrawn", f"notice:{notice_id}", {"state": before}, after)


def take_down(notice_id: int) -> None:
    """After its time it is no longer on the public pages; the office keeps it."""
    notice = locked_notice(notice_id)
    if notice.taken_down_at is None:
        notice.taken_down_at = now()
        audit.record(SYSTEM, "notice.taken_down", f"notice:{notice_id}")


def discard_notice(actor: Actor, notice_id: int) -> None:
    """Delete a draft."""
    permit(actor, "notice.edit")
    notice = locked_notice(notice_id)
    if notice.state is not NoticeState.DRAFT:
        raise RuleBroken(_l("Only a draft can be deleted."), code="published")
    audit.record(actor, "notice.discarded", f"notice:{notice_id}", {"title": notice.title})
    db.session.delete(notice)


def keep_file(notice_id: int, digest: str) -> None:
    locked_notice(notice_id).file_hash = digest


def locked_notice(notice_id: int) -> Notice:
    found = db.session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found
