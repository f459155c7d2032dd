"""Award certificates as PDF: text and template to pages. Touches no table, no request and no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from qzcompete.adapters import fonts, pdf
from qzcompete.certificates.rules import fitting, guilloche, seal, wording
from qzcompete.certificates.rules.text import CertificateText

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "certificates"
PHOTO = pdf.Box(35.3, 68.3, 33.4, 46.8)
QR = pdf.Box(38.5, 132.0, 27.0, 27.0)
SEAL_AT = (228.0, 163.0)
SEAL_FOOT = "证书专用章"
SAMPLE_FOOT = "样本 SAMPLE"
MICROTEXT = "钦州市职业技能竞赛 · QINZHOU VOCATIONAL SKILLS COMPETITION · "


def render_award_certificates(texts: Sequence[CertificateText], *, sample: bool = False) -> Iterator[bytes]:
    """One PDF/A-3a per text, in order, made as it is asked for. Stable interface.

    `sample` prints 样本 SAMPLE across and into the seal. Same text, same bytes, alone or in a batch. Raises `pdf.MissingGlyph` (naming the
    characters) before anything is made, `pdf.DoesNotFit`, `pdf.Unavailable`; all are `pdf.PdfError`.
    """
    missing = fonts.missing_characters("".join(text.printed() for text in texts))
    if missing:
        raise pdf.MissingGlyph(missing)
    return _printed(texts, sample)


def _printed(texts: Sequence[CertificateText], sample: bool) -> Iterator[bytes]:
    for committee, group in groupby(texts, key=lambda text: text.committee):
        yield from _press(committee, sample).print([award_sheet(text) for text in group])


@lru_cache(maxsize=8)
def _press(committee: str, sample: bool) -> pdf.BatchPress:
    return pdf.BatchPress(_source("award.css"), _artwork(committee, sample))


def _source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def award_sheet(text: CertificateText) -> pdf.Sheet:
    sentence = wording.award_sentence(text.competition, text.event)
    if len(sentence) > fitting.LONGEST_SENTENCE:
        raise pdf.DoesNotFit(f"The text does not fit its page: {text.number} {text.name}")
    html = (
        pdf.templates(TEMPLATES)
        .get_template("award.html")
        .render(
            text=text,
            sentence=sentence,
            date=wording.chinese_date(text.issued_on),
            name=fitting.fitted_name(text.name),
            weight=900 if fonts.in_vendored(text.name, 900) else 400,
            award_spread=fitting.award_spread(text.award),
            committee_size=fitting.line_size(text.committee, 5.4, 108),
            density=fitting.density(sentence, "、".join(text.members)),
        )
    )
    images = [(pdf.qr_code(text.verify_url.upper()), QR)]
    if text.photo:
        images.append((pdf.photo(text.photo), PHOTO))
    return pdf.Sheet(
        html,
        f"荣誉证书 {text.number} {text.name}",
        tuple(images),
        f"{text.competition} {text.event}",
    )


def _artwork(committee: str, sample: bool) -> pdf.Artwork:
    return pdf.compile_artwork(artwork_page(committee, sample), _source("award_art.css"))


def artwork_page(committee: str, sample: bool) -> str:
    """Everything that is the same on each certificate of a committee. The seal lies under the text, as ink does."""
    stamp = seal.seal(_glyphs(committee), _glyphs(SAMPLE_FOOT if sample else SEAL_FOOT))
    drawing = [
        guilloche.waves(23.8, 273.2, 186.2),
        guilloche.watermark(148.5, 108.0),
        guilloche.border(),
        guilloche.divider(148.5, 60.4, 44.0),
        f'<g transform="translate({SEAL_AT[0]} {SEAL_AT[1]})">{stamp}</g>',
    ]
    template = pdf.templates(TEMPLATES).get_template("award_art.html")
    return template.render(drawing="".join(drawing), microtext=MICROTEXT * 9, sample=sample)


def _glyphs(text: str) -> list[seal.Glyph]:
    return [seal.Glyph(path, advance) for path, advance in fonts.outlines(text)]
