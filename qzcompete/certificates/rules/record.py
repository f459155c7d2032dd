"""The record in a QR code: number, masked name with its proof, award, event, day. The link shall hold no name, so the
one on paper is compared with a short hash. GB 18030, in which a common character takes two bytes."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import astuple, dataclass

from qzcompete.certificates.rules.wording import masked_name

LONGEST_EVENT = 20


@dataclass(frozen=True)
class CodeRecord:
    number: str
    name: str
    proof: str
    award: str
    event: str
    issued_on: str

    def packed(self) -> bytes:
        return "\n".join(astuple(self)).encode("gb18030")


def code_record(number: str, name: str, award: str, event: str, issued_on: str) -> CodeRecord:
    """A long name of an event is cut: the code must stay coarse enough for a phone."""
    short = event if len(event) <= LONGEST_EVENT else event[: LONGEST_EVENT - 1] + "…"
    return CodeRecord(number, masked_name(name), name_proof(number, name), award, short, issued_on)


def name_proof(number: str, name: str) -> str:
    """Eight signs by which a name that is typed is compared with the one of the certificate."""
    digest = hashlib.sha256(f"{number}\n{name.strip()}".encode()).digest()
    return base64.b32encode(digest[:5]).decode()


def read_record(packed: bytes) -> CodeRecord | None:
    try:
        parts = packed.decode("gb18030").split("\n")
    except UnicodeDecodeError:
        return None
    return CodeRecord(*parts) if len(parts) == 6 else None
