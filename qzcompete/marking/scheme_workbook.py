"""The workbook for a marking scheme, to download and fill in: our own template with an example."""

from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.marking.rules.calculation_words import CALCULATIONS, EXAMPLES
from qzcompete.marking.rules.own_template import AGGREGATES, COLUMNS, KINDS, SHEET, WIDTHS, template_rows

NOTES = (
    ("类型", "；".join(KINDS)),
    ("合成方式（仅评委打分）", "；".join(AGGREGATES)),
    ("步长", "两个分数之间最小的差，不填为 0.01；评判只打 0、1、2、3 分"),
    ("评委人数", "评判不填为 3，评委打分不填为 1"),
    ("系数", "评委打分合成后再乘的数，不填为 1"),
    ("计分方法（仅测量）", "；".join(CALCULATIONS) + "。不填则由裁判直接打分"),
    *((f"计分参数：{name}", example or "不填") for name, example in EXAMPLES.items()),
    ("模块权重", "模块得满分时计入总分的分数；不填则模块得分直接计入总分"),
    ("模块、评分项", "与上一行相同时可以不填"),
    ("示例", "第 2 行起是示例，填写时请删去"),
)


def scheme_template() -> bytes:
    """The template as an .xlsx file."""
    return write_sheets(
        [
            Table(SHEET, list(COLUMNS.values()), template_rows(), WIDTHS),
            Table("填写说明", ["栏目", "说明"], NOTES, (24, 60)),
        ]
    )
