"""`qzcompete demo`: fill the demo city once; a second run changes nothing and prints the accounts again.

`qzcompete competition simulate` holds a whole competition in a database of its own and prints what came of it.
"""

from __future__ import annotations

import json
import os
import tempfile

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
    ("clerk", "邓秋萍", "clerk"),
    ("bureau", "劳金莲", "bureau_officer"),
    ("finance", "严淑芬", "finance"),
    ("alone", "", "competitor"),
    ("steward", "容冠霖", "steward"),
    ("school", "宁佩珊", "institution"),
    ("firm", "裴国栋", "institution"),
    ("union", "劳桂香", "institution"),
)
PANELS = (
    ("judge1 … judge6", "judge"),
    ("chief1, chief2", "chief_judge"),
    ("keeper1 … keeper3", "code_keeper"),
    ("applicant1 …, base3 …, old1 …", "applicant"),
    ("unit-qn … unit-zgh", "recommender"),
    ("expert1 … expert14", "expert, panel_chair"),
)


@click.command("demo")
@in_app
def demo() -> None:
    """Fill a demo city: invented people, everything through the services."""
    from qzcompete.core.clock import now
    from qzcompete.demo.city import fill
    from qzcompete.demo.keys import make_demo_keys
    from qzcompete.demo.notices import fill_notices
    from qzcompete.demo.selection.city import fill_selections
    from qzcompete.people.queries import account_named

    if account_named("office") is None:
        click.echo("Filling the demo city …")
        make_demo_keys()
        fill(PASSWORD)
        fill_selections(PASSWORD)
        fill_notices(f"NX{now().year}")
    click.echo("Demo accounts, all with the password " + PASSWORD + ":")
    for username, role in (*(account[::2] for account in ACCOUNTS), *PANELS):
        click.echo(f"  {username:<16} {role}")


@click.group("competition")
def competition_group() -> None:
    """Rehearse competitions."""


@competition_group.command("simulate")
@click.option("--seed", default=2018, show_default=True, help="The same seed gives the same result.")
@click.option("--occupations", default=10, show_default=True, type=click.IntRange(1, 10))
@click.option(
    "--entrants", default=22, show_default=True, type=click.IntRange(4, 200), help="Of each occupation."
)
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON document.")
def simulate_command(seed: int, occupations: int, entrants: int, as_json: bool) -> None:
    """Hold the city's competition of 2018 from its calendar to the promotion list, in a database of its own."""
    from qzcompete.core.transaction import unit
    from qzcompete.demo.simulation import Shape, simulate
    from qzcompete.extensions import db

    with tempfile.TemporaryDirectory() as folder:
        os.environ["QZ_DATA_DIR"] = folder
        os.environ.pop("QZ_DATABASE_URL", None)
        app = click.get_current_context().find_root().obj()
        with app.app_context():
            db.create_all()
            with unit():
                told = simulate(seed, Shape(occupations, entrants))
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for event in told["events"]:
        first = event["results"][0]
        click.echo(f"{event['event']}\t{event['name']}\t1. {first['name']} {first['total']}")
    click.echo(f"{told['entrants']} entrants, {len(told['promotions'])} promotions proposed")
