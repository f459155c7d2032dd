"""`draw verify`: makes a draw again from its public protocol, in the database or in a file, and shows every step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qzcompete.registration.rules.protocol import NotVerifiable, verified


@click.group("draw")
def draw_group() -> None:
    """Check draws."""


@draw_group.command("verify")
@click.argument("source", metavar="EVENT|FILE.json")
@click.pass_context
def verify(context: click.Context, source: str) -> None:
    """Make the draw again and compare every step; ends with 1 where one differs."""
    protocol = read_protocol(Path(source)) if source.endswith(".json") else stored_protocol(context, source)
    try:
        steps = verified(protocol)
    except NotVerifiable as problem:
        raise click.ClickException(f"this draw cannot be checked: {problem}") from problem
    for step in steps:
        click.echo(f"{'ok   ' if step.holds else 'WRONG'} {step.name}")
        click.echo(f"      published  {step.said}")
        if not step.holds:
            click.echo(f"      made again {step.computed}")
    if not all(step.holds for step in steps):
        raise click.ClickException("the draw is not what was promised")
    click.echo(f"the draw of {protocol['event']} is what was promised: {len(protocol['numbers'])} entries")
    if not str(protocol.get("committed_at")) < str(protocol.get("drawn_at")):
        click.echo("note: no promise was published before the lots were drawn")


def read_protocol(file: Path) -> dict[str, Any]:
    try:
        protocol = json.loads(file.read_bytes())
    except (OSError, ValueError) as problem:
        raise click.ClickException(f"{file} cannot be read: {problem}") from problem
    if not isinstance(protocol, dict):
        raise click.ClickException(f"{file} is no protocol of a draw")
    return protocol


def stored_protocol(context: click.Context, code: str) -> dict[str, Any]:
    from qzcompete.competitions.queries import event_card
    from qzcompete.core.errors import Problem
    from qzcompete.registration.queries import draw_page

    with context.find_root().obj().app_context():
        try:
            page = draw_page(event_card(code))
        except Problem as problem:
            raise click.ClickException(f"there is no event {code}") from problem
        if page is None:
            raise click.ClickException(f"nothing was promised for a draw of {code}")
        return page.protocol
