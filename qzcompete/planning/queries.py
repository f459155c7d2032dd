"""What only several slices together know: who is needed where at one time, who is near to whom, whose days are whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from qzcompete.competitions import queries as competitions
from qzcompete.competitions.models import Event
from qzcompete.competitions.queries import CompetitionCard, EventCard, OuterCard, SessionCard
from qzcompete.competitions.rules.clashes import Booking, Clash, all_clashes, clashes_with
from qzcompete.competitions.rules.conflicts import Conflict, EntrantFacts, conflicts
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city
from qzcompete.core.shown import moment as moment_text
from qzcompete.extensions import db
from qzcompete.marking.models import Seat
from qzcompete.people.models import Account
from qzcompete.planning.rules.calendar import Span
from qzcompete.registration.models import Entry, EntryMember, EntryStatus

CLASH_NAMES: dict[str, object] = {
    "venue": _l("The venue is taken"),
    "judge": _l("A judge is needed twice"),
    "competitor": _l("A competitor is needed twice"),
    "rest": _l("A judge has too little rest"),
}
CONFLICT_NAMES: dict[str, object] = {
    "employer": _l("same employer"),
    "instructor": _l("instructor of the entrant"),
    "relative": _l("relative, as declared"),
    "teacher": _l("teacher or pupil, as declared"),
    "interest": _l("other interest, as declared"),
}


@dataclass(frozen=True)
class CalendarQuestion:
    """By what the calendar is narrowed; empty for everything."""

    family: str = ""
    level: str = ""
    host: str = ""
    text: str = ""

    def fits(self, card: CompetitionCard) -> bool:
        told = " ".join((card.name, card.organisers, card.venue, card.host or ""))
        return (
            (not self.family or card.family == self.family)
            and (not self.level or card.level == self.level)
            and (not self.host or card.host == self.host)
            and self.text.lower() in told.lower()
        )


def entries_query(event_ids: Iterable[int]) -> list[Entry]:
    """Entries that take part."""
    query = select(Entry).where(Entry.event_id.in_(list(event_ids)), Entry.status == EntryStatus.PRESENT)
    return list(db.session.scalars(query.order_by(Entry.id)))


def competitors_of(event_ids: Iterable[int]) -> Mapping[int, Mapping[int, str]]:
    """Who competes in each event, alone or in a team; event → person → name."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    entries = entries_query(event_ids)
    for entry in entries:
        if entry.person_id is not None:
            found[entry.event_id][entry.person_id] = entry.name
    members = select(EntryMember.event_id, EntryMember.person_id, EntryMember.name).where(
        EntryMember.entry_id.in_([entry.id for entry in entries])
    )
    for event_id, person_id, name in db.session.execute(members):
        found[event_id][person_id] = name
    return found


def bookings(since: datetime) -> list[Booking]:
    """Every session to come, with its judges and competitors."""
    known = competitions.bookings(since)
    competitors = competitors_of({booking.event_id for booking in known})
    return [replace(booking, competitors=competitors.get(booking.event_id, {})) for booking in known]


def rest_in(event: EventCard) -> timedelta:
    hours = competitions.setting(event.competition.id, "judge_rest_hours")
    return timedelta(minutes=int(hours * 60))


def clashes_of_session(
    event: EventCard,
    title: str,
    module: str,
    venue: str,
    times: tuple[datetime, datetime],
    stations: Iterable[int],
    session_id: int | None,
) -> list[Clash]:
    """What a session that is being written would clash with."""
    judges = competitions.judges_of_sessions([event.id]).get(event.id, {})
    new = Booking(
        session_id,
        event.id,
        f"{event.name} · {title}",
        *times,
        venue,
        frozenset(stations),
        competitions.judges_needed(judges, module),
        competitors_of([event.id]).get(event.id, {}),
    )
    rest = rest_in(event)
    return clashes_with(new, bookings(times[0] - rest - timedelta(days=1)), rest)


def clashes_to_come(moment: datetime, rest: timedelta) -> list[Clash]:
    return all_clashes(bookings(moment), rest)


def clash_sentence(clash: Clash) -> str:
    return _(
        "%(kind)s: %(what)s — “%(first)s” %(first_at)s and “%(second)s” %(second_at)s.",
        kind=CLASH_NAMES[clash.kind],
        what=clash.what,
        first=clash.first.title,
        first_at=moment_text(clash.first.starts_at),
        second=clash.second.title,
        second_at=moment_text(clash.second.starts_at),
    )


def panel_conflicts(event_id: int, account_ids: Sequence[int]) -> list[Conflict]:
    """Where a judge is near to an entrant of the event."""
    entrants = [EntrantFacts(entry.name, entry.unit, entry.instructor) for entry in entries_query([event_id])]
    return conflicts(competitions.judge_facts(account_ids), entrants)


