"""Looks whether everything holds: libraries, fonts, migrations, and the invariants of the data by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import IO

import click

from qzcompete.core.command_line import reading
from qzcompete.core.start import start_faults

# What must hold at every moment -> the function that yields a sentence for each place where it does not. A slice keeps
# its own in `queries/invariants.py` and names them here.
INVARIANTS: dict[str, str] = {
    "audit log": "qzcompete.core.audit:chain_faults",
    "anchors": "qzcompete.oversight.queries:anchor_faults",
    "states of competitions": "qzcompete.competitions.queries.invariants:states",
    "states of assessments": "qzcompete.marking.queries.invariants:states",
    "states of notices": "qzcompete.notices.queries.invariants:states",
    "states of certificates": "qzcompete.certificates.queries.invariants:states",
    "recusals": "qzcompete.marking.queries.invariants:recused_marks",
    "marks": "qzcompete.marking.queries.invariants:marks_beside_ledger",
    "ledger of marks": "qzcompete.marking.queries.invariants:ledger_beside_log",
    "signed sheets": "qzcompete.marking.queries.invariants:signed_sheets",
    "secret codes": "qzcompete.registration.queries.invariants:codes_opened_early",
    "seeds of draws": "qzcompete.registration.queries.invariants:seeds_told_early",
    "versions of results": "qzcompete.results.queries.invariants:frozen_sets",
    "ranks": "qzcompete.results.queries.invariants:ranks_recomputed",
    "certificates": "qzcompete.certificates.queries.invariants:within_results",
    "places of a selection": "qzcompete.selection.queries.invariants:place_faults",
    "notices of designations": "qzcompete.selection.queries.invariants:notice_faults",
    "conflicts of experts": "qzcompete.selection.queries.invariants:recusal_faults",
    "events of a selection": "qzcompete.selection.queries.invariants:event_faults",
    "grants": "qzcompete.selection.queries.invariants:ledger_faults",
}


def invariant(path: str) -> Callable[[], Iterator[str]]:
    module, name = path.split(":")
    found: Callable[[], Iterator[str]] = getattr(import_module(module), name)
    return found


def invariant_faults() -> Iterator[str]:
    """Every fault of the data, with the name of the invariant that it breaks."""
    for name, path in INVARIANTS.items():
        for fault in invariant(path)():
            yield f"{name}: {fault}"


def standing_faults() -> list[str]:
    """What keeps the data from being read at all, or documents from being printed."""
    from qzcompete.adapters.fonts import font_health

    return [*font_health(), *start_faults()]


def kept_anchor_faults(kept: str) -> Iterator[str]:
    """Every anchor that somebody kept and that is no longer published as it was."""
    from qzcompete.oversight.queries import anchors
    from qzcompete.oversight.rules import kept_anchors

    published = {one.day.isoformat(): one.hash for one in anchors()}
    for day, known in kept_anchors(kept).items():
        if day not in published:
            yield f"kept anchors: {day} is not published any more"
        elif published[day] != known:
            yield f"kept anchors: {day} is published with another hash"


@click.command("check")
@click.option(
    "--anchors",
    "kept",
    type=click.File(encoding="utf-8"),
    help="A kept copy of the published list of anchors, to be compared.",
)
@reading
def check(kept: IO[str] | None) -> None:
    """Check system libraries, fonts, migrations and the data; exit 1 with a line for each fault."""
    faults = standing_faults()
    if not faults:
        faults = list(invariant_faults())
        faults += kept_anchor_faults(kept.read()) if kept else ()
    for fault in faults:
        click.echo(f"fault: {fault}", err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"all is well: libraries, fonts, migrations, {', '.join(INVARIANTS)}")
