"""Calendars as files that phones and mail programs subscribe to (RFC 5545), made of what the pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from qzcompete.competitions.queries import SessionCard
from qzcompete.planning.rules.calendar import Span

# How often a program should ask again.
EVERY = timedelta(hours=6)


def feed(name: str, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//qzcompete//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def span_event(span: Span, label: str, host: str, url: str | None, made_at: datetime) -> Event:
    """Some whole days; the end of such an event is the day after its last."""
    return event(
        f"{span.kind}-{span.code or span.name}@{host}",
        f"{span.name}：{label}",
        span.begins,
        span.ends + timedelta(days=1),
        made_at,
        url,
    )


def session_event(card: SessionCard, label: str, host: str, url: str | None, made_at: datetime) -> Event:
    made = event(
        f"session-{card.id}@{host}",
        f"{label}：{card.title}",
        card.starts_at,
        card.ends_at,
        made_at,
        url,
    )
    made.add("location", card.venue)
    return made


def event(
    uid: str, summary: str, begins: date | datetime, ends: date | datetime, made_at: datetime, url: str | None
) -> Event:
    made = Event()
    made.add("uid", uid)
    made.add("dtstamp", made_at)
    made.add("summary", summary)
    made.add("dtstart", begins)
    made.add("dtend", ends)
    if url:
        made.add("url", url)
    return made
