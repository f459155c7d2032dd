"""Certificates as PDF: text and design to pages. Touches no table, no request and no clock."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path

from markupsafe import Markup

from qzcompete.adapters import fonts, images, pdf
from qzcompete.adapters.batches import BatchPress
from qzcompete.adapters.glyphs import Glyph, own_face
from qzcompete.adapters.sheet import Attachment, Box, Sheet
from qzcompete.certificates.phrases import paragraphs, phrase
from qzcompete.certificates.rules import fitting, guilloche, seal, wording
from qzcompete.certificates.rules.design import DESIGNS, Design
from qzcompete.certificates.rules.text import CertificateText

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "certificates"
# So many pages are held as HTML at a time.
WINDOW = 200
SAMPLE_FOOT = "样本 SAMPLE"
MICROTEXT = "钦州市职业技能竞赛 · QINZHOU VOCATIONAL SKILLS COMPETITION · "


@dataclass(frozen=True)
class Layout:
    """Where the parts of one of our designs lie, in millimetres."""

    page: tuple[float, float]
    qr: Box
    photo: Box | None
    seal_at: tuple[float, float]
    # Where a picture of the signature fits, left of the seal; a plate has none.
    signature: Box | None
    # Size and room of the line with who signs.
    signer: tuple[float, float] = (5.4, 108.0)
    seal_radius: float = 20.5


@dataclass(frozen=True)
class Extras:
    """What an office adds to a design: JPEG for the ground, PNG for the signature, characters that no font draws."""

    ground: bytes = b""
    signature: bytes = b""
    glyphs: tuple[Glyph, ...] = ()


NO_EXTRAS = Extras()


LAYOUTS = {
    "award": Layout(
        (297.0, 210.0),
        Box(38.5, 132.0, 27.0, 27.0),
        Box(35.3, 68.3, 33.4, 46.8),
        (228.0, 163.0),
        Box(152.0, 154.0, 36.0, 15.0),
    ),
    "grade": Layout(
        (210.0, 297.0),
        Box(33.0, 222.0, 27.0, 27.0),
        Box(146.0, 113.0, 30.0, 42.0),
        (148.0, 237.0),
        Box(74.0, 229.0, 36.0, 15.0),
        (5.0, 74.0),
        20.0,
    ),
    "plaque": Layout((297.0, 210.0), Box(34.0, 148.0, 24.0, 24.0), None, (0.0, 0.0), None, (8.0, 190.0)),
    "letter": Layout(
        (210.0, 297.0),
        Box(31.0, 222.0, 25.0, 25.0),
        None,
        (146.0, 231.0),
        Box(68.0, 223.0, 36.0, 15.0),
        (5.0, 84.0),
        19.0,
    ),
}


def render_award_certificates(
    texts: Sequence[CertificateText], *, sample: bool = False, compiled: bool = True
) -> Iterator[bytes]:
    """`render_certificates` in our own design of an award certificate. Stable interface."""
    return render_certificates(texts, DESIGNS["award"], sample=sample, compiled=compiled)


def render_certificates(
    texts: Sequence[CertificateText],
    design: Design,
    *,
    sample: bool = False,
    extras: Extras = NO_EXTRAS,
    compiled: bool = True,
) -> Iterator[bytes]:
    """One PDF/A-3a per text, in order, made as it is asked for; `compiled` is faster and gives the same bytes.

    `sample` prints 样本 SAMPLE across and into the seal. Same text, same bytes, alone or in a batch. Raises `pdf.MissingGlyph` (naming the characters) before anything is made,
    `pdf.DoesNotFit`, `pdf.Unavailable`; all are `pdf.PdfError`.
    """
    said = "".join(str(value) for value in design.document().values())
    own = {glyph.character for glyph in extras.glyphs}
    missing = fonts.missing_characters(
        said.replace("\n", "") + "".join(text.printed() for text in texts), own
    )
    if missing:
        raise pdf.MissingGlyph(missing)
    return _printed(texts, design, sample, extras, compiled)


def _printed(
    texts: Sequence[CertificateText], design: Design, sample: bool, extras: Extras, compiled: bool
) -> Iterator[bytes]:
    for committee, group in groupby(texts, key=lambda text: text.committee):
        press = _press(design, committee, sample, extras)
        while window := list(islice(group, WINDOW)):
            yield from press.print([sheet(text, design) for text in window], compiled=compiled)


@lru_cache(maxsize=8)
def _press(design: Design, committee: str, sample: bool, extras: Extras) -> BatchPress:
    art = pdf.compile_artwork(artwork_page(design, committee, sample, extras), art_css(design))
    return BatchPress(_source(f"{design.layout}.css"), art, own_face(extras.glyphs) if extras.glyphs else b"")


def art_css(design: Design) -> str:
    return _source("art.css") + _source(f"{design.layout}_art.css")


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def plain(html: str) -> str:
    """The words without their marks, to be measured and named."""
    return Markup(html).striptags()  # nosec B704


def sheet(text: CertificateText, design: Design) -> Sheet:
    layout = LAYOUTS[design.layout]
    told = replace(text, honorific=text.honorific if design.honorific else "")
    values = phrase_values(told)
    words = phrase(design.wording, values)
    title = phrase(design.title, values).html
    if len(plain(words.html)) > fitting.LONGEST_SENTENCE and design.layout == "award":
        raise pdf.DoesNotFit(f"The text does not fit its page: {text.number} {text.name}")
    html = (
        pdf.templates(TEMPLATES)
        .get_template(f"{design.layout}.html")
        .render(
            text=told,
            design=design,
            title=title,
            sentence=words.html,
            paragraphs=paragraphs(words.html),
            closing=paragraphs(phrase(design.closing, values).html),
            date=wording.chinese_date(text.issued_on),
            signer=design.signer or text.committee,
            name=fitting.fitted_name(text.name),
            weight=900 if fonts.in_vendored(text.name, 900) else 400,
            award_spread=fitting.award_spread(text.award),
            signer_size=fitting.line_size(design.signer or text.committee, *layout.signer),
            title_size=fitting.line_size(plain(title), 19, 208),
            name_size=fitting.line_size(text.name, 13, 220),
            density=fitting.density(plain(words.html), "、".join(text.members)),
        )
    )
    pictures = [(images.qr_code(text.verify_url.upper()), layout.qr)]
    if text.photo and layout.photo:
        pictures.append((images.photo(text.photo), layout.photo))
    subject = f"{text.competition} {text.event}".strip()
    name = f"{plain(title)} {text.number} {text.name}"
    return Sheet(html, name, tuple(pictures), subject, attachments(text))


def attachments(text: CertificateText) -> tuple[Attachment, ...]:
    """The signed credential within the file, where there is one."""
    if not text.credential or text.issued_at is None:
        return ()
    described = "Open Badges 3.0 credential (JWT)"
    twin = Attachment(
        "credential.jwt", text.credential.encode(), "application/vc+jwt", described, text.issued_at
    )
    return (twin,)


def phrase_values(text: CertificateText) -> dict[str, str]:
    """What a template may name, of this certificate."""
    return {
        "name": text.name,
        "number": text.number,
        "competition": text.competition,
        "event": text.event,
        "award": text.award,
        "unit": text.unit,
        "instructor": text.instructor,
        "members": "、".join(text.members),
        "total": text.total,
        "place": "" if text.place is None else str(text.place),
        "committee": text.committee,
        "date": wording.chinese_date(text.issued_on),
        "occupation": text.occupation,
        "level": text.level,
        "text": text.text,
    }


def artwork_page(design: Design, committee: str, sample: bool, extras: Extras = NO_EXTRAS) -> str:
    """Everything that is the same on each certificate of a committee. The seal lies under the text, as ink does."""
    layout = LAYOUTS[design.layout]
    drawing = "" if extras.ground else "".join(border_of(design.layout))
    template = pdf.templates(TEMPLATES).get_template("art.html")
    return template.render(
        drawing=drawing + seal_of(design, layout, committee, sample),
        page=layout.page,
        design=design,
        microtext="" if extras.ground else MICROTEXT * 9,
        sample=sample,
        ground=data_uri("image/jpeg", extras.ground),
        signature=data_uri("image/png", extras.signature) if layout.signature else "",
        signature_box=layout.signature,
    )


def data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if content else ""


def seal_of(design: Design, layout: Layout, committee: str, sample: bool) -> str:
    """The seal, from the name of who signs; a plate has none."""
    if design.layout == "plaque":
        return ""
    foot = SAMPLE_FOOT if sample else design.seal_foot
    stamp = seal.seal(_glyphs(design.seal or design.signer or committee), _glyphs(foot), layout.seal_radius)
    return f'<g transform="translate({layout.seal_at[0]} {layout.seal_at[1]})">{stamp}</g>'


def border_of(layout: str) -> list[str]:
    page = LAYOUTS[layout].page
    if layout == "award":
        return [
            guilloche.waves(23.8, 273.2, 186.2),
            guilloche.watermark(148.5, 108.0),
            guilloche.border(),
            guilloche.divider(148.5, 60.4, 44.0),
        ]
    if layout == "grade":
        return [
            guilloche.waves(23.8, 186.2, 273.2),
            guilloche.watermark(105.0, 150.0),
            guilloche.border(page),
            guilloche.divider(105.0, 73.0, 44.0),
        ]
    if layout == "letter":
        return [
            guilloche.watermark(105.0, 150.0),
            guilloche.slim_border(page),
            guilloche.divider(105.0, 66.0, 30.0),
        ]
    return [guilloche.plate(page)]


def _glyphs(text: str) -> list[seal.Glyph]:
    return [seal.Glyph(path, advance) for path, advance in fonts.outlines(text)]
