"""The office's pages of entries; the ceremony of codes has a blueprint of its own beside them."""

from qzcompete.registration.views.entries import blueprint

__all__ = ["blueprint"]
