"""Look whether everything holds: libraries, fonts, migrations, the audit log."""

from __future__ import annotations

import click

from qzcompete.core.command_line import in_app
from qzcompete.core.start import start_faults


@click.command("check")
@in_app
def check() -> None:
    """Check system libraries, fonts, migrations, the audit chain; exit 1 with a line for each fault."""
    from qzcompete.adapters.fonts import font_health
    from qzcompete.core.audit import chain_faults

    faults = [*font_health(), *start_faults()]
    if not faults:
        faults = list(chain_faults())
    for fault in faults:
        click.echo(f"fault: {fault}", err=True)
    if faults:
        raise SystemExit(1)
    click.echo("all is well: libraries, fonts, migrations, audit log")
