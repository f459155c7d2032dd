"""The menu: what the present account may open, in the order of the work. Decides no access by itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from qzcompete.notices.queries.messages import unread_count


@dataclass(frozen=True)
class Item:
    label: object
    url: str
    icon: str
    active: bool
    children: tuple[Item, ...] = ()


# label, endpoint, icon, permission that opens it (None: any signed-in account)
MENU: tuple[tuple[object, str, str, str | None], ...] = (
    (_l("My desk"), "public.desk", "home", None),
    (_l("Competitions"), "competitions.index", "calendar", "competition.view"),
    (_l("Check-in"), "check_in.index", "qr", "entry.check_in"),
    (_l("My nominations"), "nominations.index", "users", "entry.nominate"),
    (_l("My entries"), "own_entries.index", "flag", "entry.own"),
    (_l("Calendar"), "planning.calendar", "calendar", "competition.view"),
    (_l("My dates"), "calendar.mine", "clock", None),
    (_l("Register of persons"), "persons.index", "users", "entry.view"),
    (_l("Register of judges"), "competitions.judges", "gavel", "judge.register"),
    (_l("My relations to entrants"), "competitions.my_relations", "users", "relation.declare"),
    (_l("Incidents of the venue"), "competitions.incident_list", "warning", "incident.report"),
    (_l("Marking"), "marking.desk", "edit", "sheet.mark"),
    (_l("Progress of marking"), "marking.watch_list", "gavel", "assessment.watch"),
    (_l("Paper sheets"), "marking.paper_index", "file", "paper.enter"),
    (_l("Codes that I keep"), "ceremony.keeper", "lock", "code.keep"),
    (_l("Openings of codes"), "ceremony.openings", "lock", "code.confirm"),
    (_l("Selections"), "selection.rounds", "medal", "selection.view"),
    (_l("Experts"), "selection.experts", "users", "selection.manage"),
    (_l("Recommending units"), "selection.units", "flag", "selection.manage"),
    (_l("My applications"), "selection.own", "file", "application.own"),
    (_l("Recommendations"), "selection.units_desk", "inbox", "application.recommend"),
    (_l("My reviews"), "selection.reviews", "edit", "review.own"),
    (_l("Panels that I lead"), "selection.led", "gavel", "review.chair"),
    (_l("Notice and designation"), "studios.classes", "flag", "selection.view"),
    (_l("Studios and bases"), "studios.office", "building", "selection.view"),
    (_l("Grants"), "studios.grants", "list", "grant.view"),
    (_l("My studio or base"), "studios.mine", "building", "application.own"),
    (_l("Certificates"), "certificates.office", "certificate", "certificate.view"),
    (_l("My results"), "own_results.index", "chart", "result.own"),
    (_l("Results of our events"), "own_results.early", "chart", "result.early"),
    (_l("Appeals"), "appeals.index", "gavel", "appeal.view"),
    (_l("Promotions"), "promotions.index", "medal", "promotion.decide"),
    (_l("My certificates"), "certificates.mine", "medal", "certificate.own"),
    (_l("Certificates of our entrants"), "certificates.unit", "medal", "certificate.unit"),
    (_l("Notices"), "notices.office", "file", "notice.edit"),
    (_l("Objections"), "notices.objections", "flag", "objection.view"),
    (_l("Calendar of working days"), "notices.calendar", "calendar", "notice.edit"),
    (_l("My messages"), "notices.inbox", "inbox", None),
    (_l("Messages sent"), "notices.outbox", "offline", "message.view"),
    (_l("Background jobs"), "public.jobs", "clock", "job.view"),
    (_l("Organisations"), "people.organisations", "building", "organisation.edit"),
    (_l("Audit log"), "oversight.log", "list", "audit.view"),
    (_l("Accounts"), "people.accounts", "users", "account.manage"),
    (_l("Requests for deletion"), "oversight.erasures", "flag", "account.manage"),
    (_l("Access of programs"), "tokens.index", "lock", "api_token.manage"),
)

# a page of one thing -> the list of the menu that it belongs to
LISTS = {
    "own_results.explain_own": "own_results.index",
    "own_results.early_sheet": "own_results.early",
    "public.job": "public.jobs",
    "certificates.show": "certificates.office",
    "certificates.revoke": "certificates.office",
    "certificates.reissue": "certificates.office",
    "certificates.ledger": "certificates.office",
    "certificates.single": "certificates.office",
    "certificates.template_list": "certificates.office",
    "certificates.create_template": "certificates.office",
    "certificates.template": "certificates.office",
    "certificates.grades": "certificates.office",
    "certificates.grade_photo": "certificates.office",
    "certificates.bodies": "certificates.office",
    "certificates.new_body": "certificates.office",
    "certificates.edit_body": "certificates.office",
    "certificates.body": "certificates.office",
    "certificates.file_scope": "certificates.office",
    "certificates.void_number": "certificates.office",
    "marking.watch": "marking.watch_list",
    "marking.unlock": "marking.watch_list",
    "marking.panel": "marking.watch_list",
    "marking.substitute": "marking.watch_list",
    "marking.rounds": "marking.watch_list",
    "marking.ties": "marking.watch_list",
    "marking.call": "marking.watch_list",
    "marking.paper_board": "marking.paper_index",
    "marking.paper_sheet": "marking.paper_index",
    "people.create_account": "people.accounts",
    "selection.create_round": "selection.rounds",
    "selection.edit_round": "selection.rounds",
    "selection.show_round": "selection.rounds",
    "selection.show_class": "selection.rounds",
    "selection.cancel_class": "selection.rounds",
    "selection.class_settings": "selection.rounds",
    "selection.score_sheet": "selection.rounds",
    "selection.quotas": "selection.rounds",
    "selection.office_application": "selection.rounds",
    "selection.class_panel": "selection.rounds",
    "selection.visits": "selection.rounds",
    "selection.plan_visit": "selection.rounds",
    "selection.report_visit": "selection.rounds",
    "selection.add_expert": "selection.experts",
    "selection.edit_expert": "selection.experts",
    "selection.application": "selection.own",
    "selection.section": "selection.own",
    "selection.files": "selection.own",
    "selection.check": "selection.own",
    "selection.withdraw_application": "selection.own",
    "selection.unit_application": "selection.units_desk",
    "selection.review": "selection.reviews",
    "selection.review_application": "selection.reviews",
    "selection.lead": "selection.led",
    "selection.meeting": "selection.led",
    "people.add_organisation": "people.organisations",
    "people.edit_organisation": "people.organisations",
    "studios.lists": "studios.classes",
    "studios.assessments": "studios.classes",
    "studios.show": "studios.office",
    "studios.assess": "studios.office",
    "studios.ledger": "studios.grants",
    "studios.own_studio": "studios.mine",
    "notices.create": "notices.office",
    "notices.show": "notices.office",
    "notices.edit": "notices.office",
    "notices.objection": "notices.objections",
    "people.account": "people.accounts",
    "people.invite": "people.accounts",
    "notices.message": "notices.inbox",
    "notices.addresses": "notices.inbox",
    "planning.clashes": "planning.calendar",
    "competitions.judge": "competitions.judges",
    "competitions.add_relation": "competitions.judges",
    "competitions.decide_incident": "competitions.incident_list",
}
# the entry of the menu for all pages of an event
LOWER_SLICES = {
    "competitions.index": (
        "registration",
        "ceremony",
        "admission",
        "quotas",
        "results",
        "competition_results",
        "planning",
    )
}

# pages of those slices that stand in the menu themselves
OWN = (
    "ceremony.keeper",
    "ceremony.openings",
    "planning.calendar",
    "planning.clashes",
    "competitions.judges",
    "competitions.judge",
    "competitions.add_relation",
    "competitions.my_relations",
    "competitions.incident_list",
    "competitions.decide_incident",
)

# slices whose pages of the menu stand for themselves
ALONE = (
    "public.",
    "certificates.",
    "marking.",
    "people.",
    "ceremony.",
    "own_results.",
    "persons.",
    "notices.",
    "calendar.",
    "selection.",
    "studios.",
    "oversight.",
)


def navigation() -> list[Item]:
    """The items for the account that is signed in; none for a visitor."""
    if not current_user.is_authenticated:
        return []
    actor = current_user.actor
    slice_name = (request.endpoint or "").split(".")[0]
    return [
        Item(label, url_for(endpoint), icon, is_active(endpoint, slice_name))
        for label, endpoint, icon, permission in MENU
        if endpoint in current_app.view_functions and (permission is None or actor.may(permission))
    ]


def is_active(endpoint: str, slice_name: str) -> bool:
    """Whether the item leads to the page shown, or to the list that it belongs to."""
    if endpoint in OWN or endpoint.startswith(ALONE):
        return endpoint == LISTS.get(request.endpoint or "", request.endpoint)
    if request.endpoint in OWN:
        return False
    return slice_name in (endpoint.split(".")[0], *LOWER_SLICES.get(endpoint, ()))


def unread_messages() -> int:
    """For the header of every page: how many own messages are not read yet."""
    return unread_count(current_user.id) if current_user.is_authenticated else 0
