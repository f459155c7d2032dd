"""Forms and words of selections, one file per actor."""

from __future__ import annotations

from typing import Any


class Needed:
    """Shows a field as one that must be filled; whether it is, the section's rules say."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        return
