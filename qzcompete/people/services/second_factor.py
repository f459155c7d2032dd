"""The second factor of an account: codes of an authenticator app (RFC 6238), and ten recovery codes for its loss.

Passkeys are another (`passkeys.py`); the recovery codes stand in for both.

A code counts once: the step that it was made for is kept. Wrong codes count as wrong passwords do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select, update

from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.columns import blind_index
from qzcompete.core.errors import RuleBroken
from qzcompete.extensions import db
from qzcompete.people.models import Account, Passkey, RecoveryCode, SecondFactor
from qzcompete.people.services.accounts import count_failure, refuse_locked

STEP_SECONDS = 30
# A phone's clock may be one step off.
STEPS_OFF = (0, -1, 1)
RECOVERY_CODES = 10
# Without 0, o, 1, l, i: they are read aloud and copied by hand.
RECOVERY_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


def is_required(account: Account) -> bool:
    """Whether one of the account's roles asks for a second factor (QZ_SECOND_FACTOR_ROLES)."""
    asking: tuple[str, ...] = current_app.config["QZ"].second_factor_roles
    return any(grant.role in asking for grant in account.grants)


def is_guarded(account: Account) -> bool:
    """Whether the password alone does not open the account: there is an app, or a passkey."""
    return is_enrolled(account) or bool(
        db.session.scalar(select(exists().where(Passkey.account_id == account.id)))
    )


def is_enrolled(account: Account) -> bool:
    """Whether an authenticator app is switched on."""
    factor = db.session.get(SecondFactor, account.id)
    return factor is not None and factor.confirmed_at is not None


def begin_enrolment(account: Account) -> None:
    """Make the secret for an authenticator app; nothing is asked for before its first code confirmed it."""
    factor = db.session.get(SecondFactor, account.id)
    if factor is not None and factor.confirmed_at is not None:
        raise RuleBroken(_l("A second factor is set up already. Remove it first."), code="enrolled")
    if factor is None:
        db.session.add(SecondFactor(account_id=account.id, secret=pyotp.random_base32(), last_step=0))


@dataclass(frozen=True)
class EnrolmentKey:
    """What an authenticator app reads: the secret in groups of four to type, or the address as a QR code."""

    secret: str
    address: str


def enrolment_key(account: Account, public_url: str) -> EnrolmentKey | None:
    """Of an app that waits for its first code; None where there is none, or it is confirmed."""
    factor = db.session.get(SecondFactor, account.id)
    if factor is None or factor.confirmed_at is not None:
        return None
    address = pyotp.TOTP(factor.secret).provisioning_uri(
        name=account.username, issuer_name=urlsplit(public_url).hostname
    )
    return EnrolmentKey(" ".join(factor.secret[at : at + 4] for at in range(0, 32, 4)), address)


def confirm_enrolment(actor: Actor, account: Account, code: str) -> list[str]:
    """Switch the second factor on by its first code; returns the recovery codes, shown this once."""
    factor = db.session.get(SecondFactor, account.id, with_for_update=True)
    if factor is None or factor.confirmed_at is not None or not takes_code(factor, code):
        raise RuleBroken(
            _l("This code is not right. Wait for the next one and look whether the phone's time is right."),
            field="code",
        )
    factor.confirmed_at = now()
    audit.record(actor, "account.second_factor_set", f"account:{account.id}")
    return new_recovery_codes(actor, account)


def new_recovery_codes(actor: Actor, account: Account) -> list[str]:
    """Ten codes, each good for one sign-in; earlier ones end."""
    codes = ["".join(secrets.choice(RECOVERY_SIGNS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_index=recovery_index(account, code)) for code in codes
    )
    audit.record(actor, "account.recovery_codes_made", f"account:{account.id}")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_index(account: Account, code: str) -> str:
    return blind_index("recovery-code", f"{account.id}:{code}")


def second_factor_holds(account: Account, code: str, attempts: int, lock_minutes: int) -> bool:
    """Whether this is the account's code now, or an unused recovery code; raises NotAllowed while it is locked.

    Counts failures; the caller commits them although nobody signed in."""
    db.session.refresh(account, with_for_update=True)
    refuse_locked(account)
    tidy = code.strip().lower().replace(" ", "").replace("-", "")
    factor = db.session.get(SecondFactor, account.id, with_for_update=True)
    if (factor is not None and takes_code(factor, tidy)) or uses_recovery_code(account, tidy):
        account.failures, account.locked_until = 0, None
        return True
    count_failure(account, attempts, lock_minutes)
    return False


def takes_code(factor: SecondFactor, code: str) -> bool:
    totp, moment = pyotp.TOTP(factor.secret), now()
    for off in STEPS_OFF:
        at = moment + timedelta(seconds=off * STEP_SECONDS)
        step = totp.timecode(at)
        if step > factor.last_step and secrets.compare_digest(totp.at(at).encode(), code.strip().encode()):
            factor.last_step = step
            return True
    return False


def uses_recovery_code(account: Account, code: str) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
        .where(RecoveryCode.code_index == recovery_index(account, code))
        .values(used_at=now())
        .returning(RecoveryCode.id)
    ).first()
    if used is not None:
        audit.record(account.actor, "account.recovery_code_used", f"account:{account.id}")
    return used is not None


def remove_app(actor: Actor, account: Account) -> None:
    """Switch the authenticator app off, by the owner after the password; the account's sessions end."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
    end_unneeded_codes(account)
    account.session_epoch += 1
    audit.record(actor, "account.app_removed", f"account:{account.id}")


def end_unneeded_codes(account: Account) -> None:
    """Recovery codes replace a second factor; where there is none any more they go too."""
    if not is_guarded(account):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


def remove_second_factor(actor: Actor, account: Account) -> None:
    """Remove app, passkeys and codes: by an administrator, for who has lost them all. The account's sessions end."""
    for kind in (SecondFactor, Passkey, RecoveryCode):
        db.session.execute(delete(kind).where(kind.account_id == account.id))
    account.session_epoch += 1
    audit.record(actor, "account.second_factor_removed", f"account:{account.id}")


def unused_recovery_codes(account: Account) -> int:
    left = select(RecoveryCode.id).where(
        RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
    )
    return len(db.session.scalars(left).all())
