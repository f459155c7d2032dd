"""Reads JSON strictly: every value is checked for its exact type, every fault is collected with its place.

A reading that fails gives a harmless stand-in, so that the reading goes on and finds the other faults too.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qzcompete.core.numbers import NotADecimal, decimal_text, parse_decimal
from qzcompete.marking.rules.faults import Fault, Refused

LONGEST_CODE = 100
DEEPEST = 8


def read_json(text: str | bytes) -> Any:
    """Parse a JSON text; a repeated key, NaN or a broken text is refused."""
    repeated: list[Fault] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated.extend(Fault("", "repeated_key", {"key": key}) for key in members if keys.count(key) > 1)
        return members

    def no_constant(name: str) -> None:
        raise ValueError(f"{name} is no number")

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused([Fault("", "not_json", {"reason": str(error)})]) from error
    if repeated:
        raise Refused(repeated)
    return document


def is_code(value: object) -> bool:
    """A code is a short printable text without blanks at its ends."""
    return (
        type(value) is str
        and 0 < len(value) <= LONGEST_CODE
        and value.isprintable()
        and value == value.strip()
    )


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON value, where it stands, and the list that its faults go to."""

    value: Any
    place: str
    faults: list[Fault]

    def fault(self, kind: str, /, **params: str | int) -> None:
        self.faults.append(Fault(self.place, kind, params))

    def child(self, key: str, value: Any) -> "Node":
        return Node(value, f"{self.place}.{key}" if self.place else key, self.faults)

    def members(self, required: Collection[str], optional: Collection[str] = ()) -> "Members":
        """Read as an object with these keys; others are refused with their place."""
        if type(self.value) is not dict:
            self.fault("not_object")
            return Members(self, {})
        for key in self.value:
            if key not in required and key not in optional:
                self.child(str(key), None).fault("unknown_key")
        for key in required:
            if key not in self.value:
                self.child(key, None).fault("missing")
        return Members(self, self.value)

    def elements(self, *, empty: bool = True) -> list["Node"]:
        """Read as a list."""
        if type(self.value) is not list:
            self.fault("not_list")
            return []
        if not self.value and not empty:
            self.fault("empty_list")
        return [Node(item, f"{self.place}[{i}]", self.faults) for i, item in enumerate(self.value)]

    def code(self) -> str:
        if is_code(self.value):
            return str(self.value)
        self.fault("not_text" if type(self.value) is not str else "not_code", longest=LONGEST_CODE)
        return ""

    def text(self) -> str:
        if type(self.value) is str and not any("\ud800" <= letter <= "\udfff" for letter in self.value):
            return self.value
        self.fault("not_text")
        return ""

    def label(self) -> str:
        """Read as a text or a whole number, such as a day: kept as a text."""
        return str(self.value) if type(self.value) is int else self.text()

    def flag(self) -> bool:
        if type(self.value) is bool:
            return self.value
        self.fault("not_flag")
        return False

    def whole(self, least: int, greatest: int | None = None) -> int:
        """Read as a whole JSON number within bounds."""
        if type(self.value) is not int:
            self.fault("not_whole")
        elif self.value < least:
            self.fault("too_small", least=least)
        elif greatest is not None and self.value > greatest:
            self.fault("too_great", greatest=greatest)
        else:
            return self.value
        return least

    def number(self, *, above: int | None = None, greatest: int | None = None) -> Decimal:
        """Read as a decimal string that is at least 0, or more than `above`."""
        try:
            number = parse_decimal(self.value)
        except NotADecimal:
            self.fault("not_decimal")
            return Decimal(1)
        if above is not None and number <= above:
            self.fault("not_above", bound=above)
        elif number < 0:
            self.fault("too_small", least=0)
        elif greatest is not None and number > greatest:
            self.fault("too_great", greatest=greatest)
        else:
            return number
        return Decimal(1)

    def choice(self, *choices: str) -> str:
        if type(self.value) is str and self.value in choices:
            return self.value
        self.fault("not_choice", choices=", ".join(choices))
        return choices[0]

    def plain(self, depth: int = 0) -> Any:
        """Read as it is: any JSON value without fractions, not too deep."""
        if isinstance(self.value, float) or self.value is None or depth > DEEPEST:
            self.fault("not_plain")
        elif isinstance(self.value, str):
            self.text()
        elif isinstance(self.value, dict):
            for key, item in self.value.items():
                self.child(key, item).plain(depth + 1)
        elif isinstance(self.value, list):
            for item in self.elements():
                item.plain(depth + 1)
        return self.value


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one object; a missing or misplaced one is left to its default."""

    node: Node
    values: dict[str, Any]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def __getitem__(self, key: str) -> Node:
        return self.node.child(key, self.values[key])

    def code(self, key: str) -> str:
        return self[key].code() if key in self.values else ""

    def text(self, key: str) -> str | None:
        return self[key].text() if key in self.values else None

    def label(self, key: str) -> str | None:
        return self[key].label() if key in self.values else None

    def flag(self, key: str, default: bool) -> bool:
        return self[key].flag() if key in self.values else default

    def whole(self, key: str, default: int, least: int, greatest: int | None = None) -> int:
        return self[key].whole(least, greatest) if key in self.values else default

    def number(self, key: str, default: Decimal, *, above: int | None = None) -> Decimal:
        return self[key].number(above=above) if key in self.values else default

    def optional_number(self, key: str) -> Decimal | None:
        return self[key].number() if key in self.values else None

    def choice(self, key: str, default: str, *choices: str) -> str:
        return self[key].choice(*choices) if key in self.values else default

    def elements(self, key: str, *, empty: bool = True) -> list[Node]:
        return self[key].elements(empty=empty) if key in self.values else []

    def refuse(self, keys: Collection[str], owner: str) -> None:
        """Refuse keys that are known, but not for this kind of thing."""
        for key in keys:
            if key in self.values:
                self[key].fault("key_not_for", key=key, owner=owner)


def decimal_member(number: Decimal | None) -> str | None:
    """Write a number as documents carry it."""
    return None if number is None else decimal_text(number)
