"""One blueprint for all of people's pages; who they are for parts the files."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("people", __name__)

Page = str | AnyResponse | tuple[str, int]
