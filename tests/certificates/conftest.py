"""Signing keys for the application of the tests, and two officers who revoke together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from qzcompete.adapters.signing.keys import make_keys
from qzcompete.certificates import queries, services
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.clock import now
from qzcompete.core.transaction import unit
from qzcompete.people.services import create_account


@pytest.fixture
def keys(app: Flask) -> None:
    folder = queries.key_folder()
    if not folder.present():
        make_keys(folder, "测试机构", now())


@pytest.fixture
def revoke(app: Flask) -> Callable[[int], None]:
    """Revoke a certificate by an officer and a supervisor."""

    def revoked(certificate_id: int, reason: str = "姓名有误") -> None:
        with unit():
            first = create_account(SYSTEM, "first", "甲", "correct-horse-9", [("officer", CITY)])
            second = create_account(SYSTEM, "second", "乙", "correct-horse-9", [("supervisor", CITY)])
        with unit():
            services.ask_revocation(first.actor, certificate_id, reason)
        with unit():
            services.confirm_revocation(second.actor, certificate_id)

    return revoked
