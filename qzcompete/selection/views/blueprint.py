"""The blueprint, and what all its pages share."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, send_file
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.adapters.files import kept_files
from qzcompete.selection.forms import words
from qzcompete.selection.rules.workflow import STAGES, stage_of

blueprint = Blueprint("selection", __name__)

Page = str | AnyResponse | tuple[str, int]


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"words": words, "stage_steps": stage_steps}


def stage_steps(class_state: str) -> list[dict[str, Any]]:
    """The thirteen stages as steps; none is current once the class is cancelled."""
    names = [name for name, _states in STAGES]
    present = stage_of(class_state)
    place = names.index(present) if present else -1
    return [
        {
            "label": words.STAGES[name],
            "state": "current" if number == place else "done" if number < place else "todo",
        }
        for number, name in enumerate(names)
    ]


def sent_file(digest: str, media_type: str, name: str) -> AnyResponse:
    """A kept file to look at; never run by the browser, never named after a person's number."""
    answer = send_file(BytesIO(kept_files().get(digest)), mimetype=media_type, download_name=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def sent_pdf(content: bytes, name: str) -> AnyResponse:
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=name)
