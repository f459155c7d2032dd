"""Writes the characters that no font draws: an officer's drawing, kept once and never changed under a certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from qzcompete.adapters import fonts
from qzcompete.adapters.glyphs import read_outline
from qzcompete.adapters.pdf import PdfError
from qzcompete.certificates.models import Certificate, OwnGlyph
from qzcompete.core import audit
from qzcompete.core.actor import CITY, Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import NotFound, RuleBroken
from qzcompete.core.permissions import permit
from qzcompete.extensions import db


def draw_glyph(actor: Actor, character: str, drawing: bytes, source: str) -> OwnGlyph:
    """Refused: what a font draws already, and drawings that cannot be read; `source` tells where the form is from."""
    permit(actor, "template.edit", CITY)
    if len(character) != 1:
        raise RuleBroken(_l("Type one character."), field="character")
    if not fonts.missing_characters(character):
        raise RuleBroken(_l("The fonts draw this character already."), field="character")
    try:
        outline = read_outline(drawing)
    except PdfError as error:
        raise RuleBroken(_l("The drawing cannot be used: %(why)s.", why=str(error)), field="file") from error
    glyph = OwnGlyph(
        character=character,
        outline=outline,
        source=source.strip(),
        created_at=now(),
        created_by=actor.account_id,
    )
    db.session.add(glyph)
    db.session.flush()
    audit.record(
        actor,
        "glyph.drawn",
        f"glyph:U+{ord(character):04X}",
        after={"source": glyph.source, "outline": outline},
    )
    return glyph


def drop_glyph(actor: Actor, glyph_id: int) -> None:
    """Refused once a certificate shows the character: its file could not be made again."""
    permit(actor, "template.edit", CITY)
    glyph = db.session.get(OwnGlyph, glyph_id)
    if glyph is None:
        raise NotFound()
    shows = Certificate.name.contains(glyph.character, autoescape=True)
    if db.session.scalar(select(Certificate.id).where(shows).limit(1)):
        raise RuleBroken(_l("A certificate shows this character; its drawing stays."), code="glyph_used")
    db.session.delete(glyph)
    db.session.flush()
    audit.record(
        actor, "glyph.dropped", f"glyph:U+{ord(glyph.character):04X}", before={"outline": glyph.outline}
    )
