"""`qzcompete user`: make the first accounts from the command line."""

from __future__ import annotations

import click

from qzcompete.core.command_line import in_app
from qzcompete.core.permissions import ROLE_NAMES


@click.group("user")
def user_group() -> None:
    """Make accounts."""


@user_group.command("create")
@click.argument("username")
@click.option("--name", required=True, help="The name that pages show.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(sorted(ROLE_NAMES)), help="May be given again."
)
@click.password_option(help="Asked for where it is not given.")
@in_app
def create(username: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make the account USERNAME, with its roles everywhere in the city."""
    from qzcompete.core.actor import CITY, SYSTEM
    from qzcompete.people import services

    account = services.create_account(SYSTEM, username, name, password, [(role, CITY) for role in roles])
    click.echo(f"account {account.username} made with {', '.join(roles) or 'no role'}")
