"""The city's calendar by year, month and list: for everybody, for the office with drafts, and as feeds."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from qzcompete.adapters.files import kept_files
from qzcompete.competitions import queries as competitions
from qzcompete.competitions import services
from qzcompete.competitions.forms import FAMILY_NAMES, LEVEL_NAMES
from qzcompete.core.actor import Actor
from qzcompete.core.clock import in_city, now
from qzcompete.core.errors import NotFound
from qzcompete.core.forms import Page
from qzcompete.core.permissions import public, requires, signed_in
from qzcompete.planning import queries
from qzcompete.planning.feeds import event, feed, session_event, span_event
from qzcompete.planning.rules.calendar import last_day, month_from, months_of, weeks_of
from qzcompete.planning.views.blueprint import blueprint as office
from qzcompete.selection.queries import called_rounds

blueprint = Blueprint("calendar", __name__)

SPAN_NAMES = {
    "registration": _l("Taking of entries"),
    "contest": _l("Contest"),
    "notice": _l("Public notice"),
    "award": _l("Award ceremony"),
    "outer": _l("Above the city"),
}
SELECTION_NAMES = {
    "applying": _l("Applying"),
    "recommending": _l("Recommending"),
    "reviewing": _l("Reviewing"),
}
DUTY_NAMES = {"judge": _l("Judging"), "compete": _l("Competing")}
VIEWS = ("year", "month", "list")
YEARS = range(2000, 2101)


@blueprint.get("/calendar")
@public("the city's calendar is public")
def index() -> Page:
    return render_template("planning/calendar.html", **calendar_page(None))


@office.get("/competition-calendar")
@requires("competition.view")
def calendar() -> Page:
    return render_template("planning/office_calendar.html", **calendar_page(current_user.actor))


def calendar_page(actor: Actor | None) -> dict[str, Any]:
    """What a calendar shows; without an actor only what is public."""
    today = in_city(now()).date()
    year = asked_number("year", today.year, YEARS)
    month = asked_number("month", today.month if year == today.year else 1, range(1, 13))
    view = request.args.get("view", "")
    asked = queries.CalendarQuestion(
        *(request.args.get(name, "").strip() for name in ("family", "level", "host", "q"))
    )
    cards = queries.calendar_cards(year, asked, actor)
    outer = competitions.outer_competitions(year)
    known = competitions.calendar_competitions(year, public=actor is None)
    hosts = sorted({card.host for card in known if card.host})
    rows = [(card, queries.spans_of(card)) for card in cards]
    spans = [span for _card, own in rows for span in own]
    spans += [span for one in outer if (span := queries.outer_span(one))]
    return {
        "view": view if view in VIEWS else "year",
        "year": year,
        "month": month,
        "today": today,
        "asked": asked,
        "cards": cards,
        "outer": outer,
        "rows": [(card, months_of(year, own)) for card, own in rows],
        "weeks": weeks_of(year, month, spans),
        "spans": sorted(spans, key=lambda span: (span.begins, span.ends, span.name)),
        "month_spans": [s for s in spans if s.touches(date(year, month, 1), last_day(year, month))],
        "before": month_from(year, month, -1),
        "after": month_from(year, month, 1),
        "hosts": [(host, host) for host in hosts],
        "outer_of": {one.id: one for one in competitions.outer_competitions()},
        "span_names": SPAN_NAMES,
        "family_names": FAMILY_NAMES,
        "level_names": LEVEL_NAMES,
    }


def asked_number(name: str, default: int, allowed: range) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:6]) in allowed else default


@blueprint.get("/calendar/<family>.ics")
@public("the city's calendar is public")
def family_feed(family: str) -> Page:
    """This year and the next of one family, or of `all`."""
    if family != "all" and family not in FAMILY_NAMES:
        raise NotFound()
    year = in_city(now()).year
    asked = queries.CalendarQuestion(family="" if family == "all" else family)
    cards = [card for one in (year - 1, year, year + 1) for card in queries.calendar_cards(one, asked, None)]
    events = [
        span_event(
            span,
            str(SPAN_NAMES[span.kind]),
            site(),
            outside("public.competition", code=card.code),
            now(),
        )
        for card in cards
        for span in queries.spans_of(card)
    ]
    name = _("Qinzhou Skills Competitions") if family == "all" else str(FAMILY_NAMES[family])
    return calendar_file(feed(name, events), f"{family}.ics")


@blueprint.get("/calendar/selections.ics")
@public("calls are published")
def selections_feed() -> Page:
    """The windows of every selection that was called."""
    events = [
        event(
            f"{kind}-{called.draft.code}@{site()}",
            f"{called.draft.name}：{SELECTION_NAMES[kind]}",
            begins,
            ends,
            now(),
            outside("selection.call", code=called.draft.code),
        )
        for called in called_rounds()
        for kind, begins, ends in (
            ("applying", called.draft.applies_from, called.draft.applies_until),
            ("recommending", called.draft.applies_until, called.draft.recommends_until),
            ("reviewing", called.draft.recommends_until, called.draft.reviews_until),
        )
    ]
    return calendar_file(feed(_("Selection of master studios and training bases"), events), "selections.ics")


@blueprint.get("/calendar/mine/<secret>.ics")
@public("the secret address is the key: a calendar program has no account")
def own_feed(secret: str) -> Page:
    account_id = competitions.account_of_feed(services.feed_digest(secret))
    if account_id is None:
        raise NotFound()
    events = [
        session_event(
            card,
            str(DUTY_NAMES[duty]),
            site(),
            outside("public.competition", code=card.competition_code),
            now(),
        )
        for duty, card in queries.own_sessions(account_id)
    ]
    return calendar_file(feed(_("My dates"), events), "mine.ics")


def site() -> str:
    return urlsplit(current_app.config["QZ"].public_url).hostname or "localhost"


def outside(endpoint: str, **values: Any) -> str:
    """The address as somebody outside of the site must use it."""
    return f"{current_app.config['QZ'].public_url}{url_for(endpoint, **values)}"


def calendar_file(content: bytes, name: str) -> Page:
    return send_file(BytesIO(content), mimetype="text/calendar", download_name=name)


@blueprint.get("/calendar/mine")
@signed_in
def mine() -> Page:
    """One's own dates; the address of the feed is shown only when it is made."""
    account_id = current_user.actor.account_id
    return render_template(
        "planning/mine.html",
        own=queries.own_sessions(account_id),
        duty_names=DUTY_NAMES,
        opened_at=competitions.feed_opened_at(account_id),
        address=None,
    )


@blueprint.post("/calendar/mine/feed")
@signed_in
def open_feed() -> Page:
    secret = services.make_feed_token(current_user.actor)
    account_id = current_user.actor.account_id
    return render_template(
        "planning/mine.html",
        own=queries.own_sessions(account_id),
        duty_names=DUTY_NAMES,
        opened_at=now(),
        address=outside("calendar.own_feed", secret=secret),
    )


@blueprint.post("/calendar/mine/revoke")
@signed_in
def revoke_feed() -> Page:
    services.revoke_feed_token(current_user.actor)
    flash(_("The address opens nothing any more."), "success")
    return redirect(url_for(".mine"))


@blueprint.get("/competitions/<code>/regulations/<event_code>.pdf")
@public("the regulations of a public competition are for everybody")
def regulations(code: str, event_code: str) -> Page:
    """The newest version of an event's regulations."""
    event = competitions.event_card(event_code)
    versions = competitions.regulations(event.id)
    if event.competition.code != code or event.competition.state in ("draft", "cancelled") or not versions:
        raise NotFound()
    content = kept_files().get(versions[0].digest)
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=f"{event_code}.pdf")
