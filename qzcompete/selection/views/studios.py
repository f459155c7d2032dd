"""Every page of what follows a decision: importing this module registers the routes of all its actors."""

from qzcompete.selection.views import decisions, grants, own_studio, studios_office, studios_public
from qzcompete.selection.views.studios_blueprint import blueprint

__all__ = ["blueprint", "decisions", "grants", "own_studio", "studios_office", "studios_public"]
