"""What each role may do, and the marker that every view carries: @requires or @public.

A test walks the URL map and fails for a view without a marker. Scopes narrow a role to one organisation,
competition or assessment; `permit` checks them once the thing is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import abort
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from qzcompete.core.errors import NotAllowed

if TYPE_CHECKING:
    from qzcompete.core.actor import Actor, Scope

View = TypeVar("View", bound=Callable[..., Any])

PERMISSIONS: dict[str, object] = {
    "account.manage": _l("Manage accounts and roles"),
    "api_token.manage": _l("Give tokens to programs"),
    "audit.view": _l("Read the audit log"),
    "job.view": _l("See background jobs"),
    "organisation.edit": _l("Edit organisations"),
    "competition.create": _l("Create competitions"),
    "competition.edit": _l("Edit a competition and its events"),
    "competition.view": _l("See competitions that are not public"),
    "entry.import": _l("Import and change entries"),
    "entry.view": _l("See entries with names"),
    "entry.nominate": _l("Nominate entries of the own organisation"),
    "entry.own": _l("Register alone and see own entries"),
    "entry.reveal": _l("See a document number in full, with a reason"),
    "entry.check_in": _l("Check competitors in"),
    "code.keep": _l("Keep a layer of secret codes"),
    "code.confirm": _l("Confirm the opening of secret codes"),
    "panel.edit": _l("Name judges and their panel"),
    "judge.register": _l("Keep the register of judges"),
    "relation.declare": _l("Declare own relations to entrants"),
    "incident.report": _l("Report incidents of the venue"),
    "incident.decide": _l("Decide incidents of the venue"),
    "sheet.mark": _l("Mark candidates"),
    "sheet.sign": _l("Sign own mark sheets"),
    "assessment.watch": _l("Watch the progress of marking"),
    "assessment.close": _l("Close and sign an assessment"),
    "paper.enter": _l("Print paper sheets and type them in"),
    "result.compile": _l("Compile results"),
    "result.view": _l("See results before publication"),
    "result.publish": _l("Publish results"),
    "result.own": _l("See own results, step by step"),
    "result.early": _l("See results before everybody does"),
    "notice.edit": _l("Publish notices and keep the calendar"),
    "objection.view": _l("See objections"),
    "objection.handle": _l("Decide objections"),
    "message.view": _l("See which messages were delivered"),
    "result.recheck": _l("Order a re-check and look at sheets again"),
    "appeal.view": _l("See appeals that one has a part in"),
    "appeal.file": _l("Appeal against a result"),
    "appeal.manage": _l("See appeals and name arbiters"),
    "appeal.decide": _l("Decide appeals as an arbiter"),
    "promotion.edit": _l("Edit the promotion table"),
    "promotion.decide": _l("Confirm or reject promotions"),
    "certificate.issue": _l("Issue certificates"),
    "template.edit": _l("Edit the templates of certificates"),
    "body.edit": _l("Keep the register of evaluation bodies"),
    "certificate.confirm": _l("Confirm the revocation of certificates"),
    "certificate.view": _l("See all certificates"),
    "certificate.own": _l("Download own certificates"),
    "certificate.unit": _l("Download the certificates of the own organisation's entries"),
    "selection.manage": _l("Hold selections of studios and bases"),
    "selection.view": _l("See selections with all their applications"),
    "application.own": _l("Apply for a studio or a base"),
    "application.recommend": _l("Recommend applications of the own county or department"),
    "grant.view": _l("See the ledgers of grants"),
    "grant.enter": _l("Enter payments and recoveries of grants"),
    "grant.confirm": _l("Confirm bookings of grants as the second person"),
    "review.own": _l("Review applications as an expert"),
    "review.chair": _l("Lead the panel of a selection"),
}

OFFICER = frozenset(
    {
        "organisation.edit",
        "competition.create",
        "competition.edit",
        "competition.view",
        "entry.import",
        "entry.view",
        "entry.reveal",
        "entry.check_in",
        "panel.edit",
        "judge.register",
        "incident.report",
        "assessment.watch",
        "paper.enter",
        "result.compile",
        "result.view",
        "result.publish",
        "appeal.view",
        "appeal.manage",
        "promotion.edit",
        "promotion.decide",
        "certificate.issue",
        "certificate.confirm",
        "template.edit",
        "body.edit",
        "certificate.view",
        "job.view",
        "notice.edit",
        "objection.view",
        "objection.handle",
        "message.view",
    }
)

# role -> permissions. The names of the roles in the trade's words stand in docs/glossary.md.
ROLES: dict[str, frozenset[str]] = {
    "admin": frozenset(
        {
            "account.manage",
            "api_token.manage",
            "audit.view",
            "job.view",
            "organisation.edit",
            "competition.view",
            "message.view",
        }
    ),
    "officer": OFFICER,
    "supervisor": frozenset(
        {
            "audit.view",
            "competition.view",
            "assessment.watch",
            "result.view",
            "result.recheck",
            "certificate.confirm",
            "certificate.view",
            "code.confirm",
            "selection.view",
            "objection.view",
            "objection.handle",
        }
    ),
    "chief_judge": frozenset(
        {
            "incident.report",
            "incident.decide",
            "relation.declare",
            "assessment.watch",
            "assessment.close",
            "result.early",
        }
    ),
    "judge": frozenset({"incident.report", "relation.declare", "sheet.mark", "sheet.sign", "result.early"}),
    "code_keeper": frozenset({"code.keep"}),
    "clerk": frozenset({"paper.enter"}),
    "arbiter": frozenset({"appeal.view", "appeal.decide"}),
    "institution": frozenset(
        {"entry.nominate", "certificate.unit", "appeal.view", "appeal.file", "result.early"}
    ),
    "steward": frozenset({"entry.check_in"}),
    "competitor": frozenset({"certificate.own", "result.own", "appeal.view", "appeal.file", "entry.own"}),
    "bureau_officer": frozenset(
        {
            "selection.manage",
            "selection.view",
            "grant.view",
            "grant.enter",
            "grant.confirm",
            "assessment.watch",
            "job.view",
            "notice.edit",
            "objection.view",
            "objection.handle",
            "message.view",
        }
    ),
    "finance": frozenset({"grant.view", "grant.confirm"}),
    "applicant": frozenset({"application.own"}),
    "recommender": frozenset({"application.recommend"}),
    "expert": frozenset({"review.own", "sheet.mark", "sheet.sign"}),
    "panel_chair": frozenset({"review.chair", "assessment.watch", "assessment.close"}),
    "system": frozenset(PERMISSIONS),
}

ROLE_NAMES: dict[str, object] = {
    "admin": _l("System administrator"),
    "officer": _l("Competition officer"),
    "supervisor": _l("Supervisor"),
    "chief_judge": _l("Chief judge"),
    "judge": _l("Judge"),
    "code_keeper": _l("Code keeper"),
    "clerk": _l("Score clerk"),
    "arbiter": _l("Arbiter"),
    "institution": _l("Participating organisation"),
    "steward": _l("Steward"),
    "competitor": _l("Competitor"),
    "bureau_officer": _l("Selection officer"),
    "finance": _l("Finance officer"),
    "applicant": _l("Applicant"),
    "recommender": _l("Recommending unit"),
    "expert": _l("Expert"),
    "panel_chair": _l("Chair of the panel"),
}


def requires(permission: str) -> Callable[[View], View]:
    """The view needs an account that has `permission` somewhere; it calls `permit` for the thing itself."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                abort(401)
            permit(current_user.actor, permission)
            return view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def signed_in(view: View) -> View:
    """The view needs an account, whatever its roles (one's own password, the list of own work)."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            abort(401)
        return view(*args, **kwargs)

    guarded.access = "signed in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def public(reason: str) -> Callable[[View], View]:
    """The view is open to everybody; `reason` says why that is right."""

    def mark(view: View) -> View:
        view.access = "public"  # type: ignore[attr-defined]
        view.access_reason = reason  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any]) -> str:
    """The permission that the view asks for, "signed in" or "public"."""
    access: str = view.access  # type: ignore[attr-defined]
    return access


def permit(actor: Actor, permission: str, *scopes: Scope) -> None:
    """Raise NotAllowed unless the actor has `permission` in one of `scopes`."""
    if not actor.may(permission, *scopes):
        raise NotAllowed(_l("Your account may not do this here. Ask the competition office if you need it."))
