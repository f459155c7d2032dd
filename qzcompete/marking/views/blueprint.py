"""The blueprint that the pages of judges and of the chief judge share."""

from flask import Blueprint

blueprint = Blueprint("marking", __name__, url_prefix="/marking")
