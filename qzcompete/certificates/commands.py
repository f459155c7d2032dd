"""`qzcompete certificates`: issue for an event, export its files."""

from __future__ import annotations

from pathlib import Path

import click

from qzcompete.core.command_line import in_app


@click.group("certificates")
def certificates_group() -> None:
    """Issue and export certificates."""


@certificates_group.command("issue")
@click.option("--event", "event_code", required=True, help="The code of the event.")
@in_app
def issue(event_code: str) -> None:
    """Issue what the published results give; a job worker renders the files."""
    from qzcompete.certificates import queries, services
    from qzcompete.core.actor import SYSTEM

    job = services.issue_batch(SYSTEM, event_code)
    total = len(queries.of_event(event_code))
    waits = "all rendered" if job is None else f"job {job.id} renders them"
    click.echo(f"{total} certificate(s) of {event_code}; {waits}")


@certificates_group.command("export")
@click.option("--event", "event_code", required=True, help="The code of the event.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@in_app
def export(event_code: str, out: Path) -> None:
    """Write the PDF files of an event into a folder, named by number."""
    from qzcompete.certificates import queries

    rows = queries.of_event(event_code)
    waiting = [row.number for row in rows if row.file_hash is None]
    if waiting:
        raise click.ClickException(f"{len(waiting)} not rendered yet: run `qzcompete worker --until-idle`")
    out.mkdir(parents=True, exist_ok=True)
    for row in rows:
        (out / f"{row.number}.pdf").write_bytes(queries.files().get(row.file_hash or ""))
    click.echo(f"{len(rows)} file(s) in {out}")
