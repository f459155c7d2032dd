"""What an office adds to a design: a ground, a signature, and drawings of characters that no font has."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from qzcompete.adapters import fonts
from qzcompete.adapters.glyphs import Glyph, read_outline
from qzcompete.adapters.pdf import MissingGlyph, PdfError
from qzcompete.certificates import previews, queries, services
from qzcompete.certificates.documents import Extras, render_certificates
from qzcompete.certificates.rules.design import DESIGNS
from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from tests.results.contest import held_contest, publish

SignIn = Callable[..., FlaskClient]
# Of the newest block of ideographs: no font of ours draws it, and the day one does these tests take another.
ABSENT = next(chr(code) for code in range(0x31350, 0x323B0) if fonts.missing_characters(chr(code)))
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 50"><path d="M5 5H45V45H5Z"/></svg>'
TEXT = previews.invented(DESIGNS["award"], date(2026, 11, 26))


def printed(text: object, extras: Extras, **options: bool) -> bytes:
    (made,) = render_certificates([text], DESIGNS["award"], extras=extras, **options)  # type: ignore[list-item]
    return made


def pixels(made: bytes, dots: int = 72) -> np.ndarray:
    return np.asarray(pypdfium2.PdfDocument(made)[0].render(scale=dots / 72).to_pil().convert("RGB")).astype(
        int
    )


def jpeg(colour: tuple[int, int, int], size: tuple[int, int] = (400, 300)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    return made.getvalue()


def handwriting() -> bytes:
    paper = Image.new("RGB", (600, 300), (244, 243, 238))
    ImageDraw.Draw(paper).line((80, 220, 200, 60, 330, 230, 500, 80), fill=(20, 20, 60), width=14)
    made = io.BytesIO()
    paper.save(made, "PNG")
    return made.getvalue()


def test_a_drawing_is_read_into_an_em_and_says_what_is_wrong_with_it() -> None:
    assert read_outline(SQUARE) == "M100 100H900V900H100V100Z"
    for drawing, why in (
        (b"<html/>", "no SVG"),
        (SQUARE.replace(b"0 0 50 50", b"0 0 50 80"), "not a square"),
        (SQUARE.replace(b"M5 5H45V45H5Z", b"M-20 5H45V45H5Z"), "reaches out"),
        (SQUARE.replace(b"M5 5H45V45H5Z", b"M5 5 nonsense"), "cannot be read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text>x</text></svg>', "holds no shape"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SQUARE, "document type"),
        (SQUARE + b" " * 2**18, "larger"),
    ):
        with pytest.raises(PdfError, match=why):
            read_outline(drawing)


def test_a_drawn_character_is_printed_as_it_was_drawn_and_nothing_else_moves() -> None:
    name = f"韦{ABSENT}"
    square = Glyph(7, ABSENT, read_outline(SQUARE))
    with pytest.raises(MissingGlyph):
        printed(replace(TEXT, name=name), Extras())

    made = printed(replace(TEXT, name=name), Extras(glyphs=(square,)))
    with_others = printed(
        replace(TEXT, name=name), Extras(glyphs=(square, Glyph(9, "\U00032001", square.outline)))
    )
    millimetre = 144 / 25.4
    dark = pixels(made, 144)[
        int(67 * millimetre) : int(78 * millimetre), int(47 * millimetre) : int(75 * millimetre)
    ]
    tall = np.flatnonzero((dark.max(axis=2) < 90).sum(axis=0) >= 38)
    # A square of 0.8 em at 9 mm; nothing of 韦 is as dark as that from top to bottom for more than a stroke.
    solid = max(np.split(tall, np.flatnonzero(np.diff(tall) > 1) + 1), key=len)
    assert abs(len(solid) - 0.8 * 9 * millimetre) <= 2
    assert made == with_others


def test_a_ground_takes_the_place_of_paper_and_border() -> None:
    made = printed(TEXT, Extras(ground=jpeg((10, 120, 60), (1754, 1240))))

    corner = pixels(made)[20, 20]

    assert np.abs(corner - (10, 120, 60)).max() < 12


def test_the_officer_puts_pictures_until_the_version_is_frozen(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("officer")
    with unit():
        card = services.create_template(SYSTEM, "award", "带签名的模板")
    page = f"/certificates/templates/{card.template_id}/1/pictures"

    refused = client.post(page, data={"ground": (io.BytesIO(b"MZ\x90not a picture"), "paper.jpg")})
    assert refused.status_code == 422 and "JPEG" in refused.text
    kept = client.post(
        page,
        data={
            "ground": (io.BytesIO(jpeg((250, 240, 220))), "paper.jpg"),
            "signature": (io.BytesIO(handwriting()), "hand.png"),
        },
    )
    assert kept.status_code == 302

    card = queries.template_version(card.template_id, 1)
    extras = services.extras_of(card, TEXT)
    with_hand, without = printed(TEXT, extras), printed(TEXT, replace(extras, signature=b""))
    box = pixels(with_hand, 144)[
        int(154 / 25.4 * 144) : int(169 / 25.4 * 144), int(152 / 25.4 * 144) : int(188 / 25.4 * 144)
    ]
    assert (box.max(axis=2) < 110).sum() > 100
    assert (pixels(without, 144) != pixels(with_hand, 144)).any()
    after = client.post(page, data={"drop_ground": "y"})
    assert after.status_code == 302
    db.session.expire_all()
    assert queries.template_version(card.template_id, 1).ground_hash is None


def test_a_drawn_character_lets_a_name_be_issued_and_stays_then(app: Flask, sign_in: SignIn) -> None:
    name = f"韦{ABSENT}"
    event = held_contest(names=(name, "梁彩霞", "玉景明", "黄小燕"))
    publish(event)
    client = sign_in("officer")
    assert f"U+{ord(ABSENT):04X}" in client.get(f"/certificates?event={event.code}").text

    wrong = client.post(
        "/certificates/glyphs",
        data={"character": "韦", "file": (io.BytesIO(SQUARE), "a.svg"), "source": "GB 18030-2022"},
    )
    assert wrong.status_code == 422 and "字体已收录此字" in wrong.text and "GB 18030-2022" in wrong.text
    right = client.post(
        "/certificates/glyphs",
        data={"character": ABSENT, "file": (io.BytesIO(SQUARE), "a.svg"), "source": "GB 18030-2022"},
    )
    assert right.status_code == 302
    assert services.unprintable(event, queries.due_awards(event)) == []
    with unit():
        services.issue_batch(SYSTEM, event.code)

    (glyph,) = queries.own_glyphs()
    with pytest.raises(RuleBroken, match="glyph_used"), unit():
        services.drop_glyph(SYSTEM, glyph.number)
