"""Which settings of a class can stand, and how its grant is cut."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from qzcompete.selection.rules.classes import DEFAULTS, cycle_name, instalment_amounts, setting_faults


def test_the_defaults_can_stand() -> None:
    assert [setting_faults(settings) for settings in DEFAULTS.values()] == [[], []]
    assert (DEFAULTS["studio"].quota, DEFAULTS["base"].quota) == (5, 2)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"experts": 6}, ("experts", "odd")),
        ({"experts": 3}, ("experts", "few")),
        ({"trim": 2}, ("trim", "trim")),
        ({"visit_weight": Decimal(20)}, ("review_weight", "weights")),
        ({"instalments": (Decimal(50),)}, ("instalments", "instalments")),
        ({"visits": 4}, ("visits", "visits")),
        ({"reason_above": Decimal(30)}, ("reason_above", "band")),
    ],
)
def test_a_setting_is_refused_when_it_cannot_stand(change: dict, fault: tuple[str, str]) -> None:
    assert fault in setting_faults(replace(DEFAULTS["studio"], **change))


def test_instalments_add_up_when_the_grant_does_not_divide() -> None:
    amounts = instalment_amounts(Decimal("100.00"), [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])

    assert amounts == (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))
    assert sum(instalment_amounts(Decimal("0.05"), [Decimal(50), Decimal(50)])) == Decimal("0.05")


def test_a_cycle_has_two_years() -> None:
    assert cycle_name(2026) == "2026–2027"
