"""Reads appeals, and which entries' ranks they may still change."""

from __future__ import annotations


def held_entries(event_id: int) -> frozenset[int]:
    """Entries whose rank or award an open appeal may still change: nothing final may be made of them."""
    return frozenset()
