"""Days and moments as a page shows them, in both languages, in the city's time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from qzcompete.core.shown import bracketed, colon, days, listed, moment


@pytest.mark.parametrize(
    ("language", "last", "said"),
    [
        ("zh_Hans", date(2026, 11, 25), "2026年11月23日至25日"),
        ("zh_Hans", date(2027, 1, 2), "2026年11月23日至2027年1月2日"),
        ("zh_Hans", date(2026, 11, 23), "2026年11月23日"),
        ("zh_Hans", None, "2026年11月23日"),
        ("en", date(2026, 11, 25), "Nov 23\u2009–\u200925, 2026"),
        ("en", None, "Nov 23, 2026"),
    ],
)
def test_days_are_said_once_where_they_are_the_same(
    app: Flask, language: str, last: date | None, said: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert days(date(2026, 11, 23), last) == said


@pytest.mark.parametrize(
    ("language", "said"), [("zh_Hans", "2026年11月24日 01:05"), ("en", "Nov 24, 2026 01:05")]
)
def test_a_moment_is_shown_in_the_time_of_the_city(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert moment(datetime(2026, 11, 23, 17, 5, tzinfo=UTC)) == said


@pytest.mark.parametrize(
    ("language", "said"), [("zh_Hans", "裁判：A01、A02（2）"), ("en", "裁判: A01, A02 (2)")]
)
def test_signs_between_words_are_of_the_language(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert f"裁判{colon()}{listed(['A01', 'A02'])}{bracketed(2)}" == said
