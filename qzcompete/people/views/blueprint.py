"""One blueprint for all of people's pages; who they are for parts the files."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", __name__)
