"""`qzcompete demo`: fill the demo city once; a second run changes nothing and prints the accounts again."""

from __future__ import annotations

import click

from qzcompete.core.command_line import in_app

PASSWORD = "qinzhou-demo-18"
ACCOUNTS = (
    ("office", "覃海燕", "officer"),
    ("admin", "陆志远", "admin"),
    ("supervisor", "农秀兰", "supervisor"),
    ("winner", "", "competitor"),
    ("entrant", "", "competitor"),
    ("arbiter", "凌志成", "arbiter"),
)
PANELS = (
    ("judge1 … judge6", "judge"),
    ("chief1, chief2", "chief_judge"),
    ("keeper1 … keeper3", "code_keeper"),
)


@click.command("demo")
@in_app
def demo() -> None:
    """Fill a demo city: invented people, everything through the services."""
    from qzcompete.demo.city import fill
    from qzcompete.demo.keys import make_demo_keys
    from qzcompete.people.queries import account_named

    if account_named("office") is None:
        click.echo("Filling the demo city …")
        make_demo_keys()
        fill(PASSWORD)
    click.echo("Demo accounts, all with the password " + PASSWORD + ":")
    for username, role in (*(account[::2] for account in ACCOUNTS), *PANELS):
        click.echo(f"  {username:<16} {role}")
