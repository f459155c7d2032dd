"""One page to be printed in a batch: plain values, no renderer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qzcompete.adapters.images import Raw


@dataclass(frozen=True)
class Box:
    """A place on the page in millimetres from the top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Attachment:
    """A file within the file; its name and description are plain letters."""

    name: str
    content: bytes
    kind: str
    description: str
    made_at: datetime


@dataclass(frozen=True)
class Sheet:
    """One page of a batch: the inner HTML, its own title, the images put on it."""

    html: str
    title: str
    images: tuple[tuple[Raw, Box], ...] = ()
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()
