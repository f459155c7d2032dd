"""Writes accounts: sign-in with lock-out, passwords, roles, invitations."""

from __future__ import annotations

import hashlib
import math
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from qzcompete.core import audit
from qzcompete.core.actor import CITY, SYSTEM, Actor, Scope
from qzcompete.core.clock import now
from qzcompete.core.errors import NotAllowed, NotFound, RuleBroken
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import ROLE_NAMES
from qzcompete.extensions import db
from qzcompete.people.models import Account, AccountState, Invitation, RoleGrant
from qzcompete.people.queries import account_named, account_to_sign_in
from qzcompete.people.rules.identity import tidy_name
from qzcompete.people.rules.passwords import password_fault

# Guesses at the password of who is signed in, from a device that was left open.
PASSWORDS_AN_HOUR = 10
INVITED_FOR = timedelta(days=7)

hasher = PasswordHasher()
# Verified where there is no such account, so that the answer takes as long either way.
NOBODY = hasher.hash("nobody has this password")

PASSWORD_FAULTS = {
    "short": _l("A password has at least 10 characters."),
    "long": _l("A password has at most 128 characters."),
    "common": _l("This password is among the most common ones. Choose another."),
    "username": _l("A password must not contain the user name."),
    "repeated": _l("This password repeats too few characters. Choose another."),
}


def sign_in(username: str, password: str, attempts: int, lock_minutes: int) -> Account | None:
    """The account whose password this is, or None; raises NotAllowed while it is locked.

    Counts failures; the caller commits them although nobody signed in. Where a second factor is set up, nobody is
    signed in yet."""
    account = account_to_sign_in(username)
    if account is None or not account.is_active:
        matches(NOBODY, password)
        return None
    refuse_locked(account)
    if matches(account.password_hash, password):
        return account
    count_failure(account, attempts, lock_minutes)
    return None


def refuse_locked(account: Account) -> None:
    moment = now()
    if account.locked_until and account.locked_until > moment:
        raise NotAllowed(
            _l(
                "Too many wrong passwords. Wait %(minutes)s minutes, or ask an administrator.",
                minutes=math.ceil((account.locked_until - moment).total_seconds() / 60),
            ),
            code="locked",
        )


def count_failure(account: Account, attempts: int, lock_minutes: int) -> None:
    """One wrong password or code more; too many lock the account for a while."""
    account.failures += 1
    if account.failures >= attempts:
        account.failures, account.locked_until = 0, now() + timedelta(minutes=lock_minutes)
        audit.record(SYSTEM, "account.locked", f"account:{account.id}")


