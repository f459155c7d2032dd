"""Reads an event bundle (marking.md, 9): scheme, judges, entries and marks, with every fault and its place.

Marks are kept as plain tuples with whole-number values, ready for scoring; results that a bundle carries
must be what its marks give.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from qzcompete.core.numbers import decimal_text
from qzcompete.marking.rules.arithmetic import Plan, current_marks, group_marks
from qzcompete.marking.rules.document import Members, Node, read_json
from qzcompete.marking.rules.faults import Fault, Refused
from qzcompete.marking.rules.mark_limits import mark_fault, mark_units
from qzcompete.marking.rules.ranking import STATUSES, Entry
from qzcompete.marking.rules.result import Result, result_document, score
from qzcompete.marking.rules.scheme import Aspect, Scheme
from qzcompete.marking.rules.scheme_reading import read_scheme

FORMAT = "qzcompete/event-bundle@1"
MARK_KEYS = ("entry", "aspect", "judge", "value", "rev")


class Mark(NamedTuple):
    """One revision of one judge's mark; value in units of 10^-digits of the scheme, None if withdrawn."""

    entry: str
    aspect: str
    judge: str
    rev: int
    value: int | None


@dataclass(frozen=True, slots=True)
class Judge:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Bundle:
    code: str
    name: str
    scheme: Scheme
    judges: tuple[Judge, ...]
    entries: tuple[Entry, ...]
    marks: tuple[Mark, ...]
    tie_resolutions: tuple[tuple[str, ...], ...] = ()
    results: Any = None


def read_bundle(text: str | bytes) -> Bundle:
    """Read a bundle from its JSON text; raises Refused with all its faults."""
    return parse_bundle(read_json(text))


def parse_bundle(document: Any) -> Bundle:
    """Read a bundle from its JSON document; raises Refused with all its faults."""
    faults: list[Fault] = []
    at = Node(document, "", faults).members(
        ["format", "event", "scheme", "judges", "entries", "marks"], ["results"]
    )
    if "format" in at and at.values["format"] != FORMAT:
        at["format"].fault("wrong_format", format=FORMAT)
    judges = tuple(_judge(node) for node in at.elements("judges"))
    entries = tuple(_entry(node) for node in at.elements("entries"))
    _check_repeats([judge.code for judge in judges], "judges", faults)
    _check_repeats([entry.code for entry in entries], "entries", faults)
    entry_codes = {entry.code for entry in entries}
    code, name, resolutions = _event(at["event"], entry_codes) if "event" in at else ("", "", ())
    before = len(faults)
    scheme = read_scheme(at["scheme"]) if "scheme" in at else None
    sound = scheme if len(faults) == before else None
    judge_codes = {judge.code for judge in judges} if type(at.values.get("judges")) is list else None
    known_entries = entry_codes if type(at.values.get("entries")) is list else None
    marks = _marks(at, sound, known_entries, judge_codes)
    if faults or scheme is None:
        raise Refused(faults)
    bundle = Bundle(code, name, scheme, judges, entries, marks, resolutions, at.values.get("results"))
    if "results" in at:
        _check_results(at["results"], score_bundle(bundle))
    if faults:
        raise Refused(faults)
    return bundle


def score_bundle(bundle: Bundle) -> Result:
    """What the marks of a bundle give."""
    marks = group_marks(current_marks(bundle.marks))
    return score(Plan(bundle.scheme), bundle.entries, marks, bundle.tie_resolutions)


def _event(node: Node, entries: Collection[str]) -> tuple[str, str, tuple[tuple[str, ...], ...]]:
    at = node.members(["code", "name"], ["tie_resolutions"])
    resolutions = []
    known: set[frozenset[str]] = set()
    for item in at.elements("tie_resolutions"):
        codes = tuple(code.code() for code in item.elements())
        if type(item.value) is list and len(codes) < 2:
            item.fault("short_resolution")
        for i, code in enumerate(codes):
            if code and code not in entries:
                Node(None, f"{item.place}[{i}]", node.faults).fault("unknown_entry", code=code)
        _check_repeats(codes, item.place, node.faults, key="")
        if len(codes) > 1 and frozenset(codes) in known:
            item.fault("repeated_resolution")
        known.add(frozenset(codes))
        resolutions.append(codes)
    return at.code("code"), at.text("name") or "", tuple(resolutions)


def _judge(node: Node) -> Judge:
    at = node.members(["code", "name"])
    return Judge(at.code("code"), at.text("name") or "")


