"""The compiled lane prints what the layout by CSS prints, byte for byte, or steps aside."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest

from qzcompete.adapters import batches, fonts
from qzcompete.adapters.artwork import Artwork
from qzcompete.adapters.batches import BatchPress
from qzcompete.adapters.pdf import compile_artwork
from qzcompete.adapters.sheet import Sheet
from qzcompete.adapters.stencil import Stencil, Unfit, model_of, shape_of

# The long form compares this many sheets; by default a few.
MANY = int(os.environ.get("QZ_STENCIL_SHEETS", "14"))
CSS = """@page { size: 100mm 60mm; margin: 8mm } .sheet { break-after: page } .sheet:last-child { break-after: auto }
body { margin: 0 } html { font-family: "Qinzhou Serif Batch", "Noto Serif SC" } p { margin: 0; text-align: justify }
.right { text-align: right } b { font-weight: 900; letter-spacing: 0.4em }"""
NAMES = ("陈丽华", "韦梅静", "农建国", "黄𬱖𣲗", "梁𠅤英", "㛃䶮光")


@pytest.fixture(scope="module")
def art() -> Artwork:
    return compile_artwork('<html lang="zh-CN"><p>印</p></html>', "@page { size: 100mm 60mm }")


def sheet(place: int, *, body: str = "", unit: str = "钦州市职业技术学校") -> Sheet:
    name = NAMES[place % len(NAMES)]
    return Sheet(
        f"<p><b>{name}</b> 同学在竞赛中成绩优异（{place % 90 + 10} 分），荣获一等奖，特发此证，以资鼓励。{body}</p>"
        f'<p>单位 <span class="free">{unit}</span></p><p class="right">编号：QZ-{place:06d}</p>',
        f"证书 {place} {name} <&>",
        subject="技能 & 竞赛",
    )


def watched(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a stencil printed a page, and how often it stepped aside."""
    counted: Counter[str] = Counter()
    plain = Stencil.print

    def counting(self, *told):
        made = plain(self, *told)
        counted["printed" if made else "stepped aside"] += 1
        return made

    monkeypatch.setattr(Stencil, "print", counting)
    return counted


def test_a_stencil_prints_the_bytes_of_the_layout_by_css(art, monkeypatch):
    units = ("钦州市职业技术学校", "灵山县职业学校", "钦州学院", "北部湾大学")
    sheets = [sheet(place, unit=units[place % 4]) for place in range(MANY)]
    laid_out = list(BatchPress(CSS, art).print(sheets, compiled=False))
    counted = watched(monkeypatch)

    compiled = list(BatchPress(CSS, art).print(sheets))

    assert compiled == laid_out
    assert counted["printed"] >= MANY and not counted["stepped aside"]


def test_a_few_sheets_of_a_shape_are_laid_out(art, monkeypatch):
    counted = watched(monkeypatch)

    list(BatchPress(CSS, art).print([sheet(place) for place in range(batches.WORTH - 1)]))

    assert not counted


def test_a_stencil_that_prints_otherwise_is_not_used(art, monkeypatch):
    sheets = [sheet(place) for place in range(batches.WORTH)]
    laid_out = list(BatchPress(CSS, art).print(sheets, compiled=False))
    monkeypatch.setattr(Stencil, "print", lambda self, *told: b"%PDF-1.7 something else")

    assert list(BatchPress(CSS, art).print(sheets)) == laid_out


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("陈丽华", "陈丽", id="another length"),
        pytest.param("陈丽华", "陈丽A", id="another width"),
        pytest.param("陈丽华", "陈丽。", id="another rule of breaking lines"),
        pytest.param("陈丽华", "陈丽\U00020021", id="a character of another font"),
        pytest.param("96.5", "96,5", id="another mark"),
        pytest.param("<b>陈</b>", "<i>陈</i>", id="another element"),
    ],
)
def test_sheets_that_are_not_laid_out_alike_have_different_shapes(one, other):
    assert shape_of(Sheet(one, "")) != shape_of(Sheet(other, ""))


def test_sheets_have_one_shape_when_ideographs_and_digits_differ():
    assert shape_of(sheet(11)) == shape_of(replace(sheet(22), title="another"))


def test_a_model_holds_each_ideograph_once():
    drawn = [sign for sign in model_of(sheet(1)).html if ord(sign) in fonts.square_ideographs()]

    assert len(drawn) == len(set(drawn)) > 30


def test_a_page_with_more_characters_than_stand_ins_has_no_stencil():
    with pytest.raises(Unfit):
        model_of(Sheet("国" * (fonts.STAND_INS + 1), ""))


def test_all_digits_of_the_fonts_are_of_one_width():
    for weight in fonts.WEIGHT_FILES:
        assert len({fonts.shaped(digit, weight)[0][1] for digit in "0123456789"}) == 1
