"""The store of files by content."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from moto import mock_aws

from qzcompete.adapters.files import FileMissing, LocalFiles, S3Files, StorageAway

# SHA-256 of b"abc", as FIPS 180 prints it.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_content_comes_back_when_it_is_asked_for_by_its_hash(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)

    digest = files.put(b"abc")

    assert digest == ABC
    assert files.get(ABC) == b"abc"


def test_one_file_lies_in_the_folder_when_the_same_content_is_put_twice(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)

    files.put(b"abc")
    files.put(b"abc")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [ABC]


def test_a_file_counts_as_missing_when_its_content_was_changed(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    files.put(b"abc")
    files.path(ABC).write_bytes(b"abd")

    with pytest.raises(FileMissing):
        files.get(ABC)


@pytest.mark.parametrize("digest", ["../../etc/passwd", ABC.upper(), ABC[:-1], "0" * 64])
def test_nothing_is_found_when_the_name_is_no_hash_or_unknown(tmp_path: Path, digest: str) -> None:
    files = LocalFiles(tmp_path)

    with pytest.raises(FileMissing):
        files.get(digest)


def test_a_bucket_keeps_files_by_their_content(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        files = S3Files("qz-files", "city", None)
        files.client.create_bucket(Bucket="qz-files")

        digest = files.put("证书".encode())
        assert files.put("证书".encode()) == digest

        assert files.get(digest).decode() == "证书"
        listed = files.client.list_objects_v2(Bucket="qz-files")["Contents"]
        assert [one["Key"] for one in listed] == [f"city/{digest[:2]}/{digest}"]
        with pytest.raises(FileMissing):
            files.get("0" * 64)
        with pytest.raises(FileMissing):
            files.get("../secret.key")
        files.client.put_object(Bucket="qz-files", Key=f"city/{digest[:2]}/{digest}", Body=b"changed")
        with pytest.raises(FileMissing):
            files.get(digest)


def test_storage_that_is_away_is_told_as_such_and_not_as_a_missing_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    files = S3Files("qz-files", "city", "http://127.0.0.1:9")

    for ask in (lambda: files.put(b"abc"), lambda: files.get(ABC)):
        with pytest.raises(StorageAway) as away:
            ask()
        assert (away.value.status, away.value.code) == (503, "storage_away")


def test_no_half_file_is_left_when_the_disk_is_full(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(StorageAway):
            LocalFiles(tmp_path).put(bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
