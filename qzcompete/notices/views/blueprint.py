"""The blueprint that all pages of this slice share."""

from flask import Blueprint

blueprint = Blueprint("notices", __name__)
