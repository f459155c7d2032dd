"""Drills drive the browser that the browser tests do, without their second try."""

from tests.e2e.conftest import browser

__all__ = ["browser"]
