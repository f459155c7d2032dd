"""Every way to measure, and the clock of a work: what the judge finds makes the mark, and a running clock outlives the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.hall import Hall, prepare
from tests.e2e.test_axe import violations
from tests.e2e.test_tablet import Tablet, all_sent, choose, enter, hall, number, row, saved, tablet

__all__ = ["hall", "tablet"]

CHOICES = [
    {"label": "无缺陷", "deduction": "0"},
    {"label": "一处", "deduction": "33.3"},
    {"label": "两处以上", "deduction": "100"},
]
RANGE = {"lower": "24.9", "upper": "25.1", "deduction": "50"}
CALCULATIONS = [
    ("急停按钮有效", "2", None, {"type": "PASS_FAIL"}),
    ("完成的接线端子", "2", None, {"type": "NUMBER_COMPLETED", "possible": 8}),
    ("焊缝外观", "1", None, {"type": "CHOICE", "unit": "PERCENT", "choices": CHOICES}),
    ("孔距", "2", "mm", {"type": "RANGED_SCORE", "target": "25", "ranges": [RANGE]}),
    (
        "装配错误数",
        "2",
        "处",
        {
            "type": "REGULAR_DIFFERENCE_DEDUCTION",
            "unit": "UNIT",
            "target": "0",
            "difference": "1",
            "deduction": "0.25",
        },
    ),
]
ASPECTS = [
    {"code": f"M{place}", "name": name, "kind": "measurement", "max": most, "calculation": calculation}
    | ({"unit": unit} if unit else {})
    for place, (name, most, unit, calculation) in enumerate(CALCULATIONS, 1)
]
WATCH = {"code": "W1", "name": "启动时间", "kind": "measurement", "max": "60", "step": "0.1", "unit": "s"}
SCHEME = {
    "tie_breaks": ["duration"],
    "modules": [
        {
            "code": "M",
            "name": "检测",
            "criteria": [{"code": "C", "name": "实测", "aspects": [*ASPECTS, WATCH]}],
        }
    ],
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("measured"), SCHEME)


def test_marks_follow_from_what_the_judge_measures(hall: Hall, tablet: Tablet) -> None:
    context = tablet()
    page = enter(context)
    context.set_offline(True)
    page.locator("#level-2").tap()
    number(page, "5")
    choose(page, 1)
    number(page, "25.04")
    expect(row(page, "M4")).to_contain_text("测得：25.04 mm")
    number(page, "3")
    saved(page, "M5")
    page.reload()
    expect(row(page, "M2")).to_contain_text("5 / 8")
    expect(row(page, "M3")).to_contain_text("一处")
    context.set_offline(False)
    all_sent(page)

    assert [mark[1:3] for mark in hall.marks()] == [
        ("M1", "2"),
        ("M2", "1.25"),
        ("M3", "0.67"),
        ("M4", "1"),
        ("M5", "1.25"),
    ]
    extras = hall.rows("SELECT extra FROM mark_op ORDER BY seq")
    assert [json.loads(extra)["measured"] for extra in extras] == ["1", "5", "1", "25.04", "3"]


def test_what_cannot_be_measured_is_not_taken(hall: Hall, tablet: Tablet) -> None:
    page = enter(tablet())
    row(page, "M2").locator(".aspect-name").tap()
    page.locator("#key-9").tap()

    expect(page.locator(".pad-fault")).to_have_text("此处不可能测得这个值。")
    expect(page.locator("#enter")).to_be_disabled()
    page.locator("#pad-minus").tap()
    expect(page.locator(".pad-result")).to_have_text("折合 0 分")


def test_clocks_run_on_when_the_page_comes_anew_and_stop_by_a_key(hall: Hall, tablet: Tablet) -> None:
    context = tablet()
    page = enter(context)
    page.locator("#timer-go").tap()
    expect(page.locator("#timer-shown")).to_have_text(re.compile("0:00:0[1-9]"))
    row(page, "W1").locator(".aspect-name").tap()
    page.locator("#key-watch").tap()
    expect(page.locator(".watch-runs")).to_be_visible()
    context.set_offline(True)
    page.reload()
    expect(page.locator("#timer-go")).to_contain_text("停止计时")
    page.wait_for_timeout(1500)
    page.keyboard.press("t")
    expect(page.locator("#timer-go")).to_contain_text("继续计时")
    row(page, "W1").locator(".aspect-name").tap()
    page.locator("#key-watch").tap()
    page.locator("#enter").tap()
    context.set_offline(False)
    all_sent(page)

    seconds, timed_by = hall.rows("SELECT duration_s, timed_by FROM candidate WHERE code = 'B01'")[0]
    assert 2 <= seconds < 120
    assert timed_by == "J1"
    measured = float(hall.marks()[0][2] or 0)
    assert 1.5 <= measured < 120


def test_axe_finds_nothing_on_any_way_to_measure(hall: Hall, tablet: Tablet) -> None:
    page = enter(tablet(bypass_csp=True))
    faults: list[str] = []
    for width, height in ((1180, 820), (820, 1180), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for code in ("M1", "M2", "M3", "M4", "W1"):
            row(page, code).locator(".aspect-name").tap()
            faults += violations(page)
            faults += [f"{code} {width}: wider than the screen"] if wider(page) else []

    assert faults == []


def wider(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
