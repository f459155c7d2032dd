"""Short ways to say a scheme, marks and a result in the tests of the marking rules."""

from typing import Any

import pytest

from qzcompete.marking.rules.bundle import parse_bundle, score_bundle
from qzcompete.marking.rules.result import result_document


class Event:
    """Builds a bundle: one module M, one criterion C, judges J1 to J9; scores it."""

    def aspect(
        self, code: str = "A", kind: str = "measurement", max: str = "100", **more: Any
    ) -> dict[str, Any]:
        return {"code": code, "kind": kind, "max": max, **more}

    def scheme(self, *aspects: dict[str, Any], **more: Any) -> dict[str, Any]:
        module = {"code": "M", "criteria": [{"code": "C", "aspects": list(aspects) or [self.aspect()]}]}
        module |= {key: more.pop(key) for key in ("weight", "pass") if key in more}
        return {"modules": [module], **more}

    def bundle(
        self,
        marks: dict[str, Any],
        scheme: dict[str, Any] | None = None,
        entries: dict[str, dict[str, Any]] | None = None,
        **event: Any,
    ) -> dict[str, Any]:
        """`marks`: entry → one mark of J1 for A, or {aspect: list of marks of J1, J2 …}."""
        listed = []
        for entry, given in marks.items():
            for aspect, values in (given if isinstance(given, dict) else {"A": [given]}).items():
                for i, value in enumerate(values, start=1):
                    mark = {"entry": entry, "aspect": aspect, "judge": f"J{i}", "value": value, "rev": 1}
                    listed.append(mark)
        more = entries or {}
        return {
            "format": "qzcompete/event-bundle@1",
            "event": {"code": "E", "name": "E", **event},
            "scheme": scheme or self.scheme(),
            "judges": [{"code": f"J{i}", "name": f"J{i}"} for i in range(1, 10)],
            "entries": [{"code": code, "status": "present", **more.get(code, {})} for code in [*marks]],
            "marks": listed,
        }

    def result(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        return result_document(score_bundle(parse_bundle(self.bundle(*arguments, **more))))

    def column(self, name: str, *arguments: Any, **more: Any) -> dict[str, Any]:
        """One column of the result: entry → value."""
        return {row["entry"]: row[name] for row in self.result(*arguments, **more)["results"]}

    def total(self, aspect: dict[str, Any], marks: list[str | None], **scheme: Any) -> str | None:
        """The total of one entry with one aspect, or the blocker's kind."""
        result = self.result({"1": {aspect["code"]: marks}}, self.scheme(aspect, **scheme))
        return result["results"][0]["total"] or result["blockers"][0]["kind"]


@pytest.fixture
def event() -> Event:
    return Event()
