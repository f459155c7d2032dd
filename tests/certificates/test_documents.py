import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pikepdf
import pypdfium2
import pytest
import uharfbuzz as hb
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader

from qzcompete.adapters import fonts, pdf
from qzcompete.certificates.documents import render_award_certificates
from qzcompete.certificates.rules.text import CertificateText
from tests.pictures import codes_of

TEXT = CertificateText(
    number="QZJN-2026-000001",
    name="陈丽华",
    competition="二〇二六年钦州市中等职业学校学生技能竞赛",
    event="网络建设与运维",
    award="一等奖",
    committee="钦州市职业技能竞赛组织委员会",
    issued_on=date(2026, 5, 20),
    verify_url="https://jnds.example.cn/v/7k3m9qx2tb5rhvwj",
    unit="钦州市职业技术学校",
    instructor="韦梅静",
    total="96.35",
    place=1,
)
GLYPH = re.compile(r"<([0-9a-f]{4})> <([0-9a-f]+)>")
RARE_NAMES = ("㛃䶮𬱖", "𣲗𫖯𠅤", "阿依古丽·买买提")


def printed(texts: Sequence[CertificateText] | CertificateText, **options) -> list[bytes]:
    return list(
        render_award_certificates([texts] if isinstance(texts, CertificateText) else texts, **options)
    )


def read_text(made: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def picture(made: bytes, dots: int) -> np.ndarray:
    return np.asarray(pypdfium2.PdfDocument(made)[0].render(scale=dots / 72).to_pil().convert("RGB"))


def photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (413, 579), (20, 60, 220)).save(written, "JPEG")
    return written.getvalue()


def test_a_certificate_is_one_page_with_its_words():
    (made,) = printed(TEXT)

    text = read_text(made).replace("\n", "").replace(" ", "")
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    for words in (
        "荣誉证书",
        "陈丽华同学：",
        "“网络建设与运维”",
        "一等奖",
        "QZJN-2026-000001",
        "二〇二六年五月二十日",
        "第1名",
    ):
        assert words in text


def test_a_certificate_has_its_own_title_and_is_tagged():
    _, second = printed([TEXT, replace(TEXT, name="王芳", number="QZJN-2026-000002")])

    made = pikepdf.open(io.BytesIO(second))

    assert str(made.docinfo["/Title"]) == "荣誉证书 QZJN-2026-000002 王芳"
    assert made.Root.Lang == "zh-CN"
    assert made.Root.MarkInfo.Marked


def test_a_certificate_embeds_the_fonts_of_the_project_alone():
    (made,) = printed(TEXT)

    opened = pikepdf.open(io.BytesIO(made))
    names = {
        str(item.BaseFont)
        for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
    }

    assert names
    assert all("Qinzhou-Serif" in name for name in names)


def test_the_bytes_are_the_same_alone_and_in_a_batch():
    others = [
        replace(TEXT, name=name, number=f"QZJN-2026-{place:06d}") for place, name in enumerate(RARE_NAMES, 2)
    ]

    together = printed([*others, TEXT])

    assert together[-1] == printed(TEXT)[0]
    assert together == printed([*others, TEXT])


def test_the_order_is_kept_when_committees_differ():
    texts = [
        replace(
            TEXT,
            number=f"QZJN-2026-{n:06d}",
            committee="钦北区竞赛组委会" if n == 2 else TEXT.committee,
        )
        for n in (1, 2, 3)
    ]

    numbers = [PdfReader(io.BytesIO(made)).metadata.title.split()[1] for made in printed(texts)]

    assert numbers == ["QZJN-2026-000001", "QZJN-2026-000002", "QZJN-2026-000003"]


@pytest.mark.parametrize("shown", [None, photo()])
def test_the_qr_code_is_read_at_150_dots_an_inch(shown):
    (made,) = printed(replace(TEXT, photo=shown), sample=True)

    assert codes_of(made, dpi=150) == ["HTTPS://JNDS.EXAMPLE.CN/V/7K3M9QX2TB5RHVWJ"]


def test_a_sample_says_so_across_the_sheet_and_in_its_seal():
    plain, sample = (picture(printed(TEXT, sample=marked)[0], 50).astype(int) for marked in (False, True))

    changed = np.abs(plain - sample).max(axis=2) > 8

    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert (columns[-1] - columns[0]) / changed.shape[1] > 0.6
    assert (rows[-1] - rows[0]) / changed.shape[0] > 0.4
    millimetre = 50 / 25.4
    assert changed[int(174 * millimetre) : int(180 * millimetre), int(218 * millimetre) :].sum() > 20


def test_the_photo_stands_in_its_frame():
    (made,) = printed(replace(TEXT, photo=photo()))

    middle = picture(made, 72)[int(91.7 / 25.4 * 72), int(52 / 25.4 * 72)]

    assert np.abs(middle.astype(int) - (20, 60, 220)).max() < 12


def ink(pixels: np.ndarray) -> np.ndarray:
    """Dark pixels cut to their bounds and brought to one size, so that two drawings can be laid on each other."""
    dark = pixels.max(axis=2) < 128 if pixels.ndim == 3 else pixels < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    cut = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(Image.fromarray(cut).resize((90 * 7, 100))) > 0


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def drawn_by_font(name: str) -> np.ndarray:
    face = ImageFont.truetype(str(fonts.serif_file(900)), 300, layout_engine=ImageFont.Layout.BASIC)
    canvas = Image.new("L", (300 * len(name) + 100, 500), 255)
    ImageDraw.Draw(canvas).text((40, 40), name, font=face, fill=0)
    return ink(np.asarray(canvas))


