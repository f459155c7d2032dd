"""The pages of certificates; importing them registers their routes."""

from qzcompete.certificates.views import life, office, own, verify
from qzcompete.certificates.views.blueprint import blueprint

__all__ = ["blueprint", "life", "office", "own", "verify"]
