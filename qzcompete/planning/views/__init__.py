"""The office's pages of planning; importing them registers their routes."""

from qzcompete.planning.views import calendar, dates, panels, schedule
from qzcompete.planning.views.blueprint import blueprint

__all__ = ["blueprint", "calendar", "dates", "panels", "schedule"]
