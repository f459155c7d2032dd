"""Event bundles through the database give what scoring the file gives, to the last digit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from qzcompete.competitions.queries import event_card
from qzcompete.core.actor import SYSTEM
from qzcompete.core.audit import chain_faults
from qzcompete.core.errors import RuleBroken
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking.models import MarkOp
from qzcompete.marking.rules.bundle import parse_bundle, score_bundle
from qzcompete.marking.rules.faults import Refused
from qzcompete.marking.rules.result import result_document
from qzcompete.results import queries, services

EXAMPLES = Path(__file__).parent.parent / "marking" / "examples"
BUNDLES = sorted(path for path in EXAMPLES.glob("*.json") if not path.name.endswith(".expected.json"))


def example(name: str) -> dict:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_results_equal_the_expected_ones_when_a_bundle_is_imported(app: Flask, path: Path) -> None:
    document = json.loads(path.read_text())

    with unit():
        services.import_bundle(SYSTEM, document)

    shown = queries.compiled_document(document["event"]["code"])
    assert shown == json.loads((EXAMPLES / f"{path.stem}.expected.json").read_text())
    exported = json.loads(json.dumps(queries.event_bundle(document["event"]["code"])))
    assert result_document(score_bundle(parse_bundle(exported))) == shown


def test_nothing_changes_when_a_bundle_is_imported_again(app: Flask) -> None:
    document = example("rules-05")
    with unit():
        services.import_bundle(SYSTEM, document)
    ops = db.session.scalar(select(func.count()).select_from(MarkOp))

    with unit():
        again = services.import_bundle(SYSTEM, document)

    assert again is False
    assert db.session.scalar(select(func.count()).select_from(MarkOp)) == ops == len(document["marks"])
    assert list(chain_faults()) == []


def test_import_is_refused_when_the_event_has_other_marks(app: Flask) -> None:
    document = example("real-ws500-2009-03")
    with unit():
        services.import_bundle(SYSTEM, document)
    document["marks"][0]["value"] = "1"

    with pytest.raises(RuleBroken) as refusal, unit():
        services.import_bundle(SYSTEM, document)

    assert refusal.value.code == "other_event"


def test_nothing_is_left_when_a_bundle_has_an_unknown_key(app: Flask) -> None:
    document = example("rules-05") | {"surprise": 1}

    with pytest.raises(Refused), unit():
        services.import_bundle(SYSTEM, document)

    assert not queries.has_event(document["event"]["code"])


def test_results_are_printed_in_the_order_of_the_scheme_when_the_database_reorders_keys(app: Flask) -> None:
    document = example("rules-05")
    with unit():
        services.import_bundle(SYSTEM, document)
    expected = result_document(score_bundle(parse_bundle(document)))
    stored = queries.newest_set(event_card(document["event"]["code"]).id)
    assert stored is not None

    # As jsonb gives an object back: by length of the key, then by its letters.
    stored.document = reordered(expected)

    assert json.dumps(stored.document) != json.dumps(expected)
    assert json.dumps(queries.compiled_document(document["event"]["code"])) == json.dumps(expected)


def reordered(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: reordered(value[key]) for key in sorted(value, key=lambda key: (len(key), key), reverse=True)
        }
    return [reordered(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("change", ["superseded mark", "judge", "duration", "unit", "tie resolution"])
def test_import_is_refused_when_another_bundle_gives_the_same_results(app: Flask, change: str) -> None:
    document = example("real-panel-000")
    with unit():
        services.import_bundle(SYSTEM, document)
    if change == "superseded mark":
        document["marks"][0]["rev"] += 1
    elif change == "judge":
        document["judges"][0]["name"] = "somebody else"
    elif change == "duration":
        document["entries"][0]["duration_s"] = 17
    elif change == "unit":
        document["entries"][0]["unit"] = "somewhere else"
    else:
        document["event"]["tie_resolutions"] = [
            [document["entries"][0]["code"], document["entries"][1]["code"]]
        ]
    results = result_document(score_bundle(parse_bundle(document)))
    assert results == queries.compiled_document(document["event"]["code"])

    with pytest.raises(RuleBroken) as refusal, unit():
        services.import_bundle(SYSTEM, document)

    assert refusal.value.code == "other_event"


def test_nothing_changes_when_an_exported_bundle_is_imported_where_it_came_from(app: Flask) -> None:
    document = example("real-panel-000")
    with unit():
        services.import_bundle(SYSTEM, document)
    exported = json.loads(json.dumps(queries.event_bundle(document["event"]["code"])))

    with unit():
        again = services.import_bundle(SYSTEM, exported)

    assert again is False