def _entry(node: Node) -> Entry:
    at = node.members(["code", "status"], ["guest", "duration_s", "name", "unit"])
    return Entry(
        code=at.code("code"),
        status=at.choice("status", STATUSES[0], *STATUSES),
        guest=at.flag("guest", False),
        duration_s=at.whole("duration_s", 0, 0) if "duration_s" in at else None,
        name=at.text("name"),
        unit=at.text("unit"),
    )


def _check_repeats(codes: Collection[str], place: str, faults: list[Fault], key: str = ".code") -> None:
    seen: set[str] = set()
    for i, code in enumerate(codes):
        if code and code in seen:
            faults.append(Fault(f"{place}[{i}]{key}", "repeated_code", {"code": code}))
        seen.add(code)


class _MarkReader:
    """Reads marks one by one; what was checked once for an aspect and a value is remembered."""

    def __init__(
        self, scheme: Scheme | None, entries: Collection[str] | None, judges: Collection[str] | None
    ) -> None:
        self.aspects: Mapping[str, Aspect] | None = (
            None if scheme is None else {aspect.code: aspect for aspect in scheme.aspects}
        )
        self.digits = 0 if scheme is None else scheme.digits
        self.entries, self.judges = entries, judges
        self.known: dict[tuple[str, str | None], int | None] = {}
        self.seen: set[tuple[str, str, str, int]] = set()

    def quick(self, item: Any) -> Mark | None:
        """A mark whose parts are all known already; None if it must be looked at closely."""
        try:
            mark = Mark(item["entry"], item["aspect"], item["judge"], item["rev"], None)
            value = self.known[mark.aspect, item["value"]]
            sound = len(item) == len(MARK_KEYS) and type(mark.rev) is int and mark.rev >= 1
            if not sound or mark.entry not in self.entries or mark.judge not in self.judges:  # type: ignore[operator]
                return None
        except (KeyError, TypeError):
            return None
        if mark[:4] in self.seen:
            return None
        self.seen.add(mark[:4])
        return Mark(*mark[:4], value)

    def read(self, node: Node) -> Mark:
        at = node.members(MARK_KEYS)
        entry, aspect, judge = (at.code(key) for key in ("entry", "aspect", "judge"))
        rev = at.whole("rev", 1, 1)
        if entry and self.entries is not None and entry not in self.entries:
            at["entry"].fault("unknown_entry", code=entry)
        if judge and self.judges is not None and judge not in self.judges:
            at["judge"].fault("unknown_judge", code=judge)
        if aspect and self.aspects is not None and aspect not in self.aspects:
            at["aspect"].fault("unknown_aspect", code=aspect)
        key = (entry, aspect, judge, rev)
        if key in self.seen and entry and aspect and judge:
            node.fault("repeated_mark", entry=entry, aspect=aspect, judge=judge, rev=rev)
        self.seen.add(key)
        return Mark(entry, aspect, judge, rev, self._value(at["value"], aspect) if "value" in at else None)

    def _value(self, node: Node, code: str) -> int | None:
        if type(node.value) not in (str, type(None)):
            node.fault("malformed")
            return None
        key = (code, node.value)
        if key in self.known:
            return self.known[key]
        aspect = self.aspects.get(code) if self.aspects else None
        if aspect is None:
            return None
        fault = mark_fault(aspect, node.value)
        if fault is not None:
            node.fault(
                fault, greatest=decimal_text(aspect.greatest_mark), step=decimal_text(aspect.mark_step)
            )
            return None
        units = None if node.value is None else mark_units(node.value, self.digits)
        self.known[key] = units
        return units


def _marks(
    at: Members, scheme: Scheme | None, entries: Collection[str] | None, judges: Collection[str] | None
) -> tuple[Mark, ...]:
    """Read all marks; most of them quickly, without a node for each."""
    listed = at.values.get("marks", [])
    if type(listed) is not list:
        at["marks"].fault("not_list")
        return ()
    reader = _MarkReader(scheme, entries, judges)
    return tuple(
        reader.quick(item) or reader.read(Node(item, f"marks[{i}]", at.node.faults))
        for i, item in enumerate(listed)
    )


def _check_results(node: Node, result: Result) -> None:
    """Carried results are the list of rows, or the whole result document; they must be the right ones."""
    right = result_document(result)
    if node.value in (right, right["results"]):
        return
    rows = node.value.get("results") if type(node.value) is dict else node.value
    differing = False
    if type(rows) is list and len(rows) == len(right["results"]):
        for i, (given, row) in enumerate(zip(rows, right["results"], strict=True)):
            if given != row:
                differing = True
                Node(None, f"{node.place}[{i}]", node.faults).fault("result_differs", entry=row["entry"])
    if not differing:
        node.fault("results_differ")
