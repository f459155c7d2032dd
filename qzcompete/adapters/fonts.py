"""The fonts of printed documents: where they lie, what they can draw, an isolated fontconfig for the renderer.

One file per family and weight, never slices: files that share both print wrong characters without a word.
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped]

VENDORED = Path(__file__).resolve().parent.parent / "fonts"
SERIF = "Qinzhou Serif"
# Whole fonts for characters outside the vendored subset, then what the machine may have, in this order.
WHOLE = "Noto Serif SC"
# The vendored faces cut down to the characters of one batch; a family of its own, so that no two files share one.
BATCH = "Qinzhou Serif Batch"
FALLBACK_FAMILIES = (SERIF, WHOLE, "HanaMinA", "HanaMinB")
# Drawings of the office's own, made into a font by `glyphs`.
OWN = "Qinzhou Own"
FAMILIES = frozenset({*FALLBACK_FAMILIES, BATCH, OWN, "Noto Sans SC"})
OPTIONAL_FILES = (
    Path("/usr/share/fonts/truetype/fonts-hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/fonts-hanazono/HanaMinB.ttf"),
    Path("/usr/share/fonts/truetype/fonts-japanese-mincho.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinA.ttf"),
    Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf"),
)
WEIGHT_FILES = {
    400: "QinzhouSerif-Regular.ttf",
    700: "QinzhouSerif-Bold.ttf",
    900: "QinzhouSerif-Black.ttf",
}
APT_LINE = "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
STAND_INS = 600
# Tables that draw nothing in a finished page.
DROPPED = ("BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GPOS", "GSUB", "JSTF", "LTSH", "PCLT", "SVG ")
PIP_LINE = ".venv/bin/pip install --require-hashes -r requirements.lock"


def serif_file(weight: int) -> Path:
    return VENDORED / WEIGHT_FILES[weight]


def font_files() -> tuple[Path, ...]:
    """Every font file that may draw a document; each real file once."""
    found = [
        *(serif_file(weight) for weight in WEIGHT_FILES),
        *_packaged_files(),
        *OPTIONAL_FILES,
    ]
    real = {path.resolve(): None for path in found if path.exists()}
    return tuple(real)


def _packaged_files() -> list[Path]:
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent
    return [folder / "NotoSerifSC-Regular.otf", folder / "NotoSansSC-Regular.otf"]


@cache
def coverage(path: Path) -> frozenset[int]:
    return frozenset(hb.Face(hb.Blob.from_file_path(str(path))).unicodes)


@cache
def serif_coverage() -> frozenset[int]:
    """What can be drawn in a serif face; a Sans character inside a serif line counts as missing."""
    serif = [path for path in font_files() if "Sans" not in path.name]
    return frozenset().union(*(coverage(path) for path in serif))


def missing_characters(text: str, own: Collection[str] = ()) -> list[str]:
    """Characters that no font can draw, in order, each once: said before printing, so no empty box is printed.

    `own`: characters that the office has drawn itself.
    """
    known = serif_coverage()
    return [
        character for character in dict.fromkeys(text) if ord(character) not in known and character not in own
    ]


def in_vendored(text: str, weight: int = 700) -> bool:
    """Whether the vendored face of this weight draws every character."""
    return {ord(character) for character in text} <= coverage(serif_file(weight))


def batch_face(characters: frozenset[int], weight: int) -> bytes:
    """The vendored face with these characters alone. Glyphs keep their numbers: a page's bytes do not tell its batch."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(characters & coverage(serif_file(weight)))
    wanted.drop_table_tag_set.update(_tags("vhea", "vmtx", "gasp", "STAT"))
    return bytes(hb.subset(_face(weight), wanted).blob.data)


def _tags(*names: str) -> list[int]:
    return [int.from_bytes(name.encode(), "big") for name in names]


Cutters = Mapping[int, hb.Face]


def cutters(faces: Mapping[int, bytes]) -> Cutters:
    """The faces of a batch, ready to be cut to the glyphs of one page after another."""
    return {weight: hb.Face(hb.Blob(face)) for weight, face in faces.items()}


def cut(face: hb.Face, glyphs: Iterable[int]) -> bytes:
    """The face with these glyphs alone, byte for byte as WeasyPrint embeds it."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(_tags(*DROPPED))
    return bytes(hb.subset(face, wanted).blob.data)


@lru_cache(maxsize=512)
def shaped(text: str, weight: int) -> tuple[tuple[int, int, int], ...]:
    """Each glyph that the vendored face of this weight draws: its number, its advance, its shift."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(hb.Font(_face(weight)), buffer)
    places = zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True)
    return tuple((info.codepoint, place.x_advance, place.x_offset) for info, place in places)


