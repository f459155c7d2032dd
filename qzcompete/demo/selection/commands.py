"""`qzcompete selection simulate`: one whole round on made data, in a database of its own that is thrown away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from argon2 import PasswordHasher

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "simulate-one-round"


@click.group("selection")
def selection_group() -> None:
    """Selections of studios and bases."""


@selection_group.command("simulate")
@click.option("--applications", default=60, show_default=True, type=click.IntRange(1, 2000))
@click.option("--seed", default=1, show_default=True, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def simulate(applications: int, seed: int, as_json: bool) -> None:
    """Run one round through the real services and tell per class who was chosen and designated. The same seed, the same output."""
    from qzcompete.extensions import db

    with tempfile.TemporaryDirectory(prefix="qzcompete-") as folder:
        app = (
            click.get_current_context()
            .find_root()
            .obj(data_dir=Path(folder), database_url=f"sqlite:///{folder}/round.db", files_url="")
        )
        with app.app_context(), cheap_passwords():
            db.create_all()
            told = run(applications, seed)
            db.session.remove()
            db.engine.dispose()
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for kind, one in told["classes"].items():
        click.echo(f"{kind}: {', '.join(row['number'] for row in one['chosen'])}")
        click.echo(f"  reserve: {', '.join(row['number'] for row in one['reserve']) or '-'}")
        click.echo(f"  recused pairs: {len(one['recused'])}")
        if "designated" in one:
            changed = one["changed"]
            click.echo(
                f"  objections: {len(one['objections'])}, removed {changed['removed']}, moved up {changed['moved_up']}"
            )
            click.echo(f"  designated: {', '.join(row['number'] for row in one['designated'])}")


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Nobody signs in to a database that is thrown away: its accounts need no slow hashes."""
    from qzcompete.people.services import accounts

    slow, accounts.hasher = accounts.hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        yield
    finally:
        accounts.hasher = slow


def run(applications: int, seed: int) -> dict[str, Any]:
    from qzcompete.core.clock import held_at
    from qzcompete.core.transaction import unit
    from qzcompete.demo.selection import play as stage
    from qzcompete.demo.selection.after import to_designation

    with held_at(START), unit():
        play = stage.begin(seed, PASSWORD, 2026)
        stage.apply(play, applications, drafts=min(1, applications - 1))
        stage.recommend(play)
    with held_at(START + timedelta(days=50)), unit():
        for kind in play.classes:
            stage_class(play, kind)
    with unit():
        lists = {kind: lists_of(play, kind) for kind in play.classes}
    with unit():
        for kind, one in lists.items():
            if one["state"] == "decided" and one["chosen"]:
                one |= to_designation(play, kind, START + timedelta(days=60))
                one |= states_of(play.classes[kind])
    return {"seed": seed, "applications": applications, "classes": lists}


def stage_class(play: Any, kind: str) -> None:
    """One class from the end of the applications to the panel's decision; a class without anybody stays where it is."""
    from qzcompete.demo.selection import play as stage
    from qzcompete.selection import queries

    stage.finish_check(play, kind)
    if not queries.state_counts(play.classes[kind]).get("eligible"):
        return
    stage.finish_review(play, kind)
    stage.finish_visits(play, kind)
    stage.decide(play, kind)


def lists_of(play: Any, kind: str) -> dict[str, Any]:
    """What became of a class, without names: numbers of applications and experts' places in the register."""
    from qzcompete.selection import queries

    class_id = play.classes[kind]
    standing = queries.standing(class_id)
    by_list: dict[str, list[dict[str, Any]]] = {"chosen": [], "reserve": [], "rejected": []}
    for row in standing.rows:
        by_list[row.list].append(
            {
                "number": row.application.number,
                "code": row.application.code,
                "rank": row.rank,
                "total": str(row.total),
            }
        )
    draw = queries.draw_card(class_id)
    return {
        **states_of(class_id),
        "quota": queries.class_card(class_id).quota,
        **by_list,
        "recused": [
            {"expert": one.expert_id, "application": one.number, "source": one.source, "kind": one.kind}
            for one in queries.conflict_cards(class_id)
        ],
        "drawn": list(draw.drawn) if draw else [],
        "ties": [list(vote.codes) for vote in standing.tie_votes],
    }


def states_of(class_id: int) -> dict[str, Any]:
    from qzcompete.selection import queries

    return {"state": queries.class_card(class_id).state, "states": queries.state_counts(class_id)}
