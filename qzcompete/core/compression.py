"""Compresses what travels as text: static files, and answers to readers without a session.

Never a page of somebody who is signed in: its size tells of its content, and who may send something into it can so guess the
secrets beside (BREACH). Hence nothing before the product compresses either.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, current_app, request, session

LEAST_BYTES = 500
STRUCTURED = frozenset({"application/json", "application/problem+json", "image/svg+xml"})


def install(app: Flask) -> None:
    app.after_request(compressed)


def compressed(response: Response) -> Response:
    static = request.endpoint == "static"
    if not is_text(response.mimetype) or not (static or not response.is_streamed):
        return response
    response.vary.add("Accept-Encoding")
    tag, _ = response.get_etag()
    if tag:
        # One tag for two encodings of one content: equal in meaning, not in bytes.
        response.set_etag(tag, weak=True)
    if (
        not (static or is_of_nobody())
        or response.status_code != 200
        or "gzip" not in request.accept_encodings
    ):
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= LEAST_BYTES:
        response.set_data(kept(content) if static else gzip.compress(content, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
    return response


def is_text(mimetype: str | None) -> bool:
    return mimetype is not None and (mimetype.startswith("text/") or mimetype in STRUCTURED)


def is_of_nobody() -> bool:
    """Asked for without a session, and beginning none."""
    return current_app.config["SESSION_COOKIE_NAME"] not in request.cookies and not session.modified


@lru_cache(maxsize=256)
def kept(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
