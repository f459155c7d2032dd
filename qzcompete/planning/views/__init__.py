"""The office's pages of planning; importing them registers their routes."""

from qzcompete.planning.views import dates
from qzcompete.planning.views.blueprint import blueprint

__all__ = ["blueprint", "dates"]
