"""The pages of judges and of the chief judge; importing them registers their routes."""

from qzcompete.marking.views import chief, judge, panel, paper, rounds
from qzcompete.marking.views.blueprint import blueprint

__all__ = ["blueprint", "chief", "judge", "panel", "paper", "rounds"]
