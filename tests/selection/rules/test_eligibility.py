"""What the system finds for each line, and the verdict over all."""

from __future__ import annotations

from dataclasses import replace

from qzcompete.selection.rules.eligibility import LINES, Facts, Line, findings, verdict

FACTS = Facts("studio", level=2, has_certificate=True, host_limit=2, budget="1/2", budget_fits=True)


def failed(facts: Facts) -> list[str]:
    return [finding.line for finding in findings(facts) if not finding.met]


def test_every_automatic_line_is_found() -> None:
    assert [one.line for one in findings(FACTS)] == [
        name for name, automatic in LINES["studio"].items() if automatic
    ]
    assert failed(FACTS) == []


def test_a_line_fails_when_its_fact_is_against_it() -> None:
    assert failed(replace(FACTS, level=3)) == ["level"]
    assert failed(replace(FACTS, level=None)) == ["level"]
    assert failed(replace(FACTS, host_applications=("S002", "S003"))) == ["host_limit"]
    assert failed(replace(FACTS, banned_until="2030-01-01")) == ["not_banned"]
    assert failed(replace(FACTS, designated_as="S001")) == ["not_designated"]
    assert failed(replace(FACTS, other_applications=("S002",))) == ["one_application"]


def test_a_base_needs_capacity_and_occupations() -> None:
    base = Facts(
        "base", capacity=1999, least_capacity=2000, occupations=4, least_occupations=5, budget_fits=True
    )

    assert failed(base) == ["capacity", "occupations"]


def test_the_verdict_waits_for_every_line_and_counts_a_confirmed_exception() -> None:
    lines = {name: Line(name, "met") for name in LINES["studio"]}

    assert verdict("studio", lines) == "eligible"
    assert verdict("studio", lines | {"truth": Line("truth", "waiting")}) == "waiting"
    assert verdict("studio", lines | {"level": Line("level", "not_met")}) == "ineligible"
    assert verdict("studio", lines | {"level": Line("level", "not_met", True)}) == "eligible"
