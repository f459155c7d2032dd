"""The weeks and months in which the days of competitions fall."""

from datetime import date

from qzcompete.planning.rules.calendar import Span, month_from, months_of, weeks_of


def span(begins: date, ends: date, name: str = "大赛") -> Span:
    return Span("contest", name, "C1", "vocational", "open", begins, ends)


def test_a_month_begins_with_the_monday_of_its_first_week() -> None:
    weeks = weeks_of(2026, 6, [])

    assert weeks[0][0].on == date(2026, 6, 1)
    assert weeks[-1][-1].on == date(2026, 7, 5)
    assert not weeks[-1][-1].in_month


def test_a_span_stands_on_each_of_its_days_and_no_other() -> None:
    weeks = weeks_of(2026, 6, [span(date(2026, 6, 6), date(2026, 6, 8))])

    days = [day.on.day for week in weeks for day in week if day.spans]

    assert days == [6, 7, 8]


def test_a_span_over_the_turn_of_a_month_stands_in_both() -> None:
    months = months_of(2026, [span(date(2026, 6, 30), date(2026, 7, 2))])

    assert [place for place, spans in enumerate(months, 1) if spans] == [6, 7]


def test_steps_go_over_the_turn_of_a_year() -> None:
    assert month_from(2026, 12, 1) == (2027, 1)
    assert month_from(2026, 1, -1) == (2025, 12)
