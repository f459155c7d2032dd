"""What stops a start says so in a line, with what to do; there is no trace, and nothing is left half done."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, command, environment


def start(folder: Path, *words: str, typed: str = "", **settings: str) -> tuple[int, str]:
    """(exit code, what it said) of a command that is expected to end by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "qzcompete.cli", *words],
        env=environment(folder, 8000) | settings,
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    return done.returncode, said


def test_serving_is_refused_when_the_port_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        code, said = start(tmp_path, "serve", QZ_PORT=port)

    assert code == 1
    assert f"127.0.0.1:{port} cannot be used (Address already in use)" in said
    assert "set QZ_PORT to another port" in said


CREATE = ("user", "create", "chen.wei", "--name", "陈伟", "--password", "a-long-password-1")
SHOW = ("results", "show", "HJ2026")


@pytest.mark.parametrize("words", [("serve",), ("worker", "--until-idle"), ("check",), CREATE, SHOW])
def test_the_start_is_refused_when_a_migration_is_pending(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, said = start(tmp_path, *words)

    assert code == 1
    assert "migration(s) pending" in said
    assert "run `qzcompete db upgrade` first" in said


@pytest.mark.parametrize("words", [("serve",), ("db", "upgrade"), ("demo",)])
def test_the_start_is_refused_when_the_data_folder_cannot_be_written(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "taken").write_text("a file")

    code, said = start(tmp_path / "taken", *words)

    assert code == 1
    assert "QZ_DATA_DIR" in said
    assert "cannot be written" in said
    assert (tmp_path / "taken").read_text() == "a file"


def test_a_command_says_the_broken_rule_in_a_line(tmp_path: Path) -> None:
    command(tmp_path, "db", "upgrade")
    words = ("user", "create", "x", "--name", "陈伟", "--role", "officer")

    code, said = start(tmp_path, *words, typed="a-long-password-1\na-long-password-1\n")

    assert code == 1
    assert "Error: A user name has 2 to 64 letters, digits, dots, dashes." in said


@pytest.mark.parametrize("words", [("serve",), CREATE])
def test_the_start_is_refused_when_the_database_does_not_answer(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, said = start(tmp_path, *words, QZ_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")

    assert code == 1
    assert "the database does not answer" in said
    assert "Check QZ_DATABASE_URL" in said
