"""The second calculator: results again, by exact fractions, straight from the clauses of the marking rules.

For an auditor to read from top to bottom. It shares no code with the engine whose results are published: what both
give to the last digit was understood twice. It takes an event bundle that is known to be sound.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import Any

Document = dict[str, Any]
# A present entry with its scores by aspect, criterion and module, its blockers and its total.
Row = dict[str, Any]


def cut(x: Fraction, mode: str) -> int:
    """To a whole number: `down` truncates, `half_up` goes away from zero at halves."""
    whole = floor(abs(x) + Fraction(1, 2)) if mode == "half_up" else floor(abs(x))
    return whole if x >= 0 else -whole


class Calculator:
    def __init__(self, bundle: Document) -> None:
        self.scheme: Document = bundle["scheme"]
        self.places: int = self.scheme.get("places", 2)
        self.mode: str = self.scheme.get("rounding", "half_up")
        self.entries: dict[str, Document] = {entry["code"]: entry for entry in bundle["entries"]}
        self.resolutions: list[list[str]] = bundle["event"].get("tie_resolutions", [])
        # Of each judge's marks for an aspect the last one counts; a withdrawn mark is none.
        current: dict[tuple[str, str, str], str | None] = {}
        for mark in sorted(bundle["marks"], key=lambda mark: mark["rev"]):
            current[mark["entry"], mark["aspect"], mark["judge"]] = mark["value"]
        self.marks: dict[tuple[str, str], list[Fraction]] = {}
        for (entry, aspect, _), value in current.items():
            if value is not None:
                self.marks.setdefault((entry, aspect), []).append(Fraction(value))

    def round(self, x: Fraction) -> Fraction:
        return Fraction(cut(x * 10**self.places, self.mode), 10**self.places)

    def text(self, x: Fraction) -> str:
        figure = self.round(x)
        return f"{Decimal(figure.numerator) / Decimal(figure.denominator):.{self.places}f}"

    # Section 3: the score of an aspect
    def aspect(self, aspect: Document, entry: str) -> Fraction | str:
        """The score, or why there is none: "incomplete" or "disputed"."""
        marks = sorted(self.marks.get((entry, aspect["code"]), []))
        kind, most = aspect["kind"], Fraction(aspect["max"])
        if kind == "deduction" and not marks:
            return Fraction(0)
        if not marks:
            return "incomplete"
        if kind in ("measurement", "deduction"):
            return marks[0] if len(set(marks)) == 1 else "disputed"
        if kind == "judgement":
            if len(marks) < aspect.get("panel", 3):
                return "incomplete"
            if marks[-1] - marks[0] > 1:
                return "disputed"
            return self.round(most * sum(marks, Fraction(0)) / (3 * len(marks)))
        way = aspect.get("aggregate", "mean")
        trim = aspect.get("trim", 1)
        if len(marks) < aspect.get("panel", 1) or (way == "trimmed" and len(marks) < 2 * trim + 1):
            return "incomplete"
        if way == "trimmed":
            marks = marks[trim : len(marks) - trim]
        if way == "median":
            middle = len(marks) // 2
            marks = [marks[middle]] if len(marks) % 2 else marks[middle - 1 : middle + 1]
        mean = self.round(sum(marks, Fraction(0)) / len(marks))
        return self.round(mean * Fraction(aspect.get("factor", "1")))

    # Section 4: criteria, modules, the total
    def entry(self, code: str) -> Row:
        row: Row = {"aspect": {}, "criterion": {}, "module": {}, "blockers": [], "total": None}
        parts: list[Fraction] = []
        for module in self.scheme["modules"]:
            module_max, module_score = Fraction(0), Fraction(0)
            for criterion in module["criteria"]:
                criterion_score = Fraction(0)
                for aspect in criterion["aspects"]:
                    if aspect["kind"] != "deduction":
                        factor = aspect.get("factor", "1") if aspect["kind"] == "panel" else "1"
                        module_max += Fraction(aspect["max"]) * Fraction(factor)
                    score = self.aspect(aspect, code)
                    if isinstance(score, str):
                        row["blockers"].append({"kind": score, "entry": code, "aspect": aspect["code"]})
                        continue
                    row["aspect"][aspect["code"]] = score
                    criterion_score += -score if aspect["kind"] == "deduction" else score
                row["criterion"][criterion["code"]] = criterion_score
                module_score += criterion_score
            module_score = max(Fraction(0), module_score)
            row["module"][module["code"]] = module_score
            if "weight" in module:
                parts.append(self.round(module_score * Fraction(module["weight"]) / module_max))
            else:
                parts.append(module_score)
        row["blockers"].sort(key=lambda blocker: blocker["aspect"])
        if not row["blockers"]:
            row["total"] = self.round(sum(parts, Fraction(0)))
            row["passed"] = row["total"] >= Fraction(self.scheme.get("pass_total", "0")) and all(
                row["module"][module["code"]] >= Fraction(module.get("pass", "0"))
                for module in self.scheme["modules"]
            )
        return row

    # Section 5: points on a scale of WorldSkills
    def points(self, rows: dict[str, Row]) -> dict[str, Fraction]:
        totals = sorted(row["total"] for code, row in rows.items() if not self.entries[code].get("guest"))
        scale, n = self.scheme.get("scale"), len(totals)
        if scale is None:
            return {code: row["total"] for code, row in rows.items()}
        base = {"ws500": 500, "ws700": 700}[scale]
        if n < 2:
            return dict.fromkeys(rows, Fraction(base))
        if scale == "ws700":
            middle = self.median(totals)
            spread = Fraction("1.4826") * self.median(sorted(abs(total - middle) for total in totals))
        else:
            middle = sum(totals, Fraction(0)) / n
            spread = self.root(sum(((total - middle) ** 2 for total in totals), Fraction(0)) / n)
        if spread == 0:
            return dict.fromkeys(rows, Fraction(base))
        return {
            code: Fraction(cut(base + 30 * (row["total"] - middle) / spread, "half_up"))
            for code, row in rows.items()
        }

    @staticmethod
    def median(ordered: list[Fraction]) -> Fraction:
        n = len(ordered)
        return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2

    @staticmethod
    def root(x: Fraction) -> Fraction:
        """Fifty significant digits; numerator and denominator apart, so that squares are exact."""
        with localcontext() as context:
            context.prec = 50
            return Fraction(Decimal(x.numerator).sqrt()) / Fraction(Decimal(x.denominator).sqrt())

    # Section 6: ranks; equal ones stand equal unless the chief judge has put them in order
    def rank(self, rows: dict[str, Row]) -> dict[str, int]:
        keys = {code: self.order(code, row) for code, row in rows.items()}
        ranks = {}
        for code in rows:
            equal = {other for other in rows if keys[other] == keys[code]}
            ranks[code] = 1 + sum(keys[other] < keys[code] for other in rows)
            for resolution in self.resolutions:
                if set(resolution) == equal:
                    ranks[code] += resolution.index(code)
        return ranks

    def order(self, code: str, row: Row) -> list[tuple[int, Fraction]]:
        """Smaller is better; who has no duration comes after all who have one."""
        keys = [(0, -row["total"])]
        for tie_break in self.scheme.get("tie_breaks", []):
            kind, _, name = tie_break.partition(":")
            if kind == "duration":
                seconds = self.entries[code].get("duration_s")
                keys.append((1, Fraction(0)) if seconds is None else (0, Fraction(seconds)))
            else:
                keys.append((0, -row[kind][name]))
        return keys

    # Section 7: awards
    def awards(
        self, rows: dict[str, Row], ranks: dict[str, int], points: dict[str, Fraction]
    ) -> tuple[dict[str, str], list[Document]]:
        rules = self.scheme.get("awards")
        if rules is None:
            return {}, []
        field = [
            code for code in sorted(rows, key=lambda code: ranks[code]) if not self.entries[code].get("guest")
        ]
        if rules["rule"] == "places":
            taken, blockers = self.places_rule(rules, field, rows, ranks)
        else:
            by_points = sorted(field, key=lambda code: -points[code])
            rule = self.classic_rule if rules["rule"] == "worldskills_classic" else self.dense_rule
            taken, blockers = rule(rules, by_points, points), []
        missing = [
            award
            for few in rules.get("few_entries", [])
            if len(field) < few["fewer_than"]
            for award in few["without"]
        ]
        return {code: award for code, award in taken.items() if award not in missing}, blockers

    def places_rule(
        self, rules: Document, field: list[str], rows: dict[str, Row], ranks: dict[str, int]
    ) -> tuple[dict[str, str], list[Document]]:
        taken: dict[str, str] = {}
        for award in rules["list"]:
            queue = []
            for code in field:
                passed = rows[code]["passed"] or award.get("needs_pass", True) is False
                if (
                    code not in taken
                    and passed
                    and rows[code]["total"] >= Fraction(award.get("min_total", "0"))
                ):
                    queue.append(code)
            if "count" in award:
                n = award["count"]
            else:
                share = Fraction(award["percent"]) * len(field) / 100
                way = award.get("percent_rounding", "floor")
                n = {"floor": floor(share), "ceil": -floor(-share), "half_up": cut(share, "half_up")}[way]
            winners = queue[:n]
            if winners and len(queue) > n and ranks[queue[n - 1]] == ranks[queue[n]]:
                tied = [code for code in queue if ranks[code] == ranks[queue[n]]]
                on_tie = rules.get("on_tie", "block")
                if on_tie == "block":
                    blocker = {"kind": "tie_at_award", "award": award["code"], "entries": sorted(tied)}
                    return {}, [blocker]
                winners = [code for code in winners if code not in tied]
                if on_tie == "share":
                    winners += tied
            for code in winners:
                taken[code] = award["code"]
        return taken, []

    @staticmethod
    def classic_rule(rules: Document, order: list[str], points: dict[str, Fraction]) -> dict[str, str]:
        tolerance, least = Fraction(rules.get("tolerance", "2")), Fraction(rules.get("floor", "500"))
        groups: list[list[str]] = []
        rest = list(order)
        while rest:
            group = [code for code in rest if points[rest[0]] - points[code] <= tolerance]
            groups.append(group)
            rest = rest[len(group) :]
        groups += [[], [], []]
        taken = dict.fromkeys(groups[0], "gold")
        golds = len(groups[0])
        if golds == 1:
            taken |= dict.fromkeys(groups[1], "silver")
            if len(groups[1]) == 1:
                taken |= dict.fromkeys(groups[2], "bronze")
        elif golds == 2:
            taken |= dict.fromkeys(groups[1], "bronze")
        elif golds > 2:
            last = points[groups[0][-1]]
            close = [code for code in order if code not in taken and last - points[code] <= tolerance]
            taken |= dict.fromkeys(close, "bronze")
        for code in order:
            if code not in taken and points[code] >= least:
                taken[code] = "medallion"
        return taken

    @staticmethod
    def dense_rule(rules: Document, order: list[str], points: dict[str, Fraction]) -> dict[str, str]:
        least = Fraction(rules.get("floor", "700"))
        values = sorted(set(points[code] for code in order), reverse=True)
        taken = {}
        for code in order:
            if points[code] >= least:
                place = values.index(points[code])
                taken[code] = ["gold", "silver", "bronze", "medallion"][min(place, 3)]
        return taken

    # Section 8: the result document
    def result(self) -> Document:
        present = sorted(code for code, entry in self.entries.items() if entry["status"] == "present")
        rows = {code: self.entry(code) for code in present}
        blockers = [blocker for code in present for blocker in rows[code]["blockers"]]
        ranks: dict[str, int] = {}
        points: dict[str, Fraction] = {}
        awards: dict[str, str] = {}
        if not blockers:
            points = self.points(rows)
            ranks = self.rank(rows)
            awards, blockers = self.awards(rows, ranks, points)
        order = sorted(present, key=lambda code: (ranks.get(code, 0), code))
        order += sorted(code for code in self.entries if code not in rows)
        results = [self.row(code, rows.get(code), ranks, points, awards) for code in order]
        return {"results": results, "blockers": blockers}

    def row(
        self,
        code: str,
        row: Row | None,
        ranks: dict[str, int],
        points: dict[str, Fraction],
        awards: dict[str, str],
    ) -> Document:
        scored = row if row is not None and row["total"] is not None else None
        figure = None
        if code in points:
            figure = str(points[code]) if self.scheme.get("scale") else self.text(points[code])
        return {
            "entry": code,
            "status": self.entries[code]["status"],
            "rank": ranks.get(code),
            "award": awards.get(code),
            "passed": row["passed"] if row is not None and code in ranks else None,
            "total": self.text(scored["total"]) if scored else None,
            "points": figure,
            "modules": {name: self.text(score) for name, score in scored["module"].items()}
            if scored
            else None,
        }


def second_result(bundle: Document) -> Document:
    """The result document of a bundle that is known to be sound."""
    return Calculator(bundle).result()


def disagreements(first: Document, second: Document) -> list[tuple[str, str, str, str]]:
    """(entry, what, first figure, second figure) wherever two result documents differ; nothing where they are equal."""
    ours = {row["entry"]: row for row in first["results"]}
    theirs = {row["entry"]: row for row in second["results"]}
    found = []
    for entry in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get(entry, {}), theirs.get(entry, {})
        names = sorted(left.keys() | right.keys())
        found += [
            (entry, name, str(left.get(name)), str(right.get(name)))
            for name in names
            if left.get(name) != right.get(name)
        ]
    if not found and first != second:
        found.append(("", "order or blockers", "", ""))
    return found
