"""The pages of judges and of the chief judge; importing them registers their routes."""

from qzcompete.marking.views import chief, judge, panel, rounds
from qzcompete.marking.views.blueprint import blueprint

__all__ = ["blueprint", "chief", "judge", "panel", "rounds"]
