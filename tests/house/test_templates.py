"""Pages bring no script or style of their own beside the files that the content policy allows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
# Printed documents are no pages: WeasyPrint lays them out and no browser ever opens them.
PRINTED = (
    *(f"certificates/{name}.html" for name in ("award", "grade", "plaque", "letter", "art")),
    "layouts/document.html",
)
FORBIDDEN = {
    "a handler in the page": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "a style in the page": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE),
    "a script without a nonce": re.compile(r"<script\b(?![^>]*\bnonce=)", re.IGNORECASE),
    "something from elsewhere": re.compile(r"""(?:src|href)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE),
    "unescaped text, other than of the page itself": re.compile(r"""(?<!['"])\|\s*safe\b"""),
}


def pages() -> list[str]:
    found = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    return sorted(name for name in found if name not in PRINTED)


def test_there_are_pages_to_look_at() -> None:
    assert len(pages()) > 40


@pytest.mark.parametrize("name", pages())
def test_a_page_holds_markup_only(name: str) -> None:
    text = (TEMPLATES / name).read_text()

    assert [fault for fault, pattern in FORBIDDEN.items() if pattern.search(text)] == []


# What is translated, what is said of the code, and the sample of our type.
SPOKEN = re.compile(r"""_\(\s*"(?:[^"\\]|\\.)*"|\{#.*?#\}|<p>2026年.*?</p>""", re.DOTALL)


@pytest.mark.parametrize("name", [name for name in pages() if "print" not in name])
def test_a_page_brings_no_chinese_sign_into_english(name: str) -> None:
    """Signs between words come from colon(), comma(), listed and bracketed."""
    text = SPOKEN.sub("", (TEMPLATES / name).read_text())

    assert re.findall("[，。；：（）、！？“”《》]", text) == []
