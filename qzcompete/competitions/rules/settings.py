"""The numbers that a competition's own regulations may set: their defaults, bounds and units.

Where a number comes from stands beside it in `queries.settings`; rule books differ, so none of them is a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Setting:
    """`unit` names what is counted: persons or hours."""

    name: str
    default: str
    least: int
    most: int
    unit: str


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("least_judges", "3", 1, 15, "persons"),
        Setting("judges_per_unit", "2", 1, 20, "persons"),
        Setting("judge_rest_hours", "1", 0, 24, "hours"),
    )
}


def setting_value(name: str, text: str) -> Decimal | None:
    """The number that was typed for this setting; None where it is none, or out of its bounds."""
    setting = SETTINGS[name]
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or value.as_tuple().exponent not in (0, -1):
        return None
    return value if setting.least <= value <= setting.most else None
