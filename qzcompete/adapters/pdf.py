"""HTML to PDF by WeasyPrint: single documents, and batches whose artwork is drawn once.

Fetches nothing: only data URIs of checked image types are read. A character without a glyph, or a font that
is not the project's, is refused. Same input, same bytes. WeasyPrint is loaded on first use, after fontconfig is set.
"""

from __future__ import annotations

import base64
import copy
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qzcompete.adapters import fonts
from qzcompete.adapters.artwork import Artwork, add_artwork, collect_artwork, ready_made

VARIANT = "pdf/a-3a"
CHUNK = 40
MILLIMETRE = 72 / 25.4
# PDF/A forbids smoothing of images, which WeasyPrint asks for unless told not to.
BASE_CSS = "img { image-rendering: crisp-edges } html { font-family: 'Qinzhou Serif', 'Noto Serif SC' }"
STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


class PdfError(Exception):
    """A document cannot be printed as asked; the message is for the person who asked."""


class MissingGlyph(PdfError):
    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in characters)
        super().__init__(f"No font can draw: {named}")


class DoesNotFit(PdfError):
    """The text takes more than its page."""


class Unavailable(PdfError):
    """A library or font is missing; the message names the line that installs it."""


@dataclass(frozen=True)
class Box:
    """A place on the page in millimetres from the top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Raw:
    """An image as PDF objects take it: dictionary entries and encoded bytes."""

    entries: dict[str, object]
    content: bytes


@dataclass(frozen=True)
class Attachment:
    """A file within the file; its name and description are plain letters."""

    name: str
    content: bytes
    kind: str
    description: str
    made_at: datetime


@dataclass(frozen=True)
class Sheet:
    """One page of a batch: the inner HTML, its own title, the images put on it."""

    html: str
    title: str
    images: tuple[tuple[Raw, Box], ...] = ()
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()


@cache
def _weasyprint() -> Any:
    """The library, or a sentence that says what to install."""
    fonts.prepare_fontconfig()
    try:
        import weasyprint  # type: ignore[import-untyped]
    except OSError as error:
        raise Unavailable("; ".join(fonts.font_health()) or str(error)) from error
    return weasyprint


def _fetcher(faces: dict[str, bytes] | None = None) -> Any:
    return _fetcher_class()(faces or {})


@cache
def _fetcher_class() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class DataOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        """Reads image data URIs and the fonts handed over; refuses everything else."""

        def __init__(self, faces: dict[str, bytes]) -> None:
            super().__init__(fail_on_errors=True)
            self._faces = faces

        def fetch(self, url: str, headers: object = None) -> Any:
            if url in self._faces:
                return URLFetcherResponse(url, self._faces[url], {"Content-Type": "font/ttf"})
            kind, content = checked_data(url)
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return DataOnly


def checked_data(url: str) -> tuple[str, bytes]:
    head, comma, body = url.partition(",")
    kind = head.removeprefix("data:").removesuffix(";base64")
    if not (url.startswith("data:") and comma and head.endswith(";base64") and kind in STARTS):
        raise PdfError(f"A document may not read {url[:60]}")
    content = base64.b64decode(body)
    if not content.startswith(STARTS[kind]):
        raise PdfError(f"An image is not the {kind} it says it is")
    return kind, content


@contextmanager
def _refusals() -> Iterator[None]:
    """A fetch that was refused ends the document with its own sentence."""
    from weasyprint.urls import FatalURLFetchingError

    try:
        yield
    except FatalURLFetchingError as error:
        raise PdfError(str(error.__cause__ or error)) from error


class Press:
    """Fonts and style sheet, made ready once, for many documents of one kind."""

    def __init__(self, css: str, variant: str = VARIANT, faces: dict[str, bytes] | None = None) -> None:
        weasyprint = _weasyprint()
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]

        self._html = weasyprint.HTML
        self._variant = variant
        self._fetcher = _fetcher(faces)
        self._fonts = FontConfiguration()
        with _refusals():
            self._css = [
                weasyprint.CSS(string=text, font_config=self._fonts, url_fetcher=self._fetcher)
                for text in (BASE_CSS, css)
            ]

    def layout(self, html: str) -> Any:
        with _refusals():
            return self._html(string=html, url_fetcher=self._fetcher).render(
                font_config=self._fonts,
                stylesheets=self._css,
                pdf_variant=self._variant,
            )

    def write(self, document: Any, finish: Callable[[Any], None] = lambda pdf: None) -> bytes:
        def finisher(finished: Any, pdf: Any) -> None:
            check_fonts(finished)
            finish(pdf)
            _compress(pdf)

        return bytes(document.write_pdf(finisher=finisher, pdf_variant=self._variant))


def check_fonts(document: Any) -> None:
    """The second lock, after layout: no empty box, no font from elsewhere."""
    missing = sorted({code for font in document.fonts.values() for code in font.missing})
    if missing:
        raise MissingGlyph([chr(code) for code in missing])
    strange = {font.family.strip('"') for font in document.fonts.values()} - fonts.FAMILIES
    if strange:
        raise PdfError(f"A font that is not the project's was used: {', '.join(sorted(strange))}")


@cache
def templates(folder: Path) -> Environment:
    """The HTML templates of documents in a folder; a name that is not given is an error, never a blank."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_pdf(html: str, *, css: str = "") -> bytes:
    """One document of any number of pages, such as a notice or a list; title and language are those of the HTML."""
    press = Press(css)
    return press.write(press.layout(html))


def _plain(html: str, css: str) -> bytes:
    """Without tags: artwork is decoration, and marks of its own would confuse those of the page that shows it."""
    press = Press(css, "pdf/a-3u")
    return press.write(press.layout(html))


