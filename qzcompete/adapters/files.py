"""Files by the SHA-256 of their content, in a local folder: durable before the name exists, never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class FileMissing(Exception):
    """There is no file with this hash."""


class LocalFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        if len(digest) != 64 or not all(sign in "0123456789abcdef" for sign in digest):
            raise FileMissing(digest)
        return self.folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep the content; returns its hash in hex. The same content again is the same file."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{digest}.{os.getpid()}")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return digest

    def get(self, digest: str) -> bytes:
        """The content; raises FileMissing where it is not there or not what its name says."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(digest) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise FileMissing(digest)
        return content
