"""The power is cut under a load of marks on SQLite: only bytes that were fsynced survive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drills.mark_server import COMMAND, MarkServer
from tests.drills.test_mark_kill import ASPECTS, CANDIDATES, JUDGES, drill

CUTS = int(os.environ.get("QZ_DRILL_CUTS", "20" if os.environ.get("QZ_DRILL") == "whole" else "2"))
NAMES = ("qzcompete.sqlite3", "qzcompete.sqlite3-wal")

pytestmark = pytest.mark.drill


@dataclass
class CutServer(MarkServer):
    """A server on a machine of which, after a cut, only the files in `survives` are left."""

    survives: Path = Path()

    def around(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.survives / "power_cut.so"), "SURVIVES": str(self.survives)}

    def prepare(self) -> None:
        super().prepare()
        source = Path(__file__).with_name("power_cut.c")
        command = ["gcc", "-shared", "-fPIC", "-O2", "-o", self.survives / "power_cut.so", source]
        subprocess.run([*map(str, command)], check=True)
        self.copy(self.folder, self.survives)

    def kill(self, blow: int = signal.SIGKILL) -> None:
        super().kill(blow)
        for name in (*NAMES, "qzcompete.sqlite3-shm"):
            (self.folder / name).unlink(missing_ok=True)
        self.copy(self.survives, self.folder)

    def copy(self, source: Path, target: Path) -> None:
        for name in NAMES:
            if (source / name).exists():
                shutil.copyfile(source / name, target / name)


def cut(tmp_path: Path, command: Sequence[str], cuts: int = CUTS) -> dict[str, object]:
    folder, survives = tmp_path / "data", tmp_path / "survives"
    folder.mkdir()
    survives.mkdir()
    hall = CutServer(
        folder, judges=JUDGES, candidates=CANDIDATES, aspects=ASPECTS, command=command, survives=survives
    )
    return drill(hall, cuts)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the model of a power cut is compiled")
def test_no_acknowledged_mark_is_lost_when_the_power_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = cut(tmp_path, [COMMAND])

    with capsys.disabled():
        print(f"\nSQLite FULL, power cut {CUTS} times: {seen}")
    assert (seen["lost"], seen["doubled"], seen["faults"], seen["audit"]) == (0, 0, [], "whole")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the model of a power cut is compiled")
def test_the_drill_sees_the_loss_when_commits_do_not_wait_for_the_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Once only: what such a cut leaves is often no database that could be served again.
    seen = cut(tmp_path, [sys.executable, "-m", "tests.drills.careless_server"], cuts=1)

    with capsys.disabled():
        print(f"\nSQLite NORMAL, power cut once: {seen}")
    assert isinstance(seen["lost"], int)
    assert seen["lost"] > 0
