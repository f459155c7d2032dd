"""Public pages for a whole city at once: results, and the certificate of a code. Each is rendered once and kept, plain and compressed.

Stands before the application. A visitor without a session gets the kept page; once a second a process asks the database, by
small queries, whether it still holds. Whoever has a session gets the page made for them, and nothing is kept of it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from flask import Flask

Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Environ = dict[str, Any]

# No more pages of a family than this are kept: a year's events, many times over.
MOST_KEPT = 2000
# Of the answer's own headers, those that do not hang on one reader.
DROPPED = frozenset({"set-cookie", "content-length", "vary", "date"})
NONCE = re.compile(r" 'nonce-[^']*'")


@dataclass(frozen=True)
class Kept:
    """A page as it is sent. `stamp`: what the database said when it was made; `held`: the state of the family's data at
    which it was last asked."""

    stamp: object
    held: object
    etag: str
    plain: bytes
    packed: bytes
    headers: Headers
    packed_headers: Headers


@dataclass
class Family:
    """Pages of one kind; the rest of their path is the key, whose first group names what is shown.

    `state` is asked once a second: as long as it says the same, every page holds. Else `stamp` says what the page of a
    key hangs on, None where there is none. `stored`: whether a browser may store it and ask after it.
    """

    key: re.Pattern[str]
    stamp: Callable[[str], object]
    stored: bool
    state: Callable[[], object] = time.monotonic
    held: object = None
    asked: float = -inf
    pages: dict[str, Kept] = field(default_factory=dict)
    looking: threading.Lock = field(default_factory=threading.Lock)
    making: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, key: str, page: Kept) -> Kept:
        self.pages[key] = page
        while len(self.pages) > MOST_KEPT:
            del self.pages[next(iter(self.pages))]
        return page


class KeptPages:
    """WSGI: answers for the pages that it keeps, and hands everything else on. A family's name begins the path."""

    def __init__(self, app: Flask, families: Mapping[str, Family], patience: float = 1.0) -> None:
        self.app, self.inner, self.families, self.patience = app, app.wsgi_app, families, patience
        self.cookie = str(app.config["SESSION_COOKIE_NAME"])

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        _, _, path = environ.get("PATH_INFO", "").partition("/")
        name, _, key = path.partition("/")
        family = self.families.get(name)
        if family is None or not self.is_plain(environ):
            return self.inner(environ, start)
        if time.monotonic() - family.asked >= self.patience:
            self.look(family)
        page = family.pages.get(key)
        if page is None or page.held != family.held:
            page = self.looked_at(family, key, environ)
        return self.inner(environ, start) if page is None else answer(page, environ, start)

    def is_plain(self, environ: Environ) -> bool:
        """A reader without a session, who asks for the page as it is."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and not environ.get("QUERY_STRING")
            and self.cookie not in environ.get("HTTP_COOKIE", "")
        )

    def look(self, family: Family) -> None:
        with family.looking:
            moment = time.monotonic()
            if moment - family.asked < self.patience:
                return
            with self.app.app_context():
                family.held = family.state()
            family.asked = moment

    def looked_at(self, family: Family, key: str, environ: Environ) -> Kept | None:
        """The page as the database has it now, made again only where its stamp has changed."""
        if (found := family.key.fullmatch(key)) is None:
            return None
        with family.making:
            # Read first: what changes meanwhile is seen the next time.
            held, page = family.held, family.pages.get(key)
            if page is not None and page.held == held:
                return page
            with self.app.app_context():
                stamp = family.stamp(found[1])
            if stamp is None:
                family.pages.pop(key, None)
                return None
            if page is None or page.stamp != stamp:
                page = self.made(environ, family.stored, stamp)
            return None if page is None else family.keep(key, replace(page, held=held))

    def made(self, environ: Environ, stored: bool, stamp: object) -> Kept | None:
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
        return kept(body, told[1], stored, stamp) if told[0].startswith("200 ") else None


def kept(body: bytes, told: Headers, stored: bool, stamp: object) -> Kept:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"' if stored else ""
    headers = [
        (name, NONCE.sub("", value) if name.lower() == "content-security-policy" else value)
        for name, value in told
        if name.lower() not in DROPPED and not (stored and name.lower() == "cache-control")
    ]
    headers.append(("Vary", "Cookie, Accept-Encoding"))
    if stored:
        # One tag for two encodings of one content.
        headers += [("Cache-Control", "no-cache"), ("ETag", f"W/{etag}")]
    packed = gzip.compress(body, 6, mtime=0)
    return Kept(
        stamp,
        None,
        etag,
        body,
        packed,
        [*headers, ("Content-Length", str(len(body)))],
        [*headers, ("Content-Length", str(len(packed))), ("Content-Encoding", "gzip")],
    )


def answer(page: Kept, environ: Environ, start: Start) -> Iterable[bytes]:
    if page.etag and page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", [header for header in page.headers if header[0] not in ENTITY])
        return [b""]
    packed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    start("200 OK", page.packed_headers if packed else page.headers)
    body = page.packed if packed else page.plain
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


# What tells of a body, where none comes.
ENTITY = frozenset({"Content-Type", "Content-Length"})
