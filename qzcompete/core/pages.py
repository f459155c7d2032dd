"""What every page needs: its security headers, the address and hash of its assets, its own address changed."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale


def install(app: Flask) -> None:
    app.context_processor(lambda: {"csp_nonce": csp_nonce, "sri": sri, "url_with": url_with})
    # Also for macros, which are imported without the context of a page.
    app.jinja_env.globals.update(asset=asset, locale=locale)
    app.after_request(secured)
    app.session_interface = Sessions()


class Sessions(SecureCookieSessionInterface):
    """A static file is the same in every session, and kept by browsers as such."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint != "static":
            super().save_session(app, session, response)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


# What no answer of ours needs, whatever it is.
REFUSED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# All that a script, a style sheet, a font or a picture needs of them: the page says the rest. A tablet's first page has
# twenty answers, and each header goes with each.
REFUSED_OF_PARTS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")


def is_part(mimetype: str | None) -> bool:
    """What a page is made of and no browser opens as a page: SVG is not among it, nor is a worker, which is no static file."""
    kind = mimetype or ""
    return kind in ("text/javascript", "text/css") or (
        kind.startswith(("font/", "image/")) and kind != "image/svg+xml"
    )


ALWAYS_TLS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


def data_headers(https: bool) -> dict[str, str]:
    """What `secured` gives to an answer of data, for what answers before Flask."""
    headers = REFUSED | {
        "Content-Security-Policy": content_policy("application/json"),
        "Cache-Control": "no-store",
    }
    return headers | dict([ALWAYS_TLS]) if https else headers


def secured(response: Response) -> Response:
    """Headers by which a browser refuses what this site never does."""
    headers = response.headers
    if request.endpoint == "static" and is_part(response.mimetype):
        for name in REFUSED_OF_PARTS:
            headers.setdefault(name, REFUSED[name])
    else:
        for name, value in REFUSED.items():
            headers.setdefault(name, value)
        if "Content-Security-Policy" not in headers:
            headers["Content-Security-Policy"] = content_policy(response.mimetype)
    if current_app.config["QZ"].https:
        headers.setdefault(*ALWAYS_TLS)
    if is_asset(response):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def is_asset(response: Response) -> bool:
    """A static file, asked for by the address that `asset` gives it as it is now."""
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return False
    path = Path(str(current_app.static_folder)) / (request.view_args or {})["filename"]
    return request.args.get("v") == file_hash(str(path))


LOADS_NOTHING = ("application/json", "application/problem+json", "text/css", "image/svg+xml")


def content_policy(mimetype: str | None) -> str:
    """What a page may load; data, style sheets and drawings are no page."""
    if mimetype in LOADS_NOTHING:
        return "default-src 'none'; frame-ancestors 'none'"
    nonce = csp_nonce()
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def asset(path: str) -> str:
    """The address of a static file, with its hash, so that it may be cached for ever."""
    return url_for("static", filename=path, v=file_hash(str(Path(str(current_app.static_folder)) / path)))


@lru_cache(maxsize=512)
def file_hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def sri(path: str) -> str:
    """The integrity value of a vendored file, from the manifest beside it."""
    return integrities(str(current_app.static_folder))[path.removeprefix("vendor/")]


@lru_cache(maxsize=4)
def integrities(static: str) -> dict[str, str]:
    manifest = json.loads((Path(static) / "vendor" / "vendor.json").read_text())
    return {name: value for package in manifest["packages"] for name, value in package["files"].items()}


def sha384(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def url_with(**changes: Any) -> str:
    """This page's address with some of its query changed; None removes a part."""
    query = {**request.args.to_dict(), **changes}
    parts = {name: value for name, value in query.items() if value is not None}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **parts})


def locale() -> str:
    return str(get_locale() or "zh_Hans")
