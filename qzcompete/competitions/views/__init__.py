"""The office's pages of competitions; importing them registers their routes."""

from qzcompete.competitions.views import competitions, events, incidents, judges, schemes, sites
from qzcompete.competitions.views.blueprint import blueprint

__all__ = ["blueprint", "competitions", "events", "incidents", "judges", "schemes", "sites"]
