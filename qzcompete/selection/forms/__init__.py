"""Forms and words of selections, one file per actor."""

from __future__ import annotations

import re
from typing import Any


class Needed:
    """Shows a field as one that must be filled; whether it is, the section's rules say."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return


def listed(text: str | None) -> list[str]:
    """What was typed as a list, by commas of either script or one to a line."""
    return [one.strip() for one in re.split(r"[、，,\n]", text or "") if one.strip()]
