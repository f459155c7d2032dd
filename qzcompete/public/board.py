"""The public results pages for a whole city at once: each published version is rendered once and kept, plain and compressed.

Stands before the application. A visitor without a session gets the kept page; once a second a process asks the database, by
one small query, whether it still holds. Whoever has a session gets the page made for them, and nothing is kept of it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from qzcompete.public.queries import board_stamp

PATH = re.compile(r"/results/([A-Za-z0-9-]{1,40})")
# No more pages than this are kept: a year's events, many times over.
MOST_KEPT = 2000
# Of the answer's own headers, those that do not hang on one reader.
DROPPED = frozenset({"set-cookie", "content-length", "cache-control", "vary", "date"})
NONCE = re.compile(r" 'nonce-[^']*'")

Headers = list[tuple[str, str]]
Start = Callable[..., Any]


@dataclass(frozen=True)
class Kept:
    """A page as it is sent. `stamp`: what the database said when it was made; `asked`: when it was last asked."""

    stamp: object
    asked: float
    etag: str
    plain: bytes
    packed: bytes
    headers: Headers


class Board:
    """WSGI: answers for the pages that it keeps, and hands everything else on."""

    def __init__(self, app: Flask, patience: float = 1.0) -> None:
        self.app, self.inner, self.patience = app, app.wsgi_app, patience
        self.pages: dict[str, Kept] = {}
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        found = PATH.fullmatch(environ.get("PATH_INFO", "")) if is_plain(environ, self.app) else None
        page = None if found is None else self.page(found[1], environ)
        return self.inner(environ, start) if page is None else answer(page, environ, start)

    def page(self, code: str, environ: dict[str, Any]) -> Kept | None:
        kept = self.pages.get(code)
        if kept is not None and time.monotonic() - kept.asked < self.patience:
            return kept
        with self.lock:
            return self.looked_at(code, environ)

    def looked_at(self, code: str, environ: dict[str, Any]) -> Kept | None:
        """The page as the database has it now, made again only where its stamp has changed."""
        moment, kept = time.monotonic(), self.pages.get(code)
        if kept is not None and moment - kept.asked < self.patience:
            return kept
        with self.app.app_context():
            stamp = board_stamp(code)
        if stamp is None:
            self.pages.pop(code, None)
            return None
        if kept is None or kept.stamp != stamp:
            made = self.made(environ, stamp, moment)
            if made is None:
                return None
            kept = made
        if len(self.pages) >= MOST_KEPT:
            self.pages.clear()
        self.pages[code] = replace(kept, asked=moment)
        return self.pages[code]

    def made(self, environ: dict[str, Any], stamp: object, moment: float) -> Kept | None:
        """Ask the application itself, as a visitor without conditions."""
        asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_IF_")}
        asked["REQUEST_METHOD"] = "GET"
        told: list[Any] = []

        def take(status: str, headers: Headers, _error: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers]
            return lambda _chunk: None

        chunks = self.inner(asked, take)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        if not told[0].startswith("200 "):
            return None
        headers = [
            (name, NONCE.sub("", value) if name.lower() == "content-security-policy" else value)
            for name, value in told[1]
            if name.lower() not in DROPPED
        ]
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers += [("Cache-Control", "no-cache"), ("Vary", "Cookie, Accept-Encoding"), ("ETag", etag)]
        return Kept(stamp, moment, etag, body, gzip.compress(body, 6, mtime=0), headers)


def is_plain(environ: dict[str, Any], app: Flask) -> bool:
    """A reader without a session, who asks for the page as it is."""
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ.get("QUERY_STRING")
        and app.config["SESSION_COOKIE_NAME"] not in environ.get("HTTP_COOKIE", "")
    )


def answer(page: Kept, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", [header for header in page.headers if header[0] != "Content-Type"])
        return [b""]
    packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    body = page.packed if packed else page.plain
    headers = [*page.headers, ("Content-Length", str(len(body)))]
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    start("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]
