"""The tablet's page and its worker: the same for everybody, so that a tablet keeps them and opens without a network.

Nothing here knows who is there; marks and rights travel by the protocol alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import force_locale

from qzcompete.core.pages import asset, file_hash
from qzcompete.core.permissions import public
from qzcompete.marking.views.texts import tablet_texts

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")

EMPTY = "the page is empty until a judge's grant fills it"
TEMPLATES = ("layouts/base.html", "layouts/tablet.html", "marking/tablet.html", "marking/worker.js")
LINKED = (
    "css/tokens.css",
    "css/tablet.css",
    "js/theme.js",
    "js/dialog.js",
    "tablet/entered.js",
    "tablet/page.js",
    "img/icons.svg",
    "img/favicon.svg",
)
# What the page imports as it opens, and what it imports once a judge has entered.
IMPORTED = (
    "tablet/board.js",
    "tablet/dom.js",
    "tablet/journal.js",
    "tablet/rules.js",
    "tablet/sender.js",
    "vendor/idb/index.js",
)
LATER = (
    "tablet/dialogs.js",
    "tablet/measured.js",
    "tablet/pad.js",
    "tablet/sheet.js",
    "tablet/timer.js",
    "vendor/signature_pad/signature_pad.min.js",
)


@blueprint.get("/")
@public(EMPTY)
def page() -> str:
    return shell("zh_Hans")


@blueprint.get("/en")
@public(EMPTY)
def english() -> str:
    return shell("en")


@blueprint.get("/worker.js")
@public("it holds addresses of public files only")
def worker() -> Response:
    files = [url_for(".page"), url_for(".english"), *map(asset, LINKED)]
    files += [url_for("static", filename=name) for name in IMPORTED + LATER]
    script = render_template("marking/worker.js", build=build(), files=files)
    answer = Response(script, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def shell(language: str) -> str:
    with force_locale(language):
        start = {
            "build": build(),
            "urls": {"worker": url_for(".worker"), "icons": asset("img/icons.svg")},
            "texts": tablet_texts(),
        }
        modules = [url_for("static", filename=name) for name in IMPORTED]
        return render_template("marking/tablet.html", start=start, modules=modules)


def build() -> str:
    """Changes with everything that a tablet keeps of the page."""
    static = Path(str(current_app.static_folder))
    templates = Path(str(current_app.jinja_loader.searchpath[0]))  # type: ignore[union-attr]
    files = [static / name for name in LINKED + IMPORTED + LATER] + [templates / name for name in TEMPLATES]
    parts = [current_app.config["QZ"].build, *(file_hash(str(file)) for file in files)]
    for language in ("zh_Hans", "en"):
        with force_locale(language):
            parts.append(json.dumps(tablet_texts(), sort_keys=True))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
