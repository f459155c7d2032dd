"""People's pages: signing in, the own account, and the accounts of all for an administrator."""

from qzcompete.people.views import office, own, sign_in
from qzcompete.people.views.blueprint import blueprint

__all__ = ["blueprint", "office", "own", "sign_in"]
