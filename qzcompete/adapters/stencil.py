"""The compiled lane of a batch: a page laid out once by WeasyPrint, printed again with other characters.

Two pages have one shape when they differ in ideographs for ideographs and digits for digits: all of one width, broken
into lines at the same places. A stencil is the PDF of such a page in which each ideograph is another, a stand-in, so
that every drawn glyph tells which character of the text it stands for. Whatever else would move a glyph is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from qzcompete.adapters import fonts
from qzcompete.adapters.artwork import ready_made
from qzcompete.adapters.fonts import Cutters
from qzcompete.adapters.pdf import PdfError, pack, save
from qzcompete.adapters.sheet import Sheet

# Text in <span class="free"> ends its line and moves nothing: up to this many ideographs it has one shape.
FREE = re.compile(r'(<span class="free">)([^<]*)(</span>)')
ROOM = 14
ABSENT = "\0"
MARKUP = re.compile(r"(<[^>]*>|&[^;\s]*;)")
IDEOGRAPH, DIGIT = "国", "0"
TITLE, SUBJECT = "stencil-title", "stencil-subject"
GLYPH = re.compile(r"(?<=<)[0-9a-f]+(?=>)")


class Unfit(PdfError):
    """A page of which no stencil can be cut."""


def shape_of(sheet: Sheet) -> str:
    """Equal for sheets that are laid out alike."""
    parts = MARKUP.split(_padded(sheet.html))
    parts[::2] = [part.translate(_classes()) for part in parts[::2]]
    return "".join((*parts, SUBJECT if sheet.subject else ""))


def _padded(html: str) -> str:
    return FREE.sub(_pad, html)


def _pad(found: re.Match[str]) -> str:
    before, text, after = found.groups()
    if {ord(character) for character in text} <= _ideographs():
        text = text.ljust(ROOM, ABSENT)
    return f"{before}{text}{after}"


@cache
def _ideographs() -> frozenset[int]:
    return fonts.square_ideographs()


@cache
def _classes() -> dict[int, str]:
    return {
        **dict.fromkeys(_ideographs(), IDEOGRAPH),
        **{ord(digit): DIGIT for digit in "0123456789"},
        ord(ABSENT): IDEOGRAPH,
    }


def model_of(sheet: Sheet) -> Sheet:
    """The sheet that a stencil is cut from: its own shape, each ideograph another."""
    parts = MARKUP.split(shape_of(replace(sheet, subject="")))
    wanted = sum(part.count(IDEOGRAPH) for part in parts[::2])
    if wanted > fonts.STAND_INS:
        raise Unfit("more characters than stand-ins")
    stand_ins = iter(fonts.stand_ins())
    parts[::2] = [re.sub(IDEOGRAPH, lambda _: next(stand_ins), part) for part in parts[::2]]
    return Sheet("".join(parts), TITLE, subject=SUBJECT if sheet.subject else "")


def words_of(html: str) -> str:
    """The text alone, one sign for each character that can be drawn; a tag parts it."""
    parts = MARKUP.split(html)
    parts[1::2] = ["\n" if part.startswith("<") else unescape(part) for part in parts[1::2]]
    return "".join(parts)


@dataclass(frozen=True)
class _Font:
    """What WeasyPrint noted of a font of the model: for each glyph its width, and the text it stands for."""

    weight: int
    widths: dict[int, int]
    to_unicode: dict[int, str]


@dataclass(frozen=True)
class _Run:
    """Glyphs that are drawn in one go: their operator, font, model text, and where that text stands on the page."""

    operator: str
    font: str
    text: str
    at: int | None

    def filled(self, words: str, weight: int) -> tuple[str, str, list[int]]:
        """The operator, text and glyphs with the characters of another page; refused where one is not as wide."""
        if self.at is None:
            text, model = self.text, self.text
        else:
            text = words[self.at : self.at + len(self.text)].rstrip(ABSENT)
            model = self.text[: len(text)]
        drawn, as_model = fonts.shaped(text, weight), fonts.shaped(model, weight)
        if [place[1:] for place in drawn] != [place[1:] for place in as_model] or len(drawn) != len(text):
            raise Unfit("a character is not as wide as that of the stencil")
        glyphs = [place[0] for place in drawn]
        codes = "".join(f"{glyph:04x}" for glyph in glyphs)
        taken = iter(range(0, 4 * len(self.text), 4))
        cut = GLYPH.sub(lambda found: "".join(codes[next(taken) :][:4] for _ in found[0][::4]), self.operator)
        return cut, text, glyphs


class Stencil:
    """The objects of a page's PDF; those that tell its text are made anew for each sheet."""

    def __init__(self, pdf: Any, drawn_with: Collection[Any], html: str) -> None:
        self._fonts = {font.hash: _Font(font.weight, font.widths, font.to_unicode) for font in drawn_with}
        if len(self._fonts) != len(drawn_with) or any(font.family != fonts.BATCH for font in drawn_with):
            raise Unfit("a font that is not the batch's")
        self._pages, self._catalog, self._info = dict(pdf.pages), _fresh(pdf.catalog), dict(pdf.info)
        page = pdf.objects[_number(pdf.page_references[0])]
        self._content, self._resources = _number(page["Contents"]), _number(page["Resources"])
        self._page, self._metadata = page.number, _number(pdf.catalog["Metadata"])
        self._programs = self._programs_of(pdf)
        self._tokens = self._runs_of(pdf.objects[self._content].stream, words_of(html))
        self._kept = {self._page, self._content, self._resources, self._metadata}
        self._kept |= {number for program in self._programs.values() for number in program}
        self._objects = [_fresh(one) if one.number in self._kept else _frozen(one) for one in pdf.objects[3:]]

    def _programs_of(self, pdf: Any) -> dict[str, tuple[int, int, int]]:
        """For each font the objects that depend on the text: its program, its widths, its way back to Unicode."""
        found = {}
        listed = pdf.objects[_number(pdf.objects[self._resources]["Font"])]
        for name, reference in listed.items():
            font = pdf.objects[_number(reference)]
            widths = pdf.objects[_number(font["DescendantFonts"][0])]
            program = pdf.objects[_number(widths["FontDescriptor"])]["FontFile2"]
            found[name] = (_number(program), widths.number, _number(font["ToUnicode"]))
        return found

    def _runs_of(self, stream: list[Any], words: str) -> list[Any]:
        tokens: list[Any] = []
        font = ""
        for token in stream:
            told = token.decode() if isinstance(token, bytes) else token
            if isinstance(told, str) and told.endswith(" Tf"):
                font = told[1:].split()[0]
            if isinstance(told, str) and told.endswith(" TJ"):
                token = self._run(told, font, words)
            tokens.append(token)
        return tokens

    def _run(self, operator: str, font: str, words: str) -> _Run:
        glyphs = [
            int(chunk[at : at + 4], 16) for chunk in GLYPH.findall(operator) for at in range(0, len(chunk), 4)
        ]
        used = self._fonts[font]
        text = "".join(used.to_unicode[glyph] for glyph in glyphs)
        if [place[0] for place in fonts.shaped(text, used.weight)] != glyphs:
            raise Unfit("glyphs that do not stand for one character each")
        constant = not any(ord(sign) in _classes() for sign in text)
        if not constant and words.count(text) != 1:
            raise Unfit("a text that cannot be found on its page")
        return _Run(operator, font, text, None if constant else words.index(text))

    def print(self, sheet: Sheet, cutters: Cutters, finish: Callable[[Any, Sheet], None]) -> bytes | None:
        """The sheet as the layout by CSS would print it, or None where the stencil does not fit it."""
        try:
            content, texts, widths = self._filled(words_of(_padded(sheet.html)))
        except Unfit:
            return None
        pdf = self._copied()
        pdf.objects[self._content].stream = content
        for name, font in self._fonts.items():
            program, subfont, unicode = (pdf.objects[number] for number in self._programs[name])
            program.stream = [fonts.cut(cutters[font.weight], texts[name])]
            program.extra = {"Length1": len(program.stream[0])}
            subfont["W"] = _widths(widths[name])
            unicode.stream = _to_unicode(unicode.stream, texts[name])
        self._tell(pdf, sheet)
        finish(pdf, sheet)
        pack(pdf)
        return save(pdf)

    def _filled(self, words: str) -> tuple[list[Any], dict[str, dict[int, str]], dict[str, dict[int, int]]]:
        texts: dict[str, dict[int, str]] = {name: {} for name in self._fonts}
        widths: dict[str, dict[int, int]] = {name: {} for name in self._fonts}
        content = []
        for token in self._tokens:
            if isinstance(token, _Run):
                font = self._fonts[token.font]
                operator, text, glyphs = token.filled(words, font.weight)
                for sign, glyph, model in zip(
                    text, glyphs, fonts.shaped(token.text, font.weight), strict=False
                ):
                    texts[token.font].setdefault(glyph, sign)
                    widths[token.font].setdefault(glyph, font.widths[model[0]])
                token = operator
            content.append(token)
        if any((len(widths[name]) > 1) != (len(font.widths) > 1) for name, font in self._fonts.items()):
            raise Unfit("a font with a single glyph is described otherwise")
        return content, texts, widths

    def _copied(self) -> Any:
        import pydyf  # type: ignore[import-untyped]

        pdf = pydyf.PDF()
        pdf.pages.update(self._pages)
        pdf.catalog.update(_fresh(self._catalog))
        pdf.info.update(self._info)
        for kept in self._objects:
            pdf.add_object(_fresh(kept) if not isinstance(kept, tuple) else ready_made(*kept))
        return pdf

    def _tell(self, pdf: Any, sheet: Sheet) -> None:
        """Title and subject, in the two places where a PDF holds them."""
        import pydyf

        metadata = pdf.objects[self._metadata]
        for key, model, told in (("Title", TITLE, sheet.title), ("Subject", SUBJECT, sheet.subject)):
            if key in pdf.info:
                pdf.info[key] = pydyf.String(told)
            metadata.stream = [
                part.replace(model.encode(), escape(told).encode()) for part in metadata.stream
            ]


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def _fresh(thing: Any) -> Any:
    """An object that can be changed for one sheet without a trace in the stencil."""
    import pydyf

    if isinstance(thing, pydyf.Stream):
        return pydyf.Stream(list(thing.stream), dict(thing.extra), thing.compress)
    return pydyf.Dictionary(
        {key: pydyf.Dictionary(value) if isinstance(value, dict) else value for key, value in thing.items()}
    )