def matches(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def create_account(
    actor: Actor,
    username: str,
    name: str,
    password: str,
    roles: list[tuple[str, Scope]],
    person_id: int | None = None,
) -> Account:
    """A new active account with its roles; raises RuleBroken for a weak password or a taken name."""
    username = username.strip().lower()
    if (
        not username.replace("-", "").replace("_", "").replace(".", "").isalnum()
        or not 2 <= len(username) <= 64
    ):
        raise RuleBroken(_l("A user name has 2 to 64 letters, digits, dots, dashes."), field="username")
    if account_named(username):
        raise RuleBroken(_l("This user name is taken. Choose another."), field="username")
    check_password(password, username)
    account = Account(
        username=username,
        name=tidy_name(name),
        password_hash=hasher.hash(password),
        person_id=person_id,
        failures=0,
        session_epoch=1,
        created_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    audit.record(actor, "account.created", f"account:{account.id}", after={"username": username})
    for role, scope in roles:
        grant_role(actor, account, role, scope)
    return account


def check_password(password: str, username: str) -> None:
    if fault := password_fault(password, username):
        raise RuleBroken(PASSWORD_FAULTS[fault], code=f"password_{fault}", field="password")


def change_password(actor: Actor, account: Account, old: str, new: str) -> None:
    """Set a new password for one's own account and end its other sessions."""
    confirm_password(account, old, field="old_password")
    check_password(new, account.username)
    set_password(account, new)
    audit.record(actor, "account.password_changed", f"account:{account.id}")


def password_holds(account: Account, password: str) -> bool:
    """Whether this is the password of the account that is signed in; raises TooMany for who guesses on."""
    count_try("password", str(account.id), PASSWORDS_AN_HOUR, 3600)
    return matches(account.password_hash, password)


def confirm_password(account: Account, password: str, field: str = "password") -> None:
    """Raises RuleBroken, at the form's field, where this is not the password of the account that is signed in."""
    if not password_holds(account, password):
        raise RuleBroken(_l("The present password is not right."), field=field)


def unguessable_password() -> str:
    """For an account whose owner is invited to set one."""
    return secrets.token_urlsafe(32)


def set_password(account: Account, password: str) -> None:
    """The new password; every session with the old one ends."""
    account.password_hash = hasher.hash(password)
    account.session_epoch += 1
    account.failures, account.locked_until = 0, None


def invite(actor: Actor, account: Account) -> str:
    """A new invitation to set a password, good once and for a week; returns its token, which is stored nowhere.

    Earlier invitations of the account end. The password that there is holds until the invitation is accepted."""
    token = secrets.token_urlsafe(24)
    db.session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    db.session.add(
        Invitation(account_id=account.id, token_hash=invitation_hash(token), expires_at=now() + INVITED_FOR)
    )
    audit.record(actor, "account.invited", f"account:{account.id}")
    return token


def invitation_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def accept_invitation(token: str, password: str) -> Account:
    """Set the invited account's password; raises NotFound for an invitation that is over."""
    account = invited_account(token)
    check_password(password, account.username)
    db.session.execute(delete(Invitation).where(Invitation.account_id == account.id))
    set_password(account, password)
    audit.record(account.actor, "account.invitation_accepted", f"account:{account.id}")
    return account


def invited_account(token: str) -> Account:
    invitation = db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == invitation_hash(token), Invitation.expires_at > now())
        .with_for_update()
    )
    account = invitation and db.session.get(Account, invitation.account_id)
    if not account or not account.is_active:
        raise NotFound(
            _l("This invitation is used or has run out. Ask the competition office for a new one.")
        )
    return account


def set_account_state(actor: Actor, account: Account, state: str) -> None:
    """Disable the account, which ends its sessions, or let it sign in again; nobody disables the own account."""
    if account.id == actor.account_id:
        raise RuleBroken(
            _l("Nobody can disable the own account. Ask another administrator."), code="own_account"
        )
    if state not in (known.value for known in AccountState):
        raise RuleBroken(_l("There is no such state."), code="state")
    before, account.state = account.state, AccountState(state)
    account.session_epoch += 1
    audit.record(
        actor,
        f"account.{state}",
        f"account:{account.id}",
        before={"state": before.value},
        after={"state": state},
    )


def grant_role(actor: Actor, account: Account, role: str, scope: Scope = CITY) -> None:
    """Give the account a role in a scope; once is enough."""
    if role not in ROLE_NAMES:
        raise RuleBroken(_l("There is no such role."), field="role")
    if any(grant.role == role and (grant.scope_kind, grant.scope_id) == scope for grant in account.grants):
        return
    account.grants.append(RoleGrant(role=role, scope_kind=scope[0], scope_id=scope[1]))
    audit.record(
        actor, "account.role_granted", f"account:{account.id}", after={"role": role, "scope": list(scope)}
    )


def forget_account(account: Account, name: str, *, keep_person: bool) -> None:
    """The account opens nothing any more and names nobody; the rows that point to it stay. The caller audits."""
    account.grants.clear()
    account.username, account.name = f"erased-{account.id}", name
    account.password_hash, account.state = "!", AccountState.DISABLED
    account.session_epoch += 1
    if not keep_person:
        account.person_id = None
    db.session.flush()
