"""Builds the certificate fonts of qzcompete/fonts from the whole OFL fonts of npm @expo-google-fonts/noto-serif-sc.

Keeps GB 2312, the 8,105 characters of 通用规范汉字表 (tools/tongyong_8105.txt), Latin and punctuation. Run by hand:

    npm pack @expo-google-fonts/noto-serif-sc@0.4.3 && tar xzf expo-google-fonts-*.tgz
    python tools/build_fonts.py package/
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "qzcompete" / "fonts"
SOURCE_PACKAGE = "@expo-google-fonts/noto-serif-sc 0.4.3 (npm)"
FAMILY = "Qinzhou Serif"
WEIGHTS = {
    "Regular": ("400Regular/NotoSerifSC_400Regular.ttf", 400),
    "Bold": ("700Bold/NotoSerifSC_700Bold.ttf", 700),
    "Black": ("900Black/NotoSerifSC_900Black.ttf", 900),
}
# Latin with the accents of European names and pinyin, general punctuation, arrows and marks, CJK signs, full-width forms.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x1CD, 0x1DC),
    (0x2010, 0x2027),
    (0x2030, 0x203B),
    (0x2103, 0x2122),
    (0x2150, 0x218B),
    (0x3000, 0x301F),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE5),
)


def standard_characters() -> set[int]:
    gb2312 = {
        ord(bytes((high, low)).decode("gb2312"))
        for high in (*range(0xA1, 0xAA), *range(0xB0, 0xF8))
        for low in range(0xA1, 0xFF)
        if _is_gb2312(high, low)
    }
    table = (ROOT / "tools" / "tongyong_8105.txt").read_text(encoding="utf-8")
    ranges = {code for first, last in RANGES for code in range(first, last + 1)}
    return gb2312 | {ord(character) for character in table if not character.isspace()} | ranges


def _is_gb2312(high: int, low: int) -> bool:
    try:
        bytes((high, low)).decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def subset(source: bytes, characters: set[int]) -> bytes:
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(characters)
    # Vertical forms and language variants are never asked for; they only swell the file.
    for feature in (
        "vert",
        "vrt2",
        "vpal",
        "vhal",
        "vkrn",
        "vchw",
        "ruby",
        "hwid",
        "locl",
        "aalt",
    ):
        wanted.layout_feature_tag_set.discard(int.from_bytes(feature.encode(), "big"))
    return bytes(hb.subset(hb.Face(source), wanted).blob.data)


def rename(font: bytes, style: str, weight: int) -> bytes:
    """One file, one family and weight: two files that share both print wrong characters."""
    with TTFont(io.BytesIO(font), recalcTimestamp=False, lazy=True) as opened:
        opened["name"].names = [record for record in opened["name"].names if record.nameID in (0, 5, 13, 14)]
        full, postscript = f"{FAMILY} {style}", f"{FAMILY.replace(' ', '')}-{style}"
        values = {
            1: full if style == "Black" else FAMILY,
            2: "Regular" if style == "Black" else style,
        }
        values |= {3: postscript, 4: full, 6: postscript, 16: FAMILY, 17: style}
        for number, value in values.items():
            opened["name"].setName(value, number, 3, 1, 0x409)
        opened["OS/2"].usWeightClass = weight
        opened["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
        opened["head"].macStyle = 1 if style == "Bold" else 0
        level_digits(opened)
        written = io.BytesIO()
        opened.save(written, reorderTables=None)
    return written.getvalue()


def level_digits(font: TTFont) -> None:
    """All digits as wide as the nought: numbers stand under each other, and one takes the place of another."""
    names = [font.getBestCmap()[ord(digit)] for digit in "0123456789"]
    width = font["hmtx"][names[0]][0]
    for name in names:
        advance, left = font["hmtx"][name]
        shift = (width - advance) // 2
        font["glyf"][name].coordinates.translate((shift, 0))
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, left + shift)


def main(package: Path) -> None:
    characters = standard_characters()
    manifest = {
        "source": SOURCE_PACKAGE,
        "licence": "OFL-1.1 (OFL.txt)",
        "family": FAMILY,
        "files": {},
    }
    for style, (name, weight) in WEIGHTS.items():
        source = (package / name).read_bytes()
        built = rename(subset(source, characters), style, weight)
        path = TARGET / f"QinzhouSerif-{style}.ttf"
        path.write_bytes(built)
        manifest["files"][path.name] = {
            "weight": weight,
            "characters": len(hb.Face(built).unicodes),
            "sha256": hashlib.sha256(built).hexdigest(),
            "source_sha256": hashlib.sha256(source).hexdigest(),
        }
        print(path.name, len(built), manifest["files"][path.name]["characters"])
    (TARGET / "OFL.txt").write_bytes((package / "LICENSE_FONT").read_bytes())
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