def name_on_paper(made: bytes, name: str, size: float) -> np.ndarray:
    dots, millimetre = 300, 300 / 25.4
    left, right = int(47 * millimetre), int((48.5 + size * len(name)) * millimetre)
    return ink(picture(made, dots)[int(67 * millimetre) : int(79 * millimetre), left:right])


@pytest.mark.parametrize(("name", "size"), list(zip(RARE_NAMES, (9.0, 9.0, 7.2), strict=True)))
def test_a_rare_name_is_drawn_with_its_own_glyphs(name, size):
    (made,) = printed(replace(TEXT, name=name))

    on_paper = name_on_paper(made, name, size)

    assert likeness(on_paper, drawn_by_font(name)) > 0.8
    assert likeness(on_paper, drawn_by_font(name[::-1])) < 0.6


def drawing(face: hb.Face, glyph: int) -> str:
    steps: list[str] = []
    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda *at: steps.append(f"M{at[:2]}"))
    pen.set_line_to_func(lambda *at: steps.append(f"L{at[:2]}"))
    pen.set_quadratic_to_func(lambda *at: steps.append(f"Q{at[:4]}"))
    pen.set_cubic_to_func(lambda *at: steps.append(f"C{at[:6]}"))
    hb.Font(face).draw_glyph(glyph, pen, None)
    return "".join(steps)


def embedded_drawings(made: bytes, weight: str) -> dict[str, tuple[str, str]]:
    """Character -> its outline in the embedded font program of this weight, and that program's empty box."""
    drawn = {}
    opened = pikepdf.open(io.BytesIO(made))
    for font in opened.objects:
        if isinstance(font, pikepdf.Dictionary) and font.get("/Subtype") == "/Type0":
            if not str(font.BaseFont).endswith(weight):
                continue
            program = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
            face = hb.Face(hb.Blob(program))
            box = drawing(face, 0)
            for glyph, text in GLYPH.findall(font.ToUnicode.read_bytes().decode()):
                drawn[bytes.fromhex(text).decode("utf-16-be")] = (drawing(face, int(glyph, 16)), box)
    return drawn


@pytest.mark.parametrize("name", ["㛃䶮𬱖𣲗𫖯𠅤𬭩", "阿依古丽·买买提"])
def test_each_glyph_of_a_rare_name_is_the_right_one_and_no_empty_box(name):
    (made,) = printed(replace(TEXT, name=name))
    face = hb.Face(hb.Blob.from_file_path(str(fonts.serif_file(900))))
    nominal = hb.Font(face).get_nominal_glyph

    drawn = embedded_drawings(made, "Heavy")

    for sign in name:
        outline, box = drawn[sign]
        assert outline == drawing(face, nominal(ord(sign))), sign
        assert len(outline) > 20 and outline != box, sign


def test_a_name_of_40_and_an_event_of_60_characters_keep_their_lines():
    long = replace(
        TEXT, name="阿" * 19 + "·" + "买" * 20, event="坭兴陶手工制作与智能化窑炉烧成" * 4, honorific="同志"
    )

    (made,) = printed(long)

    text = read_text(made).replace("\n", "").replace(" ", "")
    assert long.name in text and long.event in text
    page = picture(made, 150)
    millimetre = 150 / 25.4
    right = page[int(66 * millimetre) : int(120 * millimetre), int(262 * millimetre) : int(266 * millimetre)]
    assert right.min() > 150


def test_a_character_without_glyph_is_refused_by_name_before_anything_is_printed():
    texts = [TEXT, replace(TEXT, name="王\ue001", number="QZJN-2026-000002")]

    with pytest.raises(pdf.MissingGlyph, match=r"U\+E001"):
        render_award_certificates(texts)


def test_a_certificate_is_refused_when_its_text_does_not_fit_and_is_named():
    long = replace(TEXT, number="QZJN-2026-000009", members=("阿依古丽·买买提",) * 60)

    with pytest.raises(pdf.DoesNotFit, match="QZJN-2026-000009"):
        printed([TEXT, long])


def test_a_certificate_is_refused_when_its_sentence_would_run_into_the_qr_code():
    with pytest.raises(pdf.DoesNotFit, match="QZJN-2026-000001"):
        printed(replace(TEXT, competition="钦" * 180))


def test_long_names_and_events_still_fit_one_page():
    long = replace(
        TEXT,
        name="北部湾职业技术学校㛃䶮𬱖𣲗𫖯𠅤代表队",
        competition="第三届广西壮族自治区“八桂系列”劳务品牌职业技能大赛暨二〇二六年钦州市农民工技能大赛选拔赛",
        event="坭兴陶手工制作与智能化窑炉烧成工艺综合应用",
        award="特等奖（金牌）",
        honorific="",
        members=("王芳", "㛃䶮", "𬱖𣲗", "𫖯𠅤", "阿依古丽·买买提"),
    )

    for shown in (None, photo()):
        assert len(printed(replace(long, photo=shown))) == 1


def test_markup_in_a_name_is_printed_as_it_stands():
    (made,) = printed(replace(TEXT, name="<b>王</b>", unit="<img src=file:///etc/hostname>"))

    assert "<b>王</b>" in read_text(made)


def test_a_certificate_is_small_enough_to_send():
    (made,) = printed(replace(TEXT, photo=photo()), sample=True)

    assert len(made) <= 160_000
