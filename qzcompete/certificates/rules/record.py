"""The record in a QR code: number, name, award, event, day. GB 18030, in which a common character takes two bytes."""

from __future__ import annotations

from dataclasses import astuple, dataclass

LONGEST_EVENT = 20


@dataclass(frozen=True)
class CodeRecord:
    number: str
    name: str
    award: str
    event: str
    issued_on: str

    def packed(self) -> bytes:
        return "\n".join(astuple(self)).encode("gb18030")


def code_record(number: str, name: str, award: str, event: str, issued_on: str) -> CodeRecord:
    """A long name of an event is cut: the code must stay coarse enough for a phone."""
    short = event if len(event) <= LONGEST_EVENT else event[: LONGEST_EVENT - 1] + "…"
    return CodeRecord(number, name, award, short, issued_on)


def read_record(packed: bytes) -> CodeRecord | None:
    try:
        parts = packed.decode("gb18030").split("\n")
    except UnicodeDecodeError:
        return None
    return CodeRecord(*parts) if len(parts) == 5 else None