def panel_warnings(event: EventCard, account_ids: Sequence[int]) -> list[str]:
    """What speaks against this panel, in sentences: who is near to whom, and who is needed elsewhere."""
    found = [
        _(
            "%(judge)s and the entrant %(entrant)s (%(unit)s): %(kind)s.",
            judge=conflict.judge,
            entrant=conflict.entrant,
            unit=conflict.unit,
            kind=CONFLICT_NAMES[conflict.kind],
        )
        for conflict in panel_conflicts(event.id, account_ids)
    ]
    return found + [clash_sentence(clash) for clash in panel_clashes(event, account_ids)]


def register_remarks(event: EventCard, account_ids: Sequence[int]) -> list[str]:
    """Which judges the register does not know for this event, in sentences."""
    found = []
    for card in competitions.judge_cards(account_ids).values():
        if card.qualification is None:
            found.append(_("%(judge)s is not in the register of judges yet.", judge=card.name))
        elif event.occupation_code not in {code for code, _name in card.occupations}:
            found.append(
                _(
                    "%(judge)s is not registered for the occupation %(occupation)s.",
                    judge=card.name,
                    occupation=event.occupation_name,
                )
            )
        elif event.target_level and card.level and card.level > event.target_level:
            found.append(_("%(judge)s may not judge this level.", judge=card.name))
    return found


def panel_clashes(event: EventCard, account_ids: Sequence[int]) -> list[Clash]:
    """Where judges of the new panel are needed elsewhere."""
    own = competitions.sessions_of([event.id])
    if not own:
        return []
    names = {card.account_id: card.name for card in competitions.judge_cards(account_ids).values()}
    rest = rest_in(event)
    others = [
        replace(booking, competitors={}, venue="")
        for booking in bookings(own[0].starts_at - rest - timedelta(days=1))
        if booking.event_id != event.id
    ]
    return [
        clash
        for card in own
        for clash in clashes_with(
            Booking(card.id, event.id, card.title, card.starts_at, card.ends_at, "", judges=names),
            others,
            rest,
        )
    ]


def accounts_concerned(competition_id: int) -> Sequence[int]:
    """Accounts of those who judge or compete in a competition."""
    events = select(Event.id).where(Event.competition_id == competition_id)
    assessments = select(Event.assessment_id).where(Event.competition_id == competition_id)
    judges = select(Seat.account_id).where(Seat.assessment_id.in_(assessments), Seat.account_id.is_not(None))
    entered = select(Entry).where(Entry.event_id.in_(events), Entry.status == EntryStatus.PRESENT).subquery()
    members = select(EntryMember.person_id).where(EntryMember.event_id.in_(events))
    competitors = select(Account.id).where(
        or_(
            Account.id.in_(select(entered.c.account_id).where(entered.c.account_id.is_not(None))),
            Account.person_id.in_(select(entered.c.person_id).where(entered.c.person_id.is_not(None))),
            Account.person_id.in_(members),
        )
    )
    return sorted({*db.session.scalars(judges), *db.session.scalars(competitors)})


def spans_of(card: CompetitionCard) -> list[Span]:
    """The days of a competition that a calendar shows."""

    def span(kind: str, begins: date, ends: date) -> Span:
        return Span(kind, card.name, card.code, card.family, card.state, begins, ends)

    days = {name: in_city(at).date() for name, at in card.points.items()}
    found = []
    if "registration_opens" in days and "registration_closes" in days:
        found.append(span("registration", days["registration_opens"], days["registration_closes"]))
    if card.starts_on:
        found.append(span("contest", card.starts_on, card.ends_on or card.starts_on))
    if "notice_begins" in days and "notice_ends" in days:
        found.append(span("notice", days["notice_begins"], days["notice_ends"]))
    if "award" in days:
        found.append(span("award", days["award"], days["award"]))
    return found


def outer_span(outer: OuterCard) -> Span | None:
    if outer.starts_on is None:
        return None
    return Span("outer", outer.name, None, None, None, outer.starts_on, outer.ends_on or outer.starts_on)


def calendar_cards(year: int, asked: CalendarQuestion, actor: Actor | None) -> list[CompetitionCard]:
    """The competitions of a year; for the office (an actor) with drafts, as far as it may see them."""
    cards = competitions.calendar_competitions(year, public=actor is None)
    return [
        card
        for card in cards
        if asked.fits(card)
        and (actor is None or card.state != "draft" or actor.may("competition.view", *card.scopes))
    ]


def own_sessions(account_id: int) -> list[tuple[str, SessionCard]]:
    """The sessions in which the account judges (`judge`) or competes (`compete`), by their time."""
    person = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    teams = select(EntryMember.entry_id).where(EntryMember.person_id == person)
    events = select(Entry.event_id).where(
        Entry.status == EntryStatus.PRESENT,
        or_(Entry.account_id == account_id, Entry.person_id == person, Entry.id.in_(teams)),
    )
    competing = competitions.sessions_of(db.session.scalars(events).all())
    found = [("judge", card) for card in competitions.sessions_of_judge(account_id)]
    found += [("compete", card) for card in competing]
    return sorted(found, key=lambda one: (one[1].starts_at, one[1].id))
