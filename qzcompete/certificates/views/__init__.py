"""The pages of certificates; importing them registers their routes."""

from qzcompete.certificates.views import grades, life, office, own, singles, templates, verify
from qzcompete.certificates.views.blueprint import blueprint

__all__ = ["blueprint", "grades", "life", "office", "own", "singles", "templates", "verify"]
