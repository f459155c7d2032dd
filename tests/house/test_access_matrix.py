"""Every route as every role: refused exactly where docs/permissions.md says so, whatever the address names.

The page is the expectation, not the code: a permission that is swapped for another one on a view, or moved from one role
to another, is noticed here and by the test of the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.permissions import ROLE_NAMES

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "permissions.md").read_text()
ROLES = tuple(ROLE_NAMES)
OPEN = ("public", "signed in")
# Something that fits each kind of variable part and is nowhere.
NOWHERE = {"int": "999999999", "string": "nowhere", "default": "nowhere", "path": "nowhere", "uuid": "0" * 32}


def rows(part: str) -> list[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


HOLDERS = {
    row[0]: {role for role, mark in zip(ROLES, row[1:], strict=True) if mark}
    for row in rows(PAGE.split("## Pages")[0])
}
ROUTES = [
    (address, methods.split(", "), access) for address, methods, access in rows(PAGE.split("## Pages")[1])
]
GUARDED = [(address, methods, access) for address, methods, access in ROUTES if access not in OPEN]


def nowhere(address: str) -> str:
    """The address with something in each variable part that fits it: of several words the first."""

    def fitting(part: re.Match[str]) -> str:
        kind, words = part[1] or "default", part[2]
        return words.split(",")[0].strip("'\" ") if kind == "any" else NOWHERE[kind]

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", fitting, address)


def answers(
    client: FlaskClient, wanted: list[tuple[str, list[str], str]], accept: str = "text/html"
) -> dict[str, int]:
    return {
        f"{method} {address}": client.open(
            nowhere(address), method=method, headers={"Accept": accept}
        ).status_code
        for address, methods, _access in wanted
        for method in methods
        if method
    }


def test_the_page_lists_roles_and_many_routes() -> None:
    assert len(ROUTES) > 100
    assert len(GUARDED) > 60
    assert {access for _address, _methods, access in GUARDED} <= set(HOLDERS)


def test_a_visitor_is_sent_to_sign_in_from_every_guarded_route(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    seen = answers(client, [route for route in ROUTES if route[2] != "public"])

    assert {route: status for route, status in seen.items() if status not in (302, 401)} == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_where_it_lacks_the_permission(
    sign_in: Callable[..., FlaskClient], role: str
) -> None:
    client = sign_in(role)
    denied = [route for route in GUARDED if role not in HOLDERS[route[2]]]

    # A page of the refusal is drawn the same way for all; as JSON thousands of them take seconds.
    seen = answers(client, denied, "application/json")

    assert {route: status for route, status in seen.items() if status != 403} == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_in_where_it_has_the_permission(sign_in: Callable[..., FlaskClient], role: str) -> None:
    """In the whole city; what the address names is not there, so nothing but its absence or the form is told."""
    client = sign_in(role)
    allowed = [route for route in GUARDED if role in HOLDERS[route[2]]]

    seen = answers(client, allowed)

    assert {
        route: status for route, status in seen.items() if status not in (200, 302, 303, 400, 404, 422)
    } == {}
