"""A bundle is refused with every fault and its place; a sound one is read whole (marking.md, 9)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from qzcompete.marking.rules.bundle import parse_bundle, read_bundle, score_bundle
from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.result import result_document


def faults_of(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        parse_bundle(document)
    assert all(fault.message for fault in refused.value.faults)
    return [(fault.place, fault.code) for fault in refused.value.faults]


def mark(bundle: Any, **changes: Any) -> None:
    bundle["marks"][0] |= changes


CHANGES: list[tuple[Callable[[Any], Any], str, str]] = [
    (lambda b: b.update(format="v2"), "format", "wrong_format"),
    (lambda b: b.pop("judges"), "judges", "missing"),
    (lambda b: b.update(extra=1), "extra", "unknown_key"),
    (lambda b: b["event"].update(place="x"), "event.place", "unknown_key"),
    (
        lambda b: b["event"].update(tie_resolutions=[["1", "9"]]),
        "event.tie_resolutions[0][1]",
        "unknown_entry",
    ),
    (
        lambda b: b["event"].update(tie_resolutions=[["1", "1"]]),
        "event.tie_resolutions[0][1]",
        "repeated_code",
    ),
    (lambda b: b["event"].update(tie_resolutions=[["1"]]), "event.tie_resolutions[0]", "short_resolution"),
    (lambda b: b["judges"].append({"code": "J1", "name": "x"}), "judges[9].code", "repeated_code"),
    (lambda b: b["entries"].append({"code": "1", "status": "present"}), "entries[2].code", "repeated_code"),
    (lambda b: b["entries"][1].update(status="late"), "entries[1].status", "not_choice"),
    (lambda b: b["entries"][1].update(status=[]), "entries[1].status", "not_choice"),
    (lambda b: b["entries"][1].update(guest=1), "entries[1].guest", "not_flag"),
    (lambda b: b["entries"][1].update(duration_s="60"), "entries[1].duration_s", "not_whole"),
    (lambda b: b["entries"][1].update(duration_s=-1), "entries[1].duration_s", "too_small"),
    (lambda b: b["entries"][1].update(duration_s=True), "entries[1].duration_s", "not_whole"),
    (lambda b: b["entries"][1].update(code=" 2"), "entries[1].code", "not_code"),
    (lambda b: b["entries"][1].update(code=2), "entries[1].code", "not_text"),
    (lambda b: mark(b, entry="9"), "marks[0].entry", "unknown_entry"),
    (lambda b: mark(b, aspect="B"), "marks[0].aspect", "unknown_aspect"),
    (lambda b: mark(b, judge="J0"), "marks[0].judge", "unknown_judge"),
    (lambda b: mark(b, value="100.01"), "marks[0].value", "out_of_range"),
    (lambda b: mark(b, value="-1"), "marks[0].value", "out_of_range"),
    (lambda b: mark(b, value="1.005"), "marks[0].value", "bad_step"),
    (lambda b: mark(b, value=1), "marks[0].value", "malformed"),
    (lambda b: mark(b, value="1e1"), "marks[0].value", "malformed"),
    (lambda b: mark(b, value=True), "marks[0].value", "malformed"),
    (lambda b: mark(b, value={}), "marks[0].value", "malformed"),
    (lambda b: mark(b, rev=0), "marks[0].rev", "too_small"),
    (lambda b: mark(b, rev=1.0), "marks[0].rev", "not_whole"),
    (lambda b: mark(b, note="x"), "marks[0].note", "unknown_key"),
    (lambda b: b["marks"][0].pop("value"), "marks[0].value", "missing"),
    (lambda b: b["marks"].append(b["marks"][0] | {"value": "1"}), "marks[2]", "repeated_mark"),
    (lambda b: b["marks"].append(None), "marks[2]", "not_object"),
    (lambda b: b.update(marks={}), "marks", "not_list"),
    (lambda b: b.update(results=[]), "results", "results_differ"),
]


@pytest.mark.parametrize(("change", "place", "code"), CHANGES)
def test_bundle_is_refused_with_the_place_of_its_fault(
    event: Any, change: Any, place: str, code: str
) -> None:
    bundle = event.bundle({"1": "90", "2": "80"})
    change(bundle)

    assert faults_of(bundle)[0] == (place, code)


def test_all_faults_are_found_at_once(event: Any) -> None:
    bundle = event.bundle({"1": "90", "2": "80"})
    bundle["scheme"]["places"] = 5
    bundle["entries"][0]["status"] = None
    bundle["marks"][1]["judge"] = "X"

    assert faults_of(bundle) == [
        ("entries[0].status", "not_choice"),
        ("scheme.places", "too_great"),
        ("marks[1].judge", "unknown_judge"),
    ]


@pytest.mark.parametrize("document", [None, [], "x", 1, {}])
def test_what_is_no_bundle_is_refused(document: Any) -> None:
    assert faults_of(document)


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe\x00", '{"a": NaN}', "[" * 100_000, '{"a": 1, "a": 2}'])
def test_broken_text_is_refused(text: str | bytes) -> None:
    with pytest.raises(Refused):
        read_bundle(text)


def test_own_results_are_accepted_as_rows_or_as_the_whole_document(event: Any) -> None:
    bundle = event.bundle({"1": "90", "2": "80"})
    result = result_document(score_bundle(parse_bundle(bundle)))

    assert parse_bundle(bundle | {"results": result["results"]}).results == result["results"]
    assert parse_bundle(bundle | {"results": result}).results == result


def test_changed_results_are_refused_with_their_row(event: Any) -> None:
    bundle = event.bundle({"1": "90", "2": "80"})
    rows = result_document(score_bundle(parse_bundle(bundle)))["results"]
    rows[1] = rows[1] | {"total": "81.00"}

    assert faults_of(bundle | {"results": rows}) == [("results[1]", "result_differs")]


def test_messages_are_sentences_with_their_values(event: Any) -> None:
    bundle = event.bundle({"1": "100.5"})

    with pytest.raises(Refused) as refused:
        read_bundle(json.dumps(bundle))

    assert str(refused.value.faults[0]) == "marks[0].value: The mark must lie between 0 and 100."
