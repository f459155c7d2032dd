"""What the docs list is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from qzcompete.config import setting_names

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def test_every_setting_is_in_the_docs_and_no_other() -> None:
    rows = [
        line.split("|")[1]
        for line in (DOCS / "settings.md").read_text().splitlines()
        if line.startswith("| `QZ")
    ]

    listed = [name for row in rows for name in re.findall(r"QZ_[A-Z_]+", row)]

    assert sorted(listed) == sorted(setting_names())
