"""What is refused of an applicant's files, with the reason; and a file that comes in parts over a poor network."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from qzcompete.core.transaction import unit
from qzcompete.demo.selection.made import made_pdf
from qzcompete.extensions import db
from qzcompete.people.queries import account_named
from qzcompete.selection import queries, services
from qzcompete.selection.services import PART
from tests.selection.city import OFFICE, studio_class
from tests.selection.city import unit as add_unit


def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return made.getvalue()


def picture() -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    Image.effect_noise((900, 700), 90).convert("RGB").save(made, "PNG", exif=exif)
    return made.getvalue()


@pytest.fixture
def applicant(app: Flask, sign_in: Callable[..., FlaskClient]) -> tuple[FlaskClient, int]:
    """A client signed in as an applicant, and the id of the application that he has started."""
    client = sign_in("applicant")
    with unit():
        class_ = studio_class()
        services.adopt_template(OFFICE, class_.id)
        services.set_quotas(OFFICE, class_.id, {add_unit(): 3})
        services.publish_call(OFFICE, class_.round_id)
        account = account_named("applicant-user")
        assert account is not None
        started = services.start_application(account.actor, class_.id).id
    return client, started


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"MZ\x90\x00" + bytes(4000), "身份证.pdf", "不属于所要求的类型"),
        (b"%PDF-1.7\n" + bytes(900), "证书.pdf", "PDF"),
        (zip_bomb(), "附件.pdf", "不属于所要求的类型"),
        (b"", "空.pdf", "空"),
        (b"%PDF-1.7\n" + bytes(20 * 2**20), "大.pdf", "20"),
    ],
    ids=["a renamed .exe", "a broken PDF", "a zip bomb", "an empty file", "too large"],
)
def test_a_file_is_refused_with_its_reason(
    applicant: tuple[FlaskClient, int], content: bytes, name: str, message: str
) -> None:
    client, key = applicant

    answer = client.post(
        f"/apply/{key}/files", data={"kind": "identity", "file": (io.BytesIO(content), name)}
    )

    assert answer.status_code in (413, 422)
    assert message in answer.text
    assert queries.files_of(key) == []


def test_sixty_megabytes_are_refused_before_they_are_read(applicant: tuple[FlaskClient, int]) -> None:
    client, key = applicant

    answer = client.post(
        f"/apply/{key}/files", data={"kind": "identity", "file": (io.BytesIO(bytes(60 * 2**20)), "大.pdf")}
    )

    assert answer.status_code == 413
    begun = client.post(
        f"/apply/{key}/uploads", data={"kind": "identity", "name": "大.pdf", "size": str(60 * 2**20)}
    )
    assert begun.status_code == 422
    assert "20" in begun.text


def test_a_score_sheet_that_unpacks_without_end_is_refused(
    app: Flask, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in("bureau_officer")
    with unit():
        key = studio_class().id

    answer = client.post(
        f"/office/selections/classes/{key}/sheet", data={"file": (io.BytesIO(zip_bomb()), "评审表.xlsx")}
    )

    assert answer.status_code == 422
    assert "文件解压后超过允许的大小" in answer.text
    assert queries.class_card(key).scheme_is_template


def test_a_picture_is_drawn_anew_and_keeps_the_hash_of_what_was_sent(
    applicant: tuple[FlaskClient, int],
) -> None:
    client, key = applicant

    answer = client.post(
        f"/apply/{key}/files", data={"kind": "certificate", "file": (io.BytesIO(picture()), "../../证书.png")}
    )

    assert answer.status_code == 302
    file = queries.files_of(key)[0]
    shown = client.get(f"/apply/{key}/files/{file.id}")
    assert (file.name, file.media_type) == ("证书.jpg", "image/jpeg")
    assert file.sent_hash != file.file_hash
    assert b"secret camera" not in shown.data
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_file_in_parts_goes_on_where_it_stopped(applicant: tuple[FlaskClient, int]) -> None:
    client, key = applicant
    content, about = picture(), {"kind": "honours", "name": "荣誉.png"}
    assert len(content) > PART
    about["size"] = str(len(content))
    begun = client.post(f"/apply/{key}/uploads", data=about).get_json()
    first = client.post(f"/apply/uploads/{begun['id']}?offset=0", data=content[:PART])

    again = client.post(f"/apply/{key}/uploads", data=about).get_json()
    wrong = client.post(f"/apply/uploads/{begun['id']}?offset=0", data=content[:PART])
    offset = again["received"]
    while offset < len(content):
        told = client.post(
            f"/apply/uploads/{begun['id']}?offset={offset}", data=content[offset : offset + PART]
        )
        offset += PART

    assert first.get_json() == {"received": PART, "done": False}
    assert again == {"id": begun["id"], "received": PART}
    assert wrong.status_code == 409
    assert told.get_json()["done"] is True
    assert [file.name for file in queries.files_of(key)] == ["荣誉.jpg"]


def test_a_bad_file_in_parts_is_forgotten_with_its_reason(applicant: tuple[FlaskClient, int]) -> None:
    client, key = applicant
    begun = client.post(
        f"/apply/{key}/uploads", data={"kind": "other", "name": "x.pdf", "size": "6"}
    ).get_json()

    answer = client.post(f"/apply/uploads/{begun['id']}?offset=0", data=b"MZ\x90\x00aa")

    assert answer.status_code == 422
    assert "不属于所要求的类型" in answer.get_json()["refused"]
    assert client.post(f"/apply/uploads/{begun['id']}?offset=6", data=b"x").status_code == 404
    db.session.rollback()


def test_another_applicant_finds_neither_application_nor_file(
    applicant: tuple[FlaskClient, int], sign_in: Callable[..., FlaskClient]
) -> None:
    client, key = applicant
    client.post(f"/apply/{key}/files", data={"kind": "identity", "file": (io.BytesIO(made_pdf()), "x.pdf")})
    file = queries.files_of(key)[0]

    other = sign_in("applicant", username="another")

    assert [
        other.get(path).status_code
        for path in (f"/apply/{key}", f"/apply/{key}/files/{file.id}", f"/apply/{key}/section/leader")
    ] == [404, 404, 404]


def test_what_was_typed_wrong_is_kept_and_told_at_its_field(applicant: tuple[FlaskClient, int]) -> None:
    client, key = applicant

    answer = client.post(
        f"/apply/{key}/section/leader", data={"name": "黄丽华", "document_kind": "resident_id", "phone": "12"}
    )

    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text
    assert queries.section_contents(key)["leader"]["phone"] == "12"
    again = client.get(f"/apply/{key}/section/leader")
    assert 'value="黄丽华"' in again.text
