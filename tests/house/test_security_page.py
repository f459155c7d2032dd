"""docs/security.md names only files that there are, and goes through every chapter of ASVS 5.0."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:qzcompete|tests|templates|static|deploy|docs)/[\w./-]+)`", PAGE))

    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_chapter_is_gone_through() -> None:
    chapters = {
        int(number)
        for line in PAGE.splitlines()
        if line.startswith("## ")
        for number in re.findall(r"V(\d+)", line)
    }

    assert chapters == set(range(1, 18))


def test_every_row_says_how_and_where_or_why_not() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| V")]

    silent = [row[0] for row in rows if not row[2].strip() and not re.search(r"not |none", row[1])]

    assert len(rows) > 45
    assert silent == []
