"""Every view carries its access rule, and no page of an empty city breaks for anybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.permissions import ROLE_NAMES

ROLES = tuple(ROLE_NAMES)


def test_every_view_has_an_access_rule(app: Flask) -> None:
    unmarked = [
        name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "access")
    ]

    assert unmarked == []


def plain_paths(app: Flask) -> list[str]:
    """The GET pages whose address has no variable part; an API and a monitoring show a token and have tests of their own."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and not rule.rule.startswith(("/api/", "/metrics"))
    )


def test_no_page_breaks_for_a_visitor(app: Flask, client: FlaskClient) -> None:
    answers = {path: client.get(path).status_code for path in plain_paths(app)}

    assert {path: code for path, code in answers.items() if code not in (200, 302)} == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_breaks_for_a_role(app: Flask, sign_in: Callable[..., FlaskClient], role: str) -> None:
    client = sign_in(role)

    answers = {path: client.get(path).status_code for path in plain_paths(app)}

    assert {path: code for path, code in answers.items() if code not in (200, 302, 403)} == {}
    assert answers["/desk"] == 200


def test_a_page_of_another_role_is_refused(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in("competitor")

    answer = client.get("/accounts")

    assert answer.status_code == 403
    assert "无权进行此操作" in answer.text
