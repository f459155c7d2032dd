"""The sweep removes old files that no row names, when asked to, and no others; in a folder and in a bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from moto import mock_aws

from qzcompete.adapters.files import FileMissing, LocalFiles, S3Files
from qzcompete.certificates.models import PersonPhoto
from qzcompete.core import clock
from qzcompete.core.actor import SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.columns import FileHash
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.operation import sweeping
from qzcompete.people.services import ensure_person


@pytest.fixture(params=["folder", "bucket"])
def files(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalFiles | S3Files]:
    if request.param == "folder":
        yield LocalFiles(tmp_path)
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        bucket = S3Files("qz-files", "city", None)
        bucket.client.create_bucket(Bucket="qz-files")
        bucket.client.put_object(Bucket="qz-files", Key="city/other.txt", Body=b"not ours")
        yield bucket


def there(files: LocalFiles | S3Files, digest: str) -> bool:
    try:
        return bool(files.get(digest))
    except FileMissing:
        return False


def test_a_file_that_was_put_before_a_moment_is_found_and_removed(files: LocalFiles | S3Files) -> None:
    digest, later = files.put(b"abc"), now() + timedelta(hours=1)

    assert [(one.digest, one.size) for one in files.put_before(later)] == [(digest, 3)]
    assert list(files.put_before(later - timedelta(hours=2))) == []
    assert files.remove(digest, later)
    assert not there(files, digest)


def test_a_file_that_is_put_again_is_spared(files: LocalFiles | S3Files) -> None:
    digest = files.put(b"abc")
    if isinstance(files, LocalFiles):
        os.utime(files.path(digest), (0, 0))
    before = now() - timedelta(minutes=1)
    files.put(b"abc")

    assert not files.remove(digest, before)
    assert there(files, digest)


def swept(app: Flask, *words: str) -> Result:
    with clock.held_at(now() + timedelta(days=2)):
        return CliRunner().invoke(sweeping.sweep, words, obj=lambda: app)


def test_only_what_no_row_names_goes_and_only_when_asked_for(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = LocalFiles(tmp_path)
    monkeypatch.setattr(sweeping, "kept_files", lambda: files)
    named, orphan = files.put(b"a photo"), files.put(b"of nobody")
    with unit():
        person = ensure_person(SYSTEM, "陈伟", "passport", "G12345678")
        db.session.add(PersonPhoto(person_id=person.id, file_hash=named, uploaded_at=now()))

    shown = swept(app)
    assert there(files, orphan)
    removed = swept(app, "--remove")

    assert (shown.exit_code, removed.exit_code) == (0, 0), removed.output
    assert orphan in shown.output and named not in shown.output
    assert "1 removed" in removed.output
    assert (there(files, named), there(files, orphan)) == (True, False)


def test_every_column_that_names_a_file_is_of_the_type_that_says_so(app: Flask) -> None:
    """Whoever keeps a file in a new column is reminded here."""
    named = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, FileHash)
    }
    called = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.name
        in ("file_hash", "photo_hash", "sealed_hash", "receipt_hash", "ground_hash", "signature_hash")
    }

    assert named == called | {"regulations.digest"}
