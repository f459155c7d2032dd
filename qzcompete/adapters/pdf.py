"""HTML to PDF by WeasyPrint.

Fetches nothing: only data URIs of checked image types are read. A character without a glyph, or a font that
is not the project's, is refused. Same input, same bytes. WeasyPrint is loaded on first use, after fontconfig is set.
"""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qzcompete.adapters import fonts
from qzcompete.adapters.artwork import Artwork, collect_artwork, ready_made

VARIANT = "pdf/a-3a"
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
            pack(pdf)

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


def pack(pdf: Any) -> None:
    """Pack streams at a lower level than pydyf does: a third of the time for a few per cent; the profile only once."""
    import pydyf  # type: ignore[import-untyped]

    for stream in pdf.objects:
        if isinstance(stream, pydyf.Stream) and stream.compress:
            plain = bytes(pydyf.Stream(stream.stream).data)
            content = plain.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            packed = _packed_profile(content) if "N" in stream.extra else zlib.compress(content, 3)
            stream.stream, stream.compress = [packed], False
            stream.extra["Filter"] = "/FlateDecode"


@lru_cache(maxsize=4)
def _packed_profile(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def save(pdf: Any) -> bytes:
    """Write a PDF's objects as WeasyPrint does for this variant; each is made into bytes once."""
    pdf.objects = [
        one if one.free == "f" else ready_made(one.data, one.compressible, one.number) for one in pdf.objects
    ]
    written = io.BytesIO()
    pdf.write(written, b"1.7", True, True)
    return written.getvalue()
