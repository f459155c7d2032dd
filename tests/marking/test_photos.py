"""Photos as evidence: what is taken, what is refused, and that nothing of camera and place stays."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.models import Candidate, EvidencePhoto, Recusal
from qzcompete.marking.queries import photo_content
from tests.marking.panel import Tablet, issue, open_panel, seat_of

PHOTO = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def tablet(app: Flask) -> Tablet:
    given = Tablet(app.test_client(use_cookies=False))
    given.enter(qr=issue(open_panel())["J1"].token)
    return given


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "red") -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    Image.new("RGB", size, colour).save(made, kind, exif=exif)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_is_kept_without_its_metadata(tablet: Tablet, kind: str) -> None:
    answer = tablet.photo(picture(kind), id=PHOTO)

    kept = photo_content(seat_of("J1").assessment_id, PHOTO)
    assert answer.json == {"proto": 1, "id": PHOTO, "stored": True}
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"SECRET-CAMERA" not in kept


def test_photo_is_kept_once_when_it_comes_twice(tablet: Tablet) -> None:
    first, again = (tablet.photo(picture(), id=PHOTO) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert len(db.session.scalars(select(EvidencePhoto.id)).all()) == 1


def test_other_bytes_under_a_known_id_are_refused(tablet: Tablet) -> None:
    tablet.photo(picture(), id=PHOTO)

    answer = tablet.photo(picture(colour="blue"), id=PHOTO)

    assert (answer.status_code, answer.json["code"]) == (409, "key_reuse")  # type: ignore[index]


def test_large_photo_is_made_smaller(tablet: Tablet) -> None:
    tablet.photo(picture(size=(4000, 1000)), id=PHOTO)

    kept = Image.open(io.BytesIO(photo_content(seat_of("J1").assessment_id, PHOTO)))

    assert kept.size == (2560, 640)


@pytest.mark.parametrize(
    ("content", "about", "status", "code"),
    [
        (b"GIF89a", {}, 415, "bad_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, 415, "bad_photo"),
        (picture()[:200], {}, 415, "bad_photo"),
        (b"x" * (3 * 1024 * 1024 + 1), {}, 413, "too_large"),
        (picture(), {"id": "1"}, 400, "malformed"),
        (picture(), {"taken_at": "-1"}, 400, "malformed"),
        (picture(), {"candidate": "K9"}, 422, "unknown_cell"),
        (picture(), {"aspect": "A9"}, 422, "unknown_cell"),
    ],
)
def test_what_is_no_evidence_is_refused(
    tablet: Tablet, content: bytes, about: dict[str, str], status: int, code: str
) -> None:
    answer = tablet.photo(content, **about)

    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]


def test_photo_of_a_recused_candidate_is_refused(tablet: Tablet) -> None:
    seat = seat_of("J1")
    candidate = db.session.scalars(select(Candidate.id).where(Candidate.code == "K1")).one()
    with unit():
        db.session.add(Recusal(seat_id=seat.id, candidate_id=candidate))

    assert tablet.photo(picture()).json["code"] == "recused"  # type: ignore[index]


def test_photo_without_a_grant_is_refused(app: Flask, tablet: Tablet) -> None:
    tablet.token = "nobody"

    assert tablet.photo(picture()).status_code == 401
