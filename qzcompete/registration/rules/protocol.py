"""Checks the public protocol of a draw by making it again, step by step. Trusts nothing that the protocol says.

A protocol holds algorithm, event, layers, numbers, commitment; after the end also seed, order and drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qzcompete.registration.rules.draw import (
    ALGORITHM,
    LAYERS,
    commitment,
    drawing_order,
    drawn_layers,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was made again: what the protocol says, and what came out."""

    name: str
    said: str
    computed: str

    @property
    def holds(self) -> bool:
        return self.said == self.computed


class NotVerifiable(ValueError):
    """The protocol cannot be checked; the text says why."""


def verified(protocol: Mapping[str, Any]) -> list[Step]:
    """Every step of the draw with what the protocol says of it. Raises NotVerifiable."""
    event, layers, numbers, seed = readable(protocol)
    steps = [Step("commitment", str(protocol.get("commitment")), commitment(event, layers, seed, numbers))]
    order = protocol.get("order")
    steps.append(Step("order", line(order), line(drawing_order(seed, numbers))))
    said = drawn_of(protocol, layers)
    for layer, codes in zip(drawn_layers(seed, layers, numbers), said, strict=True):
        steps.append(Step(layer.kind, pairs(codes), pairs(layer.codes)))
    return steps


def readable(protocol: Mapping[str, Any]) -> tuple[str, int, list[str], str]:
    if protocol.get("algorithm") != ALGORITHM:
        raise NotVerifiable(f"the algorithm is not {ALGORITHM}")
    seed, layers, event = protocol.get("seed"), protocol.get("layers"), protocol.get("event")
    if not isinstance(seed, str) or not seed:
        raise NotVerifiable("the seed is not revealed yet")
    if not isinstance(event, str) or type(layers) is not int or layers not in LAYERS:
        raise NotVerifiable("event or layers are missing")
    return event, layers, list_of_text(protocol.get("numbers")), seed


def list_of_text(value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise NotVerifiable("the list of entry numbers is missing")
    if len(set(value)) < len(value):
        raise NotVerifiable("an entry number is there twice")
    if any("\n" in one for one in value):
        raise NotVerifiable("an entry number has a line feed")
    return value


def drawn_of(protocol: Mapping[str, Any], layers: int) -> list[Mapping[str, str]]:
    drawn = protocol.get("drawn")
    if not isinstance(drawn, list) or len(drawn) != layers:
        raise NotVerifiable("the drawn codes are missing")
    codes = [one.get("codes") if isinstance(one, Mapping) else None for one in drawn]
    if not all(isinstance(one, Mapping) for one in codes):
        raise NotVerifiable("the drawn codes are missing")
    return codes  # type: ignore[return-value]


def line(value: Any) -> str:
    return " ".join(str(one) for one in value) if isinstance(value, list) else ""


def pairs(codes: Mapping[str, str]) -> str:
    return " ".join(f"{outer}→{codes[outer]}" for outer in sorted(codes, key=str))
