"""`bundle import`, `bundle export`, `results show`: the event bundle through the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qzcompete.core.command_line import in_app

BUNDLE = click.Path(exists=True, dir_okay=False, path_type=Path)


def printed(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=BUNDLE)
@click.option("--competition", default="IMPORT", help="The code of the competition that takes the events.")
@in_app
def import_bundle(files: tuple[Path, ...], competition: str) -> None:
    """Import event bundles: all of FILES or none. The same again changes nothing."""
    from qzcompete.core.actor import SYSTEM
    from qzcompete.marking.rules.document import read_json
    from qzcompete.marking.rules.faults import Refused
    from qzcompete.results import services

    for file in files:
        try:
            new = services.import_bundle(SYSTEM, read_json(file.read_bytes()), competition)
        except Refused as refused:
            for fault in refused.faults:
                click.echo(f"{file}: {fault}", err=True)
            raise click.ClickException("nothing was imported") from refused
        click.echo(f"{file}: {'imported' if new else 'already there, unchanged'}")


@click.command("export")
@click.argument("event_code")
@in_app
def export_bundle(event_code: str) -> None:
    """Print the event as a bundle, with its results."""
    from qzcompete.results import queries

    click.echo(printed(queries.event_bundle(event_code)))


@click.group("results")
def results_group() -> None:
    """Show results."""


@results_group.command("show")
@click.argument("event_code")
@click.option("--json", "as_json", is_flag=True, help="Exactly what `bundle score` prints.")
@in_app
def show(event_code: str, as_json: bool) -> None:
    """Print the newest result set of an event."""
    from qzcompete.results import queries

    document = queries.compiled_document(event_code)
    if as_json:
        click.echo(printed(document))
        return
    for row in document["results"]:
        cells = (row["rank"] or "–", row["entry"], row["total"] or row["status"], row["award"] or "")
        click.echo("\t".join(str(cell) for cell in cells).rstrip())
    for blocker in document["blockers"]:
        click.echo(" ".join(str(part) for part in blocker.values()), err=True)


@results_group.command("publish")
@click.argument("event_code")
@in_app
def publish(event_code: str) -> None:
    """Publish the newest result set of an event whose assessment is closed."""
    from qzcompete.core.actor import SYSTEM
    from qzcompete.results import queries, services

    published = services.publish_results(SYSTEM, queries.newest_of(event_code).id)
    click.echo(f"{event_code}: version {published.version} is published")