def _frozen(thing: Any) -> tuple[bytes, bool]:
    """An object that is the same on each sheet, as bytes, and whether it may lie in a packed stream."""
    compressible = bool(thing.compressible)
    if not compressible:
        alone = type("One", (), {"objects": [thing]})
        pack(alone)
    return bytes(thing.data), compressible


def _widths(widths: dict[int, int]) -> bytes:
    """Runs of neighbouring glyphs, each with its first and their widths."""
    runs: list[list[int]] = []
    for glyph in sorted(widths):
        if glyph - 1 not in widths:
            runs.append([glyph])
        runs[-1].append(widths[glyph])
    told = (f"{first} [{' '.join(map(str, rest))}]" for first, *rest in runs)
    return f"[{' '.join(told)}]".encode()


def _to_unicode(model: list[bytes], texts: dict[int, str]) -> list[bytes]:
    """The model's map with other glyphs: its first 13 and last 4 lines frame blocks of at most a hundred."""
    lines = [f"<{glyph:04x}> <{sign.encode('utf-16-be').hex()}>".encode() for glyph, sign in texts.items()]
    blocks: list[bytes] = []
    for start in range(0, len(lines), 100):
        block = lines[start : start + 100]
        blocks += [b"%d beginbfchar" % len(block), *block, b"endbfchar"]
    return [*model[:13], *blocks, *model[-4:]]
