"""Characters that no font draws, from drawings of the office's own: an SVG read into an outline, outlines into a font."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qzcompete.adapters.fonts import OWN
from qzcompete.adapters.pdf import PdfError

EM, ASCENT = 1000, 880
GREATEST_DRAWING = 2**18
# How far a stroke may reach out of the box of its character, in units of the em.
SLACK = 60


@dataclass(frozen=True)
class Glyph:
    """`number` is its place in the font and never another's; `outline` an SVG path on a square of 1000, y downwards."""

    number: int
    character: str
    outline: str


def read_outline(drawing: bytes) -> str:
    """The filled shapes of an SVG whose square view box is the box of the character; raises PdfError with what to do.

    Text, pictures, styles and scripts of the drawing are not read.
    """
    # Loaded when an officer uploads a drawing: no other page needs them.
    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.svgLib.path import SVGPath, parse_path

    left, top, side = _view_box(drawing)
    pen = SVGPathPen(None, ntos=lambda value: f"{value:.1f}".rstrip("0").rstrip("."))
    scale = EM / side
    try:
        SVGPath.fromstring(drawing, transform=(scale, 0, 0, scale, -left * scale, -top * scale)).draw(pen)
        outline = str(pen.getCommands())
        bounds = BoundsPen(None)
        parse_path(outline, bounds)
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, AssertionError) as error:
        raise PdfError("The paths of the drawing cannot be read") from error
    if bounds.bounds is None:
        raise PdfError("The drawing holds no shape. Turn text and strokes into paths first")
    if min(bounds.bounds) < -SLACK or max(bounds.bounds) > EM + SLACK:
        raise PdfError("The drawing reaches out of its view box")
    return outline


def _view_box(drawing: bytes) -> tuple[float, float, float]:
    """Left, top and side; entities are refused before anything is parsed."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(drawing) > GREATEST_DRAWING:
        raise PdfError("The drawing is larger than 256 kB")
    try:
        root = fromstring(drawing, forbid_dtd=True)
        left, top, width, height = (float(one) for one in root.attrib["viewBox"].replace(",", " ").split())
    except DefusedXmlException as error:
        raise PdfError("The drawing declares a document type. Save it as plain SVG") from error
    except (ParseError, KeyError, ValueError) as error:
        raise PdfError("The file is no SVG with a view box") from error
    if not root.tag.endswith("}svg") or width <= 0 or abs(width - height) > width / 100:
        raise PdfError("The view box of the drawing is not a square")
    return left, top, width


def own_face(glyphs: Sequence[Glyph]) -> bytes:
    """A font of these characters, each as wide as high; a glyph keeps its number whatever else the font holds."""
    from fontTools.fontBuilder import FontBuilder

    by_number = {glyph.number: glyph for glyph in glyphs}
    names = [".notdef", *(f"own{number}" for number in range(1, max(by_number) + 1))]
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(glyph.character): f"own{glyph.number}" for glyph in glyphs})
    builder.setupGlyf({name: _drawn(by_number.get(number)) for number, name in enumerate(names)})
    builder.setupHorizontalMetrics({name: (EM, 0) for name in names})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=ASCENT - EM)
    builder.setupNameTable({"familyName": OWN, "styleName": "Regular"})
    builder.setupOS2(
        sTypoAscender=ASCENT, sTypoDescender=ASCENT - EM, usWinAscent=ASCENT, usWinDescent=EM - ASCENT
    )
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    written = io.BytesIO()
    builder.save(written)
    return written.getvalue()


def _drawn(glyph: Glyph | None) -> Any:
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.svgLib.path import parse_path

    made = TTGlyphPen(None)
    if glyph is not None:
        parse_path(glyph.outline, TransformPen(Cu2QuPen(made, max_err=1.0), (1, 0, 0, -1, 0, ASCENT)))
    return made.glyph()
