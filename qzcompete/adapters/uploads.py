"""What people upload: told by its content, never by its name; parsed or drawn anew before it is kept.

Refused: what is too large, what is none of the kinds asked for, broken or encrypted PDFs, PDFs that act by themselves,
pictures that cannot be drawn, and what the virus scanner names. Tables of .xlsx are read by `sheets`.
"""

from __future__ import annotations

import hashlib
import io
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pikepdf
import puremagic
from flask import current_app, has_app_context
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from qzcompete.core.errors import RuleBroken

PDF = "application/pdf"
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SUFFIXES = {PDF: ".pdf", "image/jpeg": ".jpg"}
DOCUMENTS = frozenset({PDF, *PICTURES})

MOST_PIXELS = 50_000_000
LONGEST_EDGE = 2560
QUALITY = 85
SCANNER_PATIENCE = 20
SCANNED_AT_ONCE = 2**16


@dataclass(frozen=True)
class Upload:
    """`content` as it is kept: a PDF as it came, a picture as a JPEG of our own making; `kind` is its media type."""

    content: bytes
    kind: str
    digest: str
    pages: int = 1

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.kind]


def checked_upload(
    content: bytes, kinds: Collection[str] = DOCUMENTS, most_bytes: int = 20 * 2**20
) -> Upload:
    """The upload, fit to be kept; raises RuleBroken (too_large, empty, wrong_kind, broken_pdf, broken_picture, virus)."""
    if not content:
        raise RuleBroken(_l("The file is empty. Choose another."), code="empty")
    if len(content) > most_bytes:
        raise RuleBroken(
            _l("The file is larger than %(most)s MB. Choose a smaller one.", most=most_bytes // 2**20),
            code="too_large",
        )
    kind = true_kind(content)
    if kind not in kinds:
        raise RuleBroken(
            _l(
                "This is no file of the kinds asked for (%(kinds)s), whatever its name says. Choose another.",
                kinds=", ".join(sorted(one.rpartition("/")[2].upper() for one in kinds)),
            ),
            code="wrong_kind",
        )
    refuse_viruses(content)
    if kind == PDF:
        return Upload(content, PDF, hashlib.sha256(content).hexdigest(), pdf_pages(content))
    drawn = drawn_picture(content)
    if drawn is None:
        raise RuleBroken(
            _l("The picture cannot be read. Save it again and send that."), code="broken_picture"
        )
    return Upload(drawn, "image/jpeg", hashlib.sha256(drawn).hexdigest())


def true_kind(content: bytes) -> str:
    """The media type that the first bytes tell, or nothing."""
    try:
        return str(puremagic.from_string(content[: 2**16], mime=True))
    except puremagic.PureError:
        return ""


def pdf_pages(content: bytes) -> int:
    """The number of pages; a PDF that cannot be parsed, needs a password or acts by itself is refused."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            acting = any(acts(one) for one in document.objects)
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise RuleBroken(_l("The PDF has a password. Save it without one."), code="broken_pdf") from None
    except (pikepdf.PdfError, RecursionError, ValueError):
        raise RuleBroken(_l("The PDF is damaged. Print it to a PDF again."), code="broken_pdf") from None
    if acting or not pages:
        raise RuleBroken(
            _l("The PDF holds programs or no page at all. Print it to a PDF again."), code="broken_pdf"
        )
    return pages


def acts(one: Any) -> bool:
    """Whether the object, or what is written inside it, is an action that runs or fetches something."""
    if isinstance(one, pikepdf.Array):
        return any(acts(part) for part in one if not getattr(part, "is_indirect", False))
    if not isinstance(one, pikepdf.Dictionary):
        return False
    if "/JS" in one or str(one.get("/S", "")) in ("/JavaScript", "/Launch", "/ImportData"):
        return True
    return any(acts(part) for _name, part in one.items() if not getattr(part, "is_indirect", False))


def drawn_picture(content: bytes) -> bytes | None:
    """The picture as a JPEG of our own making, upright, at most 2560 pixels long; None for what is no picture.

    Nothing of camera and place stays.
    """
    # WeasyPrint lets half pictures pass, in the whole process; what is uploaded must be whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES.values())) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            bare = Image.new("RGB", upright.size, "white")
            whole = upright.convert("RGBA")
            bare.paste(whole, mask=whole.getchannel("A"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def refuse_viruses(content: bytes) -> None:
    """Ask clamd where one is set; one that does not answer lets nothing pass."""
    address = current_app.config["QZ"].virus_scanner if has_app_context() else ""
    if not address:
        return
    try:
        verdict = scanned(address, content)
    except OSError:
        raise RuleBroken(
            _l("The virus scanner does not answer. Try again in some minutes."), code="scanner_silent"
        ) from None
    if not verdict.endswith("OK"):
        raise RuleBroken(_l("The virus scanner refuses this file."), code="virus")


def scanned(address: str, content: bytes) -> str:
    """clamd's verdict by its INSTREAM command: lengths of four bytes, a zero at the end."""
    host, _colon, port = address.rpartition(":")
    where = address if address.startswith("/") else (host, int(port))
    with socket.socket(socket.AF_UNIX if address.startswith("/") else socket.AF_INET) as line:
        line.settimeout(SCANNER_PATIENCE)
        line.connect(where)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), SCANNED_AT_ONCE):
            part = content[start : start + SCANNED_AT_ONCE]
            line.sendall(len(part).to_bytes(4, "big") + part)
        line.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
