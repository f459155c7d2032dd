"""People's pages: signing in, the own account, organisations, and the accounts of all for an administrator."""

from qzcompete.people.views import office, organisations, own, passkeys, sign_in
from qzcompete.people.views.blueprint import blueprint

__all__ = ["blueprint", "office", "organisations", "own", "passkeys", "sign_in"]