def compile_artwork(html: str, css: str) -> Artwork:
    """Draw a page once and keep it as a form that any page can show."""
    return collect_artwork(_plain(html, css))


def _batch_faces(sheets: Sequence[Sheet]) -> dict[str, bytes]:
    """The fonts of a batch by address: a small face is cut again for each page much faster than a whole one."""
    characters = frozenset(ord(character) for sheet in sheets for character in sheet.html)
    return {f"batch-font:{weight}": fonts.batch_face(characters, weight) for weight in fonts.WEIGHT_FILES}


BATCH_CSS = "".join(
    f'@font-face {{ font-family: "{fonts.BATCH}"; font-weight: {weight}; src: url("batch-font:{weight}") }}'
    for weight in fonts.WEIGHT_FILES
)


class BatchPress:
    """Many one-page documents of one template: each laid out by its CSS, over artwork that was drawn once."""

    def __init__(self, css: str, artwork: Artwork, lang: str = "zh-CN") -> None:
        self._css = css
        self._artwork = artwork
        self._lang = lang

    def print(self, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        press = Press(BATCH_CSS + self._css, faces=_batch_faces(sheets))
        for start in range(0, len(sheets), CHUNK):
            yield from self._chunk(press, sheets[start : start + CHUNK])

    def _chunk(self, press: Press, sheets: Sequence[Sheet]) -> Iterator[bytes]:
        body = "".join(f'<section class="sheet">{sheet.html}</section>' for sheet in sheets)
        document = press.layout(f'<html lang="{self._lang}"><body>{body}</body></html>')
        if len(document.pages) != len(sheets):
            self._refuse(press, sheets)
        for page, sheet in zip(document.pages, sheets, strict=True):
            yield self._written(press, document.copy([page]), sheet)

    def _refuse(self, press: Press, sheets: Sequence[Sheet]) -> None:
        if len(sheets) == 1:
            raise DoesNotFit(f"The text does not fit its page: {sheets[0].title}")
        for sheet in sheets:
            list(self._chunk(press, [sheet]))
        raise DoesNotFit("The texts do not fit their pages")

    def _written(self, press: Press, document: Any, sheet: Sheet) -> bytes:
        # Copies share the metadata of the first page, the title with them.
        document.metadata = copy.copy(document.metadata)
        document.metadata.title, document.metadata.description = sheet.title, sheet.subject or None
        return press.write(document, lambda pdf: _finish(pdf, self._artwork, sheet))


def _finish(pdf: Any, artwork: Artwork, sheet: Sheet) -> None:
    """Put the artwork under the page's own content and the images on it, all marked as decoration for readers aloud."""
    page = pdf.objects[int(pdf.page_references[0].split()[0])]
    stream = pdf.objects[int(page["Contents"].split()[0])]
    resources = pdf.objects[int(page["Resources"].split()[0])]
    resources["XObject"]["Art"] = add_artwork(pdf, artwork)
    drawn = []
    height = page["MediaBox"][3]
    for place, (image, box) in enumerate(sheet.images):
        resources["XObject"][f"Pic{place}"] = _add_image(pdf, image)
        x, y = box.x * MILLIMETRE, height - (box.y + box.height) * MILLIMETRE
        size = f"{box.width * MILLIMETRE:.3f} 0 0 {box.height * MILLIMETRE:.3f} {x:.3f} {y:.3f} cm"
        drawn.append(f"q 0.165 0.122 0.078 rg {size} /Pic{place} Do Q")
    stream.stream.insert(0, f"/Artifact BMC q /Art Do Q {' '.join(drawn)} EMC q")
    stream.stream.append("Q")
    for attachment in sheet.attachments:
        _attach(pdf, attachment)


def _attach(pdf: Any, attachment: Attachment) -> None:
    """As PDF/A-3 asks: the file with its kind and date, named in the catalogue and associated with the document."""
    import pydyf

    moment = attachment.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    extra = {
        "Type": "/EmbeddedFile",
        "Subtype": "/" + attachment.kind.replace("/", "#2f"),
        "Params": pydyf.Dictionary({"Size": len(attachment.content), "ModDate": pydyf.String(moment)}),
    }
    file = pydyf.Stream([attachment.content], extra, compress=True)
    pdf.add_object(file)
    named = pydyf.String(attachment.name)
    spec = pydyf.Dictionary(
        {
            "Type": "/Filespec",
            "F": named,
            "UF": named,
            "EF": pydyf.Dictionary({"F": file.reference, "UF": file.reference}),
            "Desc": pydyf.String(attachment.description),
            "AFRelationship": "/Alternative",
        }
    )
    pdf.add_object(spec)
    names = pdf.catalog.setdefault("Names", pydyf.Dictionary())
    names["EmbeddedFiles"] = pydyf.Dictionary({"Names": pydyf.Array([named, spec.reference])})
    pdf.catalog.setdefault("AF", pydyf.Array()).append(spec.reference)


def _compress(pdf: Any) -> None:
    """Pack streams a level lower than pydyf does: half the time for one part in a hundred; the profile only once."""
    import pydyf

    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and stream.compress:
            plain = bytes(pydyf.Stream(stream.stream).data)
            content = plain.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            packed = _packed_profile(content) if "N" in stream.extra else zlib.compress(content, 6)
            stream.stream, stream.compress = [packed], False
            stream.extra["Filter"] = "/FlateDecode"


@lru_cache(maxsize=4)
def _packed_profile(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def _add_image(pdf: Any, image: Raw) -> bytes:
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


def _packed(row: Sequence[int]) -> bytes:
    bits = "".join(str(module & 1) for module in row)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