@cache
def square_ideographs() -> frozenset[int]:
    """Ideographs that every vendored weight draws, as wide as high: one may stand in the place of another."""
    common = frozenset.intersection(*(coverage(serif_file(weight)) for weight in WEIGHT_FILES))
    fonts_of = [hb.Font(_face(weight)) for weight in WEIGHT_FILES]
    return frozenset(
        code
        for code in common
        if unicodedata.name(chr(code), "").startswith("CJK UNIFIED IDEOGRAPH")
        and all(font.get_glyph_h_advance(font.get_nominal_glyph(code)) == font.face.upem for font in fonts_of)
    )


@cache
def stand_ins() -> str:
    return "".join(chr(code) for code in sorted(square_ideographs())[:STAND_INS])


@cache
def _face(weight: int) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(serif_file(weight))))


def prepare_fontconfig(folder: Path | None = None) -> Path:
    """Point fontconfig at the project's fonts alone: same bytes on every machine. Call before WeasyPrint loads."""
    folder = folder or Path(os.environ.get("QZ_DATA_DIR", tempfile.gettempdir())) / "cache" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    links = _linked(folder / "files")
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(links))}</dir>\n  <cachedir>{escape(str(folder / 'fontconfig'))}</cachedir>\n"
        "  <config><rescan><int>0</int></rescan></config>\n</fontconfig>\n"
    )
    written = folder / "fonts.conf"
    if not written.exists() or written.read_text(encoding="utf-8") != text:
        part = folder / f"fonts.conf.{os.getpid()}"
        part.write_text(text, encoding="utf-8")
        part.replace(written)
    os.environ["FONTCONFIG_FILE"] = str(written)
    return written


def _linked(folder: Path) -> Path:
    """A folder that holds a link to each font and nothing else: fontconfig takes folders, not files."""
    folder.mkdir(exist_ok=True)
    wanted = {path.name: path for path in font_files()}
    for stale in folder.iterdir():
        if stale.name not in wanted or stale.resolve() != wanted[stale.name]:
            stale.unlink(missing_ok=True)
    for name, path in wanted.items():
        with suppress(FileExistsError):
            (folder / name).symlink_to(path)
    return folder


def font_health() -> list[str]:
    """What keeps documents from being printed, each with the line that mends it; empty when all is well."""
    return [*_font_faults(), *_library_faults()]


def _font_faults() -> list[str]:
    faults = [
        f"The font file {path} is missing. Restore it: git checkout -- qzcompete/fonts"
        for path in (serif_file(weight) for weight in WEIGHT_FILES)
        if not path.exists()
    ]
    packaged = _packaged_files()
    if not packaged or not all(path.exists() for path in packaged):
        faults.append(f"The font package pylopdf-fonts-zh-cn is missing. Install it: {PIP_LINE}")
    return faults


def _library_faults() -> list[str]:
    prepare_fontconfig()
    try:
        from weasyprint.text import ffi  # type: ignore[import-untyped]
    except OSError as error:
        missing = str(error).split(":")[0]
        return [f"PDF pages need the Pango libraries ({missing}). Install them: {APT_LINE}"]
    if ffi.harfbuzz_subset is None:
        return [f"Without libharfbuzz-subset a certificate takes half a minute. Install it: {APT_LINE}"]
    return []


def outlines(text: str, weight: int = 700) -> list[tuple[str, float]]:
    """Each character as an SVG path, one unit to the em with y downwards, and its advance."""
    face = hb.Face(hb.Blob.from_file_path(str(serif_file(weight))))
    font = hb.Font(face)
    scale = 1 / face.upem
    return [_outline(font, character, scale) for character in text]


def _outline(font: hb.Font, character: str, scale: float) -> tuple[str, float]:
    glyph = font.get_nominal_glyph(ord(character))
    if glyph is None:
        raise ValueError(f"no glyph for {character}")
    parts: list[str] = []

    def spots(*values: float) -> str:
        return " ".join(
            f"{value * scale * (-1 if place % 2 else 1):.3f}" for place, value in enumerate(values)
        )

    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda x, y, _: parts.append(f"M{spots(x, y)}"))
    pen.set_line_to_func(lambda x, y, _: parts.append(f"L{spots(x, y)}"))
    pen.set_quadratic_to_func(lambda *values: parts.append(f"Q{spots(*values[:4])}"))
    pen.set_cubic_to_func(lambda *values: parts.append(f"C{spots(*values[:6])}"))
    pen.set_close_path_func(lambda _: parts.append("Z"))
    font.draw_glyph(glyph, pen, None)
    return "".join(parts), font.get_glyph_h_advance(glyph) * scale
