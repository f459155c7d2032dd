"""What the docs list is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from qzcompete.cli import main_group
from qzcompete.config import setting_names

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")


def test_every_setting_is_in_the_docs_and_no_other() -> None:
    rows = [
        line.split("|")[1]
        for line in (DOCS / "settings.md").read_text().splitlines()
        if line.startswith("| `QZ")
    ]

    listed = [name for row in rows for name in re.findall(r"QZ_[A-Z_]+", row)]

    assert sorted(listed) == sorted(setting_names())


def test_operations_name_only_settings_files_and_metrics_that_there_are() -> None:
    metrics = (ROOT / "qzcompete" / "operation" / "metrics.py", ROOT / "qzcompete" / "core" / "logs.py")
    counted = "".join(file.read_text() for file in metrics)

    assert set(re.findall(r"QZ_[A-Z_]+", OPERATIONS)) <= set(setting_names())
    named = set(re.findall(r"`((?:deploy|tests)/[^`*]*?)`", OPERATIONS)) - {"deploy/tls/"}
    assert "deploy/nginx/city.conf" in named
    # The environment of a city is made from its example, and never kept in the repository.
    assert [
        path for path in named if not (ROOT / path).exists() and not (ROOT / f"{path}.example").exists()
    ] == []
    assert [name for name in set(re.findall(r"qz_[a-z_]+", OPERATIONS)) if f'"{name}"' not in counted] == []


@pytest.mark.parametrize("words", sorted(set(re.findall(r"`qzcompete ([a-z][^`]*)`", OPERATIONS))))
def test_operations_name_only_commands_that_there_are(words: str) -> None:
    command: click.Command = main_group
    options = re.findall(r"--[a-z-]+", words)
    for word in words.split():
        if isinstance(command, click.Group) and word.islower() and not word.startswith("-"):
            found = command.get_command(click.Context(command), word)
            assert found is not None, word
            command = found

    known = {option for parameter in command.params for option in parameter.opts}
    assert not isinstance(command, click.Group)
    assert set(options) <= known
