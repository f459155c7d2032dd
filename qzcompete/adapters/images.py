"""Images as PDF objects take them: photos without what they tell of their camera, and QR codes."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import Any

from qzcompete.adapters.artwork import ready_made
from qzcompete.adapters.pdf import PdfError

BITS = bytes(ord("01"[value & 1]) for value in range(256))


@dataclass(frozen=True)
class Raw:
    """An image as PDF objects take it: dictionary entries and encoded bytes."""

    entries: dict[str, object]
    content: bytes


def add_image(pdf: Any, image: Raw) -> bytes:
    import pydyf  # type: ignore[import-untyped]

    entries = {
        "Type": "/XObject",
        "Subtype": "/Image",
        **image.entries,
        "Length": len(image.content),
    }
    head = bytes(pydyf.Dictionary(entries).data)
    pdf.add_object(ready_made(b"".join((head, b"\nstream\n", image.content, b"\nendstream"))))
    return bytes(pdf.objects[-1].reference)


def photo(jpeg: bytes) -> Raw:
    """A JPEG passed through as it is, but for what it tells of its camera and place."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
            (width, height), mode = opened.size, opened.mode
    except (UnidentifiedImageError, OSError) as error:
        raise PdfError("The photo is not a JPEG") from error
    if mode not in ("RGB", "L"):
        raise PdfError("The photo has a colour mode that cannot be printed; use RGB")
    space = "/DeviceRGB" if mode == "RGB" else "/DeviceGray"
    entries = {
        "Width": width,
        "Height": height,
        "ColorSpace": space,
        "BitsPerComponent": 8,
        "Filter": "/DCTDecode",
    }
    return Raw(entries, without_metadata(jpeg))


def portrait(picture: bytes) -> bytes:
    """A picture cut to one inch (5 : 7, 413 × 579 pixels at 300 dots), from its middle and a little above."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture)) as opened:
        fitted = ImageOps.fit(opened.convert("RGB"), (413, 579), centering=(0.5, 0.4))
    made = io.BytesIO()
    fitted.save(made, "JPEG", quality=88, optimize=True)
    return made.getvalue()


def background(picture: bytes, page: tuple[float, float]) -> bytes:
    """A picture cut to a page (millimetres), 150 dots to the inch, as a JPEG."""
    from PIL import Image, ImageOps

    size = (round(page[0] / 25.4 * 150), round(page[1] / 25.4 * 150))
    with Image.open(io.BytesIO(picture)) as opened:
        fitted = ImageOps.fit(opened.convert("RGB"), size)
    made = io.BytesIO()
    fitted.save(made, "JPEG", quality=84, optimize=True)
    return made.getvalue()


def ink(picture: bytes) -> bytes:
    """What was written on white paper, as a PNG: the paper is left out, its margins cut off."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture)) as opened:
        dark = ImageOps.invert(ImageOps.autocontrast(opened.convert("L"), cutoff=1))
    strokes = dark.point([0 if value < 64 else value for value in range(256)])
    strokes = strokes.crop(strokes.getbbox() or (0, 0, *strokes.size))
    strokes.thumbnail((900, 400))
    drawn = Image.new("RGBA", strokes.size, (28, 32, 60, 0))
    drawn.putalpha(strokes)
    made = io.BytesIO()
    drawn.save(made, "PNG", optimize=True)
    return made.getvalue()


def without_metadata(jpeg: bytes) -> bytes:
    """The JPEG without its application and comment segments (place, camera, preview), save JFIF and Adobe's."""
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        marker = jpeg[at + 1]
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            kept.append(jpeg[at:end])
        at = end
    return b"".join((*kept, jpeg[at:]))


def qr_code(text: str) -> Raw:
    """One bit a module, painted in the current colour; the paper gives the light ones."""
    import segno

    # A fixed mask: choosing one takes five times as long and scanners read any.
    rows = segno.make(text, error="m", mask=3, boost_error=False, micro=False).matrix
    packed = b"".join(_packed(row) for row in rows)
    size = len(rows)
    entries = {
        "Width": size,
        "Height": size,
        "ImageMask": "true",
        "BitsPerComponent": 1,
        "Decode": "[1 0]",
    }
    return Raw({**entries, "Filter": "/FlateDecode"}, zlib.compress(packed, 9))


def _packed(row: bytearray) -> bytes:
    """Eight modules to a byte; the first bit of a module tells dark from light."""
    bits = row.translate(BITS).ljust(-(-len(row) // 8) * 8, b"0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
