"""What an anchor's hash covers, and how a list of anchors is written down. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

START = "0" * 64
LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) ([0-9a-f]{64})")
End = Sequence[Any]


def anchor_hash(day: str, rows: int, ends: Iterable[End], previous: str) -> str:
    """SHA-256 over the canonical JSON of [day, rows, ends, previous], in hex."""
    told = [day, rows, [list(end) for end in ends], previous]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def kept_anchors(text: str) -> dict[str, str]:
    """day -> hash of every line of a list that somebody kept; other lines say nothing."""
    return {found[1]: found[2] for line in text.splitlines() if (found := LINE.fullmatch(line.strip()))}
