"""Sealed layers: whose they are, who may open them, and in which order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from qzcompete.cli import main_group
from qzcompete.competitions import services as competitions
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.audit import AuditRow
from qzcompete.core.errors import NotAllowed, RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.registration import queries
from qzcompete.registration import services as registration
from qzcompete.registration.models import CodeLayer, DrawCommitment
from qzcompete.registration.rules.protocol import verified
from qzcompete.results import services as results
from tests.registration.ceremony import TOTALS, account, drawn, mark_all, open_layer, prepared
from tests.results.contest import held_contest, publish


def refusal(act: Any, *args: Any) -> str:
    with pytest.raises((RuleBroken, NotAllowed)) as refused, unit():
        act(*args)
    return refused.value.code


def test_names_come_back_when_the_layers_are_opened_in_reverse(app: Flask) -> None:
    held = drawn()
    mark_all(held.event)
    with unit():
        results.close_event(SYSTEM, held.event.id)

    for layer in (3, 2, 1):
        open_layer(held, layer)

    found = queries.entry_of_code(held.event.id)
    assert {card.name for card in found.values()} == set(TOTALS)
    acts = db.session.scalars(select(AuditRow).where(AuditRow.action == "layer.opened")).all()
    assert [row.after["layer"] for row in acts] == [3, 2, 1]
    assert all(row.after["asked_by"] != row.after["confirmed_by"] for row in acts)


def test_an_opening_is_refused_when_marking_goes_on(app: Flask) -> None:
    held = drawn()

    assert refusal(registration.ask_opening, held.keepers[2], held.event.id, 3, "评分结束") == "marking_open"


def test_an_opening_is_refused_when_a_later_layer_is_sealed(app: Flask) -> None:
    held = drawn()
    mark_all(held.event)
    with unit():
        results.close_event(SYSTEM, held.event.id)

    assert refusal(registration.ask_opening, held.keepers[0], held.event.id, 1, "评分结束") == "not_its_turn"
    assert refusal(registration.confirm_opening, held.supervisor, held.event.id, 3) == "not_asked"


def test_results_are_refused_when_codes_are_sealed(app: Flask) -> None:
    held = drawn()
    mark_all(held.event)
    with unit():
        results.close_event(SYSTEM, held.event.id)

    assert refusal(results.compile_results, SYSTEM, held.event.id) == "codes_sealed"
    assert refusal(registration.reveal_codes, SYSTEM, held.event.id, "名单核对") == "codes_sealed"


def test_a_keeper_reads_only_the_own_layer(app: Flask) -> None:
    held = drawn()
    with unit():
        lines = registration.keeper_lines(held.keepers[1], held.event.id, 2, "分发信封")

    assert refusal(registration.keeper_lines, held.keepers[1], held.event.id, 1, "分发信封") == "not_allowed"
    assert refusal(registration.keeper_lines, held.supervisor, held.event.id, 2, "分发信封") == "not_allowed"
    assert [line.outer for line in lines] == ["C001", "C002", "C003", "C004"]
    assert all(line.name == "" for line in lines)


def test_the_one_who_asks_cannot_confirm(app: Flask) -> None:
    held = prepared()
    with unit():
        both = account("both", ("code_keeper", CITY), ("supervisor", CITY))
        ids = [held.keepers[0].account_id or 0, held.keepers[1].account_id or 0, both.account_id or 0]
        registration.name_keepers(SYSTEM, held.event.id, ids)
        registration.draw(SYSTEM, held.event.id)
    mark_all(held.event)
    with unit():
        results.close_event(SYSTEM, held.event.id)
        registration.ask_opening(both, held.event.id, 3, "评分结束")

    assert refusal(registration.confirm_opening, both, held.event.id, 3) == "two_people"


def test_keepers_are_refused_when_one_holds_two_that_touch_or_judges(app: Flask) -> None:
    held = prepared()
    first, second, third = (keeper.account_id or 0 for keeper in held.keepers)
    (judge, *_rest) = sorted(queries.judge_accounts(held.event.assessment_id))
    name = registration.name_keepers

    assert refusal(name, SYSTEM, held.event.id, [first, first, third]) == "adjacent_layers"
    assert refusal(name, SYSTEM, held.event.id, [first, second, judge]) == "no_keeper"
    assert refusal(name, SYSTEM, held.event.id, [first, second]) == "keepers_missing"
    with unit():
        name(SYSTEM, held.event.id, [first, second, first])


def test_a_keeper_is_refused_when_judging_here(app: Flask) -> None:
    held = prepared()
    with unit():
        extra = account("twofold", ("code_keeper", CITY), ("judge", ("assessment", held.event.assessment_id)))
        ids = [held.keepers[0].account_id or 0, held.keepers[1].account_id or 0, extra.account_id or 0]

    assert refusal(registration.name_keepers, SYSTEM, held.event.id, ids) == "is_judge"


def test_nothing_is_readable_in_the_database_when_layers_are_sealed(app: Flask) -> None:
    held = drawn()
    rows = db.session.execute(text("SELECT codes FROM code_layer")).scalars().all()

    assert len(rows) == 3
    assert all(b"C001" not in bytes(row) and bytes(row)[:1] != b"A" for row in rows)
    assert db.session.execute(text("SELECT count(*) FROM work_code")).scalar() == 0
    assert queries.codes_are_sealed(held.event.id)


def test_the_database_refuses_one_person_for_both(app: Flask) -> None:
    held = drawn()
    layer = db.session.scalars(select(CodeLayer).filter_by(event_id=held.event.id, layer=3)).one()
    layer.asked_by = layer.opened_by = held.keepers[2].account_id

    with pytest.raises(Exception, match="two_people"):
        db.session.flush()
    db.session.rollback()


def test_an_absent_entrant_is_told_to_marking_while_codes_are_sealed(app: Flask) -> None:
    held = drawn()
    entry = queries.entries(held.event.id)[0]

    with unit():
        registration.mark_status(SYSTEM, entry.id, "absent")

    states = db.session.execute(text("SELECT status FROM candidate")).scalars().all()
    assert sorted(states) == ["absent", "present", "present", "present"]


def test_a_draw_is_refused_when_the_list_changed_since_the_commitment(app: Flask) -> None:
    held = prepared()
    with unit():
        registration.commit(SYSTEM, held.event.id)
        registration.withdraw(SYSTEM, queries.entries(held.event.id)[0].id)

    assert refusal(registration.draw, SYSTEM, held.event.id) == "list_changed"
    with unit():
        registration.commit(SYSTEM, held.event.id)
        registration.draw(SYSTEM, held.event.id)
    assert [card.version for card in queries.commitments(held.event.id)] == [2, 1]


def test_the_seed_stays_secret_until_the_results_are_published(app: Flask) -> None:
    held = drawn()
    page = queries.public_draw(held.event)

    assert refusal(registration.reveal_seed, SYSTEM, held.event.id) == "too_early"
    assert "seed" not in page.protocol
    assert "drawn" not in page.protocol
    assert page.promised_before
    assert sorted(page.order) == ["001", "002", "003", "004"]
    assert b"a seed of the test" not in db.session.execute(text("SELECT seed FROM draw_commitment")).scalar()


def test_the_public_protocol_holds_when_the_results_are_published(app: Flask, tmp_path: Path) -> None:
    event = held_contest()
    publish(event)
    with unit():
        registration.reveal_seed(SYSTEM, event.id)
    page = queries.draw_page(event)
    assert page is not None
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(page.protocol))

    done = CliRunner().invoke(main_group, ["draw", "verify", str(file)])

    assert all(step.holds for step in verified(page.protocol))
    assert done.exit_code == 0, done.output
    assert "is what was promised: 4 entries" in done.output
    assert "no promise was published before" in done.output


def test_a_forged_protocol_is_refused_by_the_command(app: Flask, tmp_path: Path) -> None:
    event = held_contest()
    publish(event)
    with unit():
        registration.reveal_seed(SYSTEM, event.id)
    page = queries.draw_page(event)
    assert page is not None
    codes = page.protocol["drawn"][0]["codes"]
    codes["001"], codes["002"] = codes["002"], codes["001"]
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(page.protocol))

    done = CliRunner().invoke(main_group, ["draw", "verify", str(file)])

    assert done.exit_code == 1
    assert "WRONG work" in done.output


def test_a_stored_seed_that_was_swapped_is_found(app: Flask) -> None:
    event = held_contest()
    publish(event)
    with unit():
        registration.reveal_seed(SYSTEM, event.id)
        db.session.scalars(select(DrawCommitment)).one().seed = "another"
    page = queries.draw_page(event)

    assert page is not None
    assert [step.name for step in verified(page.protocol) if not step.holds] == ["commitment", "work"]


def test_an_event_whose_competition_is_a_draft_has_no_public_draw(app: Flask) -> None:
    held = drawn()
    with unit():
        competitions.set_competition_state(SYSTEM, held.event.competition.id, "cancelled")

    from qzcompete.competitions.queries import event_card
    from qzcompete.core.errors import NotFound

    with pytest.raises(NotFound):
        queries.public_draw(event_card(held.event.code))
