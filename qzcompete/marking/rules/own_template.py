"""Our own workbook for a marking scheme: its columns, an example, and reading it back into a scheme document.

One row is one aspect; a module or criterion cell that is empty means the same as in the row above.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from qzcompete.marking.rules.calculation_words import CALCULATIONS, EXAMPLES, calculation_of
from qzcompete.marking.rules.cells import Rows, Sheet, plain_text, text_of
from qzcompete.marking.rules.cis import SchemeSheet
from qzcompete.marking.rules.document import is_code
from qzcompete.marking.rules.faults import SheetFault

SHEET = "评分方案"
COLUMNS: Mapping[str, str] = {
    "module": "模块编码",
    "module_name": "模块名称",
    "weight": "模块权重",
    "pass": "模块合格线",
    "criterion": "评分项编码",
    "criterion_name": "评分项名称",
    "aspect": "评分点编码",
    "name": "评分点名称",
    "kind": "类型",
    "max": "满分",
    "step": "步长",
    "panel": "评委人数",
    "aggregate": "合成方式",
    "trim": "去掉最高最低各几个",
    "factor": "系数",
    "unit": "单位",
    "calculation": "计分方法",
    "parameters": "计分参数",
    "description": "评分说明",
    "benchmark_0": "0分标准",
    "benchmark_1": "1分标准",
    "benchmark_2": "2分标准",
    "benchmark_3": "3分标准",
}
WIDTHS = (10, 18, 10, 12, 12, 20, 12, 30, 10, 8, 8, 10, 12, 20, 8, 8, 12, 34, 30, 24, 24, 24, 24)
NEEDED = ("module", "criterion", "aspect", "kind", "max")
KINDS = {"测量": "measurement", "评判": "judgement", "评委打分": "panel", "扣分": "deduction"}
AGGREGATES = {"平均": "mean", "中位数": "median", "去最高最低后平均": "trimmed"}
BENCHMARKS = tuple(f"benchmark_{score}" for score in range(4))

EXAMPLE: tuple[Mapping[str, str], ...] = (
    {"module": "A", "module_name": "拉坯成型", "weight": "60", "pass": "30", "criterion": "A1",
     "criterion_name": "尺寸", "aspect": "A1-1", "name": "口径误差不超过 1 毫米", "kind": "测量", "max": "10",
     "step": "0.5", "unit": "毫米", "calculation": "差值递减", "parameters": "目标 80；每 0.5 扣 10%",
     "description": "用卡尺测量三处"},
    {"criterion": "A2", "criterion_name": "造型", "aspect": "A2-1", "name": "整体造型", "kind": "评判",
     "max": "6", "panel": "3", "benchmark_0": "造型不完整", "benchmark_1": "造型完整",
     "benchmark_2": "造型完整，线条流畅", "benchmark_3": "造型优美，有地方特色"},
    {"module": "B", "module_name": "装饰", "weight": "40", "criterion": "B1", "criterion_name": "刻画",
     "aspect": "B1-1", "name": "艺术表现", "kind": "评委打分", "max": "10", "step": "0.01", "panel": "5",
     "aggregate": "去最高最低后平均", "trim": "1", "factor": "2"},
    {"criterion": "B2", "criterion_name": "违规", "aspect": "B2-1", "name": "违反安全操作", "kind": "扣分",
     "max": "5", "step": "1"},
)  # fmt: skip


def template_rows() -> list[list[str]]:
    """The rows of the example below the header."""
    return [[row.get(key, "") for key in COLUMNS] for row in EXAMPLE]


def is_own_template(sheets: Mapping[str, Rows]) -> bool:
    """Does any sheet have the header of our template?"""
    return _sheet_name(sheets) is not None


def _sheet_name(sheets: Mapping[str, Rows]) -> str | None:
    for name, rows in sheets.items():
        titles = {text_of(value) for value in rows[0]} if rows else set()
        if {COLUMNS["module"], COLUMNS["aspect"]} <= titles:
            return name
    return None


def read_own_template(sheets: Mapping[str, Rows]) -> SchemeSheet:
    """Read the first sheet that has the header of our template."""
    name = _sheet_name(sheets)
    if name is None:
        fault = SheetFault(next(iter(sheets), ""), "", "no_scheme_sheet")
        return SchemeSheet(0, 0, 0, {}, Decimal(0), (fault,), {})
    return _Reader(Sheet(name, sheets[name])).read()


class _Reader:
    """Walks down one sheet; remembers the current module and criterion."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        titles = {text_of(value): i for i, value in enumerate(sheet.rows[0])}
        self.columns = {key: titles[title] for key, title in COLUMNS.items() if title in titles}
        self.modules: list[dict[str, Any]] = []
        self.sums: dict[str, Decimal] = {}
        self.codes: set[str] = set()
        self.kinds: list[str] = []

    def read(self) -> SchemeSheet:
        missing = [key for key in NEEDED if key not in self.columns]
        for key in missing:
            self.sheet.fault(0, 0, "column_missing", column=COLUMNS[key])
        if not missing:
            for row in range(1, len(self.sheet.rows)):
                if any(text_of(value) for value in self.sheet.rows[row]):
                    self._row(row)
            if not self.modules:
                self.sheet.fault(1, 0, "cell_empty")
        total = sum(self.sums.values(), Decimal(0))
        counts = (len(self.kinds), self.kinds.count("measurement"), self.kinds.count("judgement"))
        scheme = {"places": 2, "modules": self.modules}
        return SchemeSheet(*counts, self.sums, total, tuple(self.sheet.faults), scheme)

    def _text(self, row: int, key: str) -> str:
        return self.sheet.text(row, self.columns[key]) if key in self.columns else ""

    def _fault(self, row: int, key: str, kind: str, /, **params: str | int) -> None:
        self.sheet.fault(row, self.columns.get(key, 0), kind, **params)

    def _code(self, row: int, key: str) -> str:
        """A new code, which no other part of the scheme has."""
        code = self._text(row, key)
        if not code:
            self._fault(row, key, "cell_empty")
        elif not is_code(code):
            self._fault(row, key, "cell_not_code", text=code[:40])
        elif code in self.codes:
            self._fault(row, key, "repeated_code", code=code)
        self.codes.add(code)
        return code

    def _row(self, row: int) -> None:
        module = self._text(row, "module")
        if not self.modules or (module and module != self.modules[-1]["code"]):
            self._start_module(row)
        else:
            self._same_module(row)
        criteria = self.modules[-1]["criteria"]
        criterion = self._text(row, "criterion")
        if not criteria or (criterion and criterion != criteria[-1]["code"]):
            criteria.append({"code": self._code(row, "criterion"), "aspects": []})
            if self._text(row, "criterion_name"):
                criteria[-1]["name"] = self._text(row, "criterion_name")
        criteria[-1]["aspects"].append(self._aspect(row))

    def _start_module(self, row: int) -> None:
        module: dict[str, Any] = {"code": self._code(row, "module"), "criteria": []}
        if self._text(row, "module_name"):
            module["name"] = self._text(row, "module_name")
        for key in ("weight", "pass"):
            number = self._number(row, key)
            if number is not None:
                module[key] = number
        self.modules.append(module)
        self.sums[module["code"]] = Decimal(0)

    def _same_module(self, row: int) -> None:
        """What is repeated about the module must be the same as before."""
        module = self.modules[-1]
        for key, member in (("module_name", "name"), ("weight", "weight"), ("pass", "pass")):
            text = self._text(row, key)
            if text and text != module.get(member):
                self._fault(row, key, "same_module_differs", text=text[:40])

    def _number(self, row: int, key: str, *, above_zero: bool = False) -> str | None:
        if not self._text(row, key):
            return None
        number = self.sheet.number(row, self.columns[key], above_zero=above_zero)
        return None if number is None else plain_text(number)

    def _whole(self, row: int, key: str, least: int) -> int | None:
        text = self._text(row, key)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) >= least):
            self._fault(row, key, "cell_not_whole", text=text[:40], least=least)
            return None
        return int(text)

    def _aspect(self, row: int) -> dict[str, Any]:
        aspect: dict[str, Any] = {"code": self._code(row, "aspect")}
        kind = KINDS.get(self._text(row, "kind"), "")
        if not kind:
            self._fault(row, "kind", "unknown_type", text=self._text(row, "kind")[:40])
        self.kinds.append(kind)
        marks = self.sheet.number(row, self.columns["max"], above_zero=True)
        aspect |= {"kind": kind, "max": plain_text(marks or Decimal(1))}
        if marks is not None and kind != "deduction":
            factor = self.sheet.number(row, self.columns["factor"]) if self._text(row, "factor") else None
            self.sums[self.modules[-1]["code"]] += marks * (Decimal(1) if factor is None else factor)
        aspect |= {key: text for key in ("name", "unit", "description") if (text := self._text(row, key))}
        self._how_marked(row, aspect)
        self._calculation(row, aspect)
        self._benchmarks(row, kind, aspect)
        return aspect

    def _how_marked(self, row: int, aspect: dict[str, Any]) -> None:
        """Step, panel, aggregate, trim and factor; what does not fit the kind is a fault."""
        readers: dict[str, Callable[[], Any]] = {
            "step": lambda: self._number(row, "step", above_zero=True),
            "panel": lambda: self._whole(row, "panel", 1),
            "aggregate": lambda: self._aggregate(row),
            "trim": lambda: self._whole(row, "trim", 0),
            "factor": lambda: self._number(row, "factor", above_zero=True),
        }
        allowed = {
            "judgement": ("panel",),
            "panel": ("step", "panel", "aggregate", "factor"),
        }.get(aspect["kind"], ("step",))
        for key, read in readers.items():
            if not self._text(row, key):
                continue
            if key in allowed or (key == "trim" and aspect.get("aggregate") == "trimmed"):
                value = read()
                if value is not None:
                    aspect[key] = value
            else:
                self._fault(row, key, "key_not_for", key=COLUMNS[key], owner=self._text(row, "kind"))

    def _aggregate(self, row: int) -> str | None:
        text = self._text(row, "aggregate")
        if text not in AGGREGATES:
            self._fault(row, "aggregate", "unknown_word", text=text[:40], choices=", ".join(AGGREGATES))
        return AGGREGATES.get(text)

    def _calculation(self, row: int, aspect: dict[str, Any]) -> None:
        """How the mark follows from what is measured; only for a measurement."""
        name, parameters = self._text(row, "calculation"), self._text(row, "parameters")
        if not name:
            if parameters:
                self._fault(row, "calculation", "cell_empty")
            return
        if name not in CALCULATIONS:
            self._fault(row, "calculation", "unknown_word", text=name[:40], choices=", ".join(CALCULATIONS))
        elif aspect["kind"] != "measurement":
            key, owner = COLUMNS["calculation"], self._text(row, "kind")
            self._fault(row, "calculation", "key_not_for", key=key, owner=owner)
        else:
            calculation = calculation_of(name, parameters)
            if calculation is None:
                self._fault(row, "parameters", "parameters_form", example=EXAMPLES[name])
            else:
                aspect["calculation"] = calculation

    def _benchmarks(self, row: int, kind: str, aspect: dict[str, Any]) -> None:
        texts = [self._text(row, key) for key in BENCHMARKS]
        if kind == "judgement":
            for score, text in enumerate(texts):
                if not text:
                    self._fault(row, BENCHMARKS[score], "benchmark_missing", score=score)
            aspect["benchmarks"] = texts
        elif any(texts):
            self._fault(row, BENCHMARKS[0], "benchmark_misplaced")
