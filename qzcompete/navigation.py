"""The menu: what the present account may open, in the order of the work. Decides no access by itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user


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
    (_l("Marking"), "marking.desk", "edit", "sheet.mark"),
    (_l("Progress of marking"), "marking.watch_list", "gavel", "assessment.watch"),
    (_l("Certificates"), "certificates.office", "certificate", "certificate.view"),
    (_l("My certificates"), "certificates.mine", "medal", "certificate.own"),
    (_l("Background jobs"), "public.jobs", "clock", "job.view"),
    (_l("Accounts"), "people.accounts", "users", "account.manage"),
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
    if endpoint.startswith(("public.", "certificates.", "marking.", "people.")):
        return request.endpoint == endpoint
    return endpoint.split(".")[0] == slice_name
