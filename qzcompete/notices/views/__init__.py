"""The pages of messages, the calendar, notices and objections; importing them registers their routes."""

from qzcompete.notices.views import calendar, messages, objections, office, public
from qzcompete.notices.views.blueprint import blueprint

__all__ = ["blueprint", "calendar", "messages", "objections", "office", "public"]
