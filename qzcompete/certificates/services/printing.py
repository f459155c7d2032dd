"""Prints what was issued: text to pages, pages signed, the file kept by its hash. The same again: the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import lru_cache
from itertools import groupby

from flask import current_app
from flask_babel import lazy_gettext as _l

from qzcompete.adapters import fonts
from qzcompete.adapters.glyphs import Glyph
from qzcompete.adapters.signing.documents import DocumentSigner, document_signer
from qzcompete.adapters.signing.keys import payload_key
from qzcompete.adapters.signing.payload import signed_payload
from qzcompete.certificates import queries
from qzcompete.certificates.credentials import credential
from qzcompete.certificates.documents import Extras, render_certificates
from qzcompete.certificates.models import Certificate
from qzcompete.certificates.queries import TemplateCard
from qzcompete.certificates.rules.design import DESIGNS, Design
from qzcompete.certificates.rules.record import code_record
from qzcompete.certificates.rules.text import CertificateText
from qzcompete.certificates.services.issuing import printed_text
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import CITY, now
from qzcompete.notices.services import post_message
from qzcompete.people.queries import account_of_person


def certificate_text(certificate: Certificate) -> CertificateText:
    return printed_text(certificate.text, certificate.issued_on, verify_url(certificate))


def verify_url(certificate: Certificate) -> str:
    """What the QR code says: the address of the verification and, where keys were made, the signed record."""
    address = f"{current_app.config['QZ'].public_url}/V/{certificate.token}"
    key = payload_key(queries.key_folder())
    if key is None:
        return address
    record = code_record(
        certificate.number,
        certificate.name,
        certificate.award,
        certificate.text.get("event", ""),
        f"{certificate.issued_on:%Y%m%d}",
    )
    return f"{address}/{signed_payload(key, record.packed())}"


def moment_of(certificate: Certificate) -> datetime:
    return certificate.issued_at or datetime.combine(certificate.issued_on, time(12), CITY)


@dataclass(frozen=True)
class ToPrint:
    """All that a file is made from, read before the transaction ends."""

    text: CertificateText
    design: Design
    extras: Extras
    moment: datetime
    sample: bool


def to_print(certificate: Certificate) -> ToPrint:
    text = certificate_text(certificate)
    if certificate.kind == "grade":
        private = json.loads(certificate.private or "{}")
        photo = queries.files().get(certificate.photo_hash) if certificate.photo_hash else None
        text = replace(text, photo=photo, facts=grade_facts(certificate, private))
    key = payload_key(queries.key_folder())
    if key is not None:
        public_url, moment = current_app.config["QZ"].public_url, moment_of(certificate)
        twin = credential(key, public_url, text, certificate.id, moment)
        text = replace(text, credential=twin, issued_at=moment)
    return ToPrint(text, *design_of(certificate, text), moment_of(certificate), certificate.sample)


def design_of(certificate: Certificate, text: CertificateText) -> tuple[Design, Extras]:
    """That of its template; those issued before there were templates have our own."""
    if certificate.template_version_id is None:
        return DESIGNS[certificate.kind], Extras(glyphs=drawn_for(text))
    card = queries.version_card(certificate.template_version_id)
    return card.design, extras_of(card, text)


def extras_of(card: TemplateCard, text: CertificateText) -> Extras:
    """Of its pictures and, of the characters that the office has drawn, those that the text needs."""
    return Extras(_picture(card.ground_hash), _picture(card.signature_hash), drawn_for(text))


def drawn_for(text: CertificateText) -> tuple[Glyph, ...]:
    missing = fonts.missing_characters(text.printed())
    return tuple(glyph for glyph in queries.own_glyphs() if glyph.character in missing) if missing else ()


@lru_cache(maxsize=4)
def _picture(digest: str | None) -> bytes:
    """A file never changes under its hash; a batch holds it once."""
    return queries.files().get(digest) if digest else b""


def grade_facts(certificate: Certificate, private: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The fields of the style notice, in its order."""
    told = certificate.text
    return (
        ("姓名", certificate.name),
        ("证件类型", private.get("kind", "")),
        ("证件号码", private.get("number", "")),
        ("职业名称", told["occupation"]),
        ("工种/职业方向", told["trade"]),
        ("职业技能等级", told["level"]),
        ("证书编号", certificate.number),
    )


def printed_files(certificates: Sequence[Certificate]) -> Iterator[bytes]:
    """One signed file for each, in order; unsigned where no key was made. What it makes later reads no table."""
    told = [to_print(one) for one in certificates]
    signer = document_signer(queries.key_folder(), current_app.config["QZ"].timestamp_url)
    return _printed(told, signer)


def _printed(told: Sequence[ToPrint], signer: DocumentSigner | None) -> Iterator[bytes]:
    for (design, extras, sample), alike in groupby(
        told, key=lambda one: (one.design, one.extras, one.sample)
    ):
        group = list(alike)
        files = render_certificates([one.text for one in group], design, extras=extras, sample=sample)
        for one, content in zip(group, files, strict=True):
            yield signer.sign(content, one.moment) if signer else content


def keep_file(certificate_id: int, content: bytes) -> None:
    """The rendered file of a certificate; rendered again, it is the same."""
    certificate = queries.certificate(certificate_id)
    if certificate.rendered_at is None:
        tell_owner(certificate)
    certificate.file_hash, certificate.rendered_at = queries.files().put(content), now()


def tell_owner(certificate: Certificate) -> None:
    """A message with the page of one's own certificates, and a copy by e-mail where the account names an address."""
    account = account_of_person(certificate.person_id) if certificate.person_id is not None else None
    if account is None:
        return
    post_message(
        SYSTEM,
        "certificates.ready",
        f"certificate:{certificate.id}:ready",
        str(_l("Your certificate %(number)s is ready", number=certificate.number)),
        str(_l("“%(award)s” can be downloaded. Anybody can verify it by its code.", award=certificate.award)),
        account_id=account.id,
        path="/my/certificates",
    )
