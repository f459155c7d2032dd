"""The plaque of a designation follows its title: issued with it, revoked when the title is removed."""

from __future__ import annotations

from qzcompete.certificates import queries
from qzcompete.certificates.models import CertificateState
from qzcompete.certificates.services.issuing import render_waiting
from qzcompete.certificates.services.singles import Single, issue_single
from qzcompete.core import audit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.wording import chinese_day
from qzcompete.selection.queries.designations import DesignationCard, designation_card
from qzcompete.selection.rules.publicity import CITY_NAME, CLASS_NAMES

REMOVED = "称号已撤销"


def settle_plaque(actor: Actor, designation_id: int, *, sample: bool = False) -> None:
    """Issue the plaque where there is none, and end it where the title has gone. The same again changes nothing."""
    card = designation_card(designation_id)
    plaque = queries.plaque_of(designation_id)
    if card.removed:
        revoke_plaque(actor, designation_id)
    elif plaque is None:
        issue_single(actor, plaque_text(card), sample=sample)
    else:
        render_waiting(actor)


def plaque_text(card: DesignationCard) -> Single:
    title = CITY_NAME + CLASS_NAMES[card.kind]
    return Single(
        "plaque",
        card.name,
        title,
        unit=card.host_name,
        text=f"建设周期：{chinese_day(card.starts_on)}—{chinese_day(card.ends_on)}",
        number=card.plaque_number,
        designation_id=card.id,
    )


def revoke_plaque(actor: Actor, designation_id: int) -> None:
    plaque = queries.plaque_of(designation_id)
    if plaque is None or plaque.state is not CertificateState.VALID:
        return
    plaque.state, plaque.revoked_at, plaque.revoke_reason = CertificateState.REVOKED, now(), REMOVED
    audit.record(actor, "certificate.revoked", f"certificate:{plaque.id}", after={"reason": REMOVED})
