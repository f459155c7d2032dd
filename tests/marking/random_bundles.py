"""Random bundles that mix every rule of the marking page; small numbers, so that ties are hit often."""

from random import Random

AWARDS = ("一等奖", "二等奖", "三等奖")


def random_bundle(seed):
    """A sound bundle, the same one for the same seed."""
    return _Maker(Random(seed)).bundle()


class _Maker:
    def __init__(self, chance):
        self.chance = chance
        self.tidy = chance.random() < 0.75

    def maybe(self, likely=0.5):
        return self.chance.random() < likely

    def bundle(self):
        pick = self.chance
        judges = [f"J{i}" for i in range(pick.randint(1, 7))]
        scheme = self.scheme(len(judges))
        entries = [self.entry(i) for i in range(pick.choice([0, 1, 2, 3, 4, 5, 6, 8, 12]))]
        marks = self.marks(scheme, entries, judges)
        pick.shuffle(marks)
        event = {"code": "E", "name": "赛项"}
        if entries and self.maybe(0.6):
            event["tie_resolutions"] = self.resolutions([entry["code"] for entry in entries])
        return {
            "format": "qzcompete/event-bundle@1",
            "event": event,
            "scheme": scheme,
            "judges": [{"code": code, "name": code} for code in judges],
            "entries": entries,
            "marks": marks,
        }

    def resolutions(self, codes):
        found, known = [], set()
        for _ in range(8):
            some = self.chance.sample(codes, min(len(codes), self.chance.choice([2, 2, 2, 3])))
            if len(some) > 1 and frozenset(some) not in known:
                known.add(frozenset(some))
                found.append(some)
        return found

    def entry(self, number):
        entry = {"code": f"{number:02}", "status": "present"}
        if self.maybe(0.2):
            entry["status"] = self.chance.choice(["absent", "withdrawn", "disqualified"])
        if self.maybe(0.2):
            entry["guest"] = self.maybe(0.8)
        if self.maybe(0.6):
            entry["duration_s"] = self.chance.randint(99, 101)
        return entry

    def scheme(self, judges):
        pick = self.chance
        scheme = {"modules": [self.module(m, judges) for m in range(pick.randint(1, 3))]}
        if self.maybe(0.8):
            scheme["places"] = pick.randint(0, 4)
        if self.maybe():
            scheme["rounding"] = pick.choice(["half_up", "down"])
        if self.maybe(0.4):
            scheme["pass_total"] = pick.choice(["0", "1", "5.5", "20", "60"])
        if self.maybe(0.6):
            scheme["scale"] = pick.choice(["ws500", "ws700"])
        if self.maybe(0.9):
            scheme["awards"] = self.awards()
        if self.maybe(0.6):
            scheme["tie_breaks"] = [self.tie_break(scheme) for _ in range(pick.randint(0, 3))]
        return scheme

    def tie_break(self, scheme):
        pick = self.chance
        module = pick.choice(scheme["modules"])
        criterion = pick.choice(module["criteria"])
        aspect = pick.choice(criterion["aspects"])
        names = [f"module:{module['code']}", f"criterion:{criterion['code']}", f"aspect:{aspect['code']}"]
        return pick.choice([*names, "duration"])

    def module(self, m, judges):
        criteria = [
            {
                "code": f"M{m}C{c}",
                "aspects": [self.aspect(f"M{m}C{c}A{a}", judges) for a in range(self.chance.randint(1, 3))],
            }
            for c in range(self.chance.randint(1, 2))
        ]
        module = {"code": f"M{m}", "criteria": criteria}
        kinds = {aspect["kind"] for criterion in criteria for aspect in criterion["aspects"]}
        if kinds != {"deduction"} and self.maybe():
            module["weight"] = self.chance.choice(["0", "1", "12.5", "30", "33.333", "100"])
        if self.maybe(0.3):
            module["pass"] = self.chance.choice(["0", "0.5", "1", "3"])
        return module

    def aspect(self, code, judges):
        pick = self.chance
        kind = pick.choice(["measurement", "judgement", "panel", "panel", "deduction"])
        aspect = {"code": code, "kind": kind, "max": pick.choice(["0.75", "1", "2", "5.5", "10"])}
        if kind == "judgement":
            if self.maybe() or judges < 3:
                aspect["panel"] = pick.randint(1, judges)
            return aspect
        aspect["step"] = pick.choice(["0.25", "0.5", "0.05", "1", "0.125", "0.01"])
        if kind == "panel":
            most = judges
            if self.maybe(0.8):
                aspect["aggregate"] = pick.choice(["mean", "median", "trimmed"])
                if aspect["aggregate"] == "trimmed" and judges >= 3 and self.maybe():
                    aspect["trim"] = pick.randint(0, (judges - 1) // 2)
            if self.maybe():
                aspect["panel"] = pick.randint(1, most)
            if self.maybe():
                aspect["factor"] = pick.choice(["0.8", "1.2", "2", "0.333", "1"])
        return aspect

    def awards(self):
        pick = self.chance
        rule = pick.choice(["places", "places", "worldskills_classic", "worldskills_dense"])
        awards = {"rule": rule}
        if rule == "places":
            awards["list"] = [self.prize(code) for code in AWARDS[: pick.randint(1, 3)]]
            if self.maybe(0.8):
                awards["on_tie"] = pick.choice(["share", "exclude", "block"])
        elif self.maybe():
            awards["floor"] = pick.choice(["0", "5", "500", "505.5", "700"])
        if rule == "worldskills_classic" and self.maybe():
            awards["tolerance"] = pick.choice(["0", "0.5", "2", "10", "20"])
        if self.maybe(0.4):
            awards["few_entries"] = [
                {"fewer_than": 6, "without": ["bronze", "三等奖"]},
                {"fewer_than": 4, "without": ["silver", "gold", "一等奖"]},
            ]
        return awards

    def prize(self, code):
        prize = {"code": code}
        if self.maybe():
            prize["count"] = self.chance.randint(0, 4)
        else:
            prize["percent"] = self.chance.choice(["10", "12.5", "20", "33.3", "50", "100"])
            if self.maybe(0.7):
                prize["percent_rounding"] = self.chance.choice(["floor", "ceil", "half_up"])
        if self.maybe(0.4):
            prize["needs_pass"] = self.maybe()
        if self.maybe(0.3):
            prize["min_total"] = self.chance.choice(["0", "3", "5.05", "20"])
        return prize

    def marks(self, scheme, entries, judges):
        marks = []
        aspects = [aspect for m in scheme["modules"] for c in m["criteria"] for aspect in c["aspects"]]
        for entry in entries:
            for aspect in aspects:
                common = self.value(aspect)
                for judge in judges if aspect["kind"] in ("judgement", "panel") else judges[:2]:
                    marks += self.revisions(entry["code"], aspect, judge, common)
        return marks

    def revisions(self, entry, aspect, judge, common):
        """Mostly one mark; sometimes older ones below it, a withdrawal, or none at all."""
        untidy = not self.tidy and self.maybe(0.04)
        values = [common if aspect["kind"] in ("measurement", "deduction") else self.near(aspect, common)]
        if untidy:
            values = self.chance.choice([[], [None], [self.value(aspect)]])
        if self.maybe(0.1):
            values = [self.value(aspect), None, *values]
        first = self.chance.randint(1, 3)
        return [
            {"entry": entry, "aspect": aspect["code"], "judge": judge, "value": value, "rev": first + i}
            for i, value in enumerate(values)
        ]

    def near(self, aspect, common):
        if aspect["kind"] == "panel":
            return self.value(aspect)
        return str(max(0, int(common) - self.chance.randint(0, 1)))

    def value(self, aspect):
        if aspect["kind"] == "judgement":
            return str(self.chance.randint(0, 3))
        unit = 1000
        step, most = (int(float(aspect[key]) * unit + 0.5) for key in ("step", "max"))
        steps = self.chance.choice([0, most // step, self.chance.randint(0, most // step)])
        value = steps * step
        return f"{value // unit}.{value % unit:03}"
