"""Files by the SHA-256 of their content, in a local folder or in S3-compatible storage: durable before the name
exists, never changed. Which of the two is a setting; whoever keeps a file asks `kept_files`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from qzcompete.core.errors import Busy


class FileMissing(Exception):
    """There is no file with this hash."""


class StorageAway(Busy):
    """The disk is full, or the bucket does not answer."""

    def __init__(self) -> None:
        super().__init__(
            _l("Files cannot be kept or read at the moment. Nothing was changed; try again in a minute."),
            code="storage_away",
        )


class Files(Protocol):
    def put(self, content: bytes) -> str:
        """Keep the content; returns its hash in hex. The same content again is the same file."""

    def get(self, digest: str) -> bytes:
        """The content; raises FileMissing where it is not there or not what its name says."""

    def put_before(self, moment: datetime) -> Iterator[KeptFile]:
        """The files that nobody has put since."""

    def remove(self, digest: str, before: datetime) -> bool:
        """Remove a file for ever; not one that was put again since."""


@dataclass(frozen=True)
class KeptFile:
    digest: str
    size: int


def kept_files() -> Files:
    """The store of this application."""
    settings = current_app.config["QZ"]
    return bucket(settings.files_url) if settings.files_url else LocalFiles(settings.data_dir / "files")


@lru_cache(maxsize=8)
def bucket(url: str) -> S3Files:
    """One client for a process: making one costs more than a hundred requests."""
    parts = urlsplit(url)
    return S3Files(parts.netloc, parts.path.strip("/"), parse_qs(parts.query).get("endpoint", [None])[0])


def checked_digest(digest: str) -> str:
    if len(digest) != 64 or not all(sign in "0123456789abcdef" for sign in digest):
        raise FileMissing(digest)
    return digest


def checked_content(content: bytes, digest: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileMissing(digest)
    return content


class LocalFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        return self.folder / checked_digest(digest)[:2] / digest

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        try:
            # As if it were new, lest it is swept away before a row names it.
            os.utime(path)
            return digest
        except FileNotFoundError:
            pass
        temporary = path.with_name(f".{digest}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StorageAway() from error
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return digest

    def get(self, digest: str) -> bytes:
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(digest) from error
        return checked_content(content, digest)

    def put_before(self, moment: datetime) -> Iterator[KeptFile]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f]*"):
            found = path.stat()
            if found.st_mtime < moment.timestamp():
                yield KeptFile(path.name, found.st_size)

    def remove(self, digest: str, before: datetime) -> bool:
        path = self.path(digest)
        aside = path.with_name(f".{digest}.swept")
        # Out of the way first: who puts the same content now writes it anew.
        path.rename(aside)
        if aside.stat().st_mtime >= before.timestamp():
            aside.rename(path)
            return False
        aside.unlink()
        return True


class S3Files:
    """A bucket, reached with the keys that the usual AWS variables or files give."""

    def __init__(self, name: str, prefix: str, endpoint: str | None) -> None:
        import boto3
        from botocore.config import Config

        # Somebody waits before a page: a storage that hangs is told in half a minute, and jobs try again.
        patience = Config(
            connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 2, "mode": "standard"}
        )
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, config=patience)
        self.name, self.prefix = name, prefix

    def key(self, digest: str) -> str:
        return "/".join(part for part in (self.prefix, checked_digest(digest)[:2], digest) if part)

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        with self.reached():
            # The storage compares the checksum before it answers; the same content again writes the same bytes.
            self.client.put_object(
                Bucket=self.name, Key=self.key(digest), Body=content, ChecksumAlgorithm="SHA256"
            )
        return digest

    def get(self, digest: str) -> bytes:
        key = self.key(digest)
        with self.reached():
            try:
                content = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
            except self.client.exceptions.NoSuchKey as error:
                raise FileMissing(digest) from error
        return checked_content(content, digest)

    @contextmanager
    def reached(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise StorageAway() from error

    def put_before(self, moment: datetime) -> Iterator[KeptFile]:
        pages = self.client.get_paginator("list_objects_v2")
        prefix = f"{self.prefix}/" if self.prefix else ""
        for page in pages.paginate(Bucket=self.name, Prefix=prefix):
            for one in page.get("Contents", ()):
                if one["LastModified"] < moment and self.key_of_file(one["Key"]):
                    yield KeptFile(one["Key"].rpartition("/")[2], one["Size"])

    def key_of_file(self, key: str) -> bool:
        """Not of something else that lies in the bucket."""
        try:
            return key == self.key(key.rpartition("/")[2])
        except FileMissing:
            return False

    def remove(self, digest: str, before: datetime) -> bool:
        key = self.key(digest)
        if self.client.head_object(Bucket=self.name, Key=key)["LastModified"] >= before:
            return False
        self.client.delete_object(Bucket=self.name, Key=key)
        return True
