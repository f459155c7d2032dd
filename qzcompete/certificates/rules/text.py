"""What is printed on one certificate, as plain values; where they come from is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CertificateText:
    """`verify_url` is put into the QR code in upper case, so its path and token must be valid in upper case."""

    number: str
    name: str
    competition: str
    event: str
    award: str
    committee: str
    issued_on: date
    verify_url: str
    unit: str = ""
    honorific: str = "同学"
    members: tuple[str, ...] = ()
    instructor: str = ""
    total: str = ""
    place: int | None = None
    photo: bytes | None = None
    occupation: str = ""
    level: str = ""
    text: str = ""
    # Labels and values of a form: the fields of a grade certificate.
    facts: tuple[tuple[str, str], ...] = ()
    # The signed twin for machines, and when it was issued.
    credential: str = ""
    issued_at: datetime | None = None

    def printed(self) -> str:
        """All characters that the data brings to the page, to be looked up in the fonts before printing."""
        parts = (
            self.number,
            self.name,
            self.competition,
            self.event,
            self.award,
            self.committee,
            self.unit,
        )
        told = [sign for pair in self.facts for sign in pair]
        more = (
            self.honorific,
            *self.members,
            self.instructor,
            self.total,
            self.occupation,
            self.level,
            self.text,
        )
        return "".join((*parts, *more, *told))
