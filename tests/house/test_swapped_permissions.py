"""Does the access matrix have teeth? Each permission of a page swapped for another one must change who is let in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core.permissions import PERMISSIONS, ROLE_NAMES, ROLES, access_of, requires
from tests.house.test_access_matrix import nowhere

HOLDERS = {one: {role for role in ROLE_NAMES if one in ROLES[role]} for one in PERMISSIONS}


def test_no_permission_is_held_by_nobody() -> None:
    assert [one for one, holders in HOLDERS.items() if not holders] == []


def guarded(app: Flask) -> Iterator[tuple[str, str, str, str]]:
    """(endpoint, address, method, permission) of one page for each permission."""
    seen = set()
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        permission = access_of(app.view_functions[rule.endpoint])
        if permission in PERMISSIONS and permission not in seen:
            seen.add(permission)
            method = "GET" if "GET" in (rule.methods or ()) else "POST"
            yield rule.endpoint, nowhere(rule.rule), method, permission


def test_a_swapped_permission_keeps_a_holder_out(
    app: Flask, sign_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom a swap lets in besides, the view's own `permit` still refuses; the page of permissions notices that."""
    signed_in, unnoticed, tried = cache(sign_in), [], 0
    for endpoint, address, method, permission in guarded(app):
        view = app.view_functions[endpoint]
        for other in others(permission):
            client = signed_in(min(HOLDERS[permission] - HOLDERS[other]))
            swapped = requires(other)(view.__wrapped__)  # type: ignore[attr-defined]
            monkeypatch.setitem(app.view_functions, endpoint, swapped)
            tried += 1
            if client.open(address, method=method).status_code != 403:
                unnoticed.append((endpoint, permission, other))
        monkeypatch.setitem(app.view_functions, endpoint, view)

    assert tried > 50
    assert unnoticed == []


def others(permission: str) -> list[str]:
    """Every thirtieth of those that somebody who holds `permission` lacks; QZ_ALL_SWAPS=1 gives all."""
    share = 1 if os.environ.get("QZ_ALL_SWAPS") else 30
    return [
        one
        for one in PERMISSIONS
        if HOLDERS[permission] - HOLDERS[one] and sum((permission + one).encode()) % share == 0
    ]
