"""Who acts: a plain value handed to every service, so that none of them reads the session."""

from __future__ import annotations

from dataclasses import dataclass

from qzcompete.core.permissions import ROLES

CITY = ("city", 0)
# What a role gives that an older or newer version of the product has put into the database.
NOTHING: frozenset[str] = frozenset()
Scope = tuple[str, int]


@dataclass(frozen=True)
class Grant:
    """A role within a scope: ("city", 0) is everywhere, ("competition", 7) is that competition."""

    role: str
    scope: Scope = CITY


@dataclass(frozen=True)
class Actor:
    account_id: int | None
    name: str
    grants: frozenset[Grant] = frozenset()
    person_id: int | None = None

    def may(self, permission: str, *scopes: Scope) -> bool:
        """Whether a grant gives `permission` in one of `scopes`, from the thing itself outwards.

        Without scopes: whether any grant gives it anywhere (what a menu needs to know)."""
        for grant in self.grants:
            if permission in ROLES.get(grant.role, NOTHING) and (
                not scopes or grant.scope == CITY or grant.scope in scopes
            ):
                return True
        return False

    def scope_ids(self, permission: str, kind: str) -> frozenset[int] | None:
        """The ids of `kind` in which `permission` is given; None means all."""
        giving = [grant for grant in self.grants if permission in ROLES.get(grant.role, NOTHING)]
        if any(grant.scope == CITY for grant in giving):
            return None
        return frozenset(grant.scope[1] for grant in giving if grant.scope[0] == kind)


SYSTEM = Actor(None, "system", frozenset({Grant("system")}))
