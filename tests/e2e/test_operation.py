"""The whole demo city moves to PostgreSQL, and comes back from its backup, on either engine; nothing is left half done."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.e2e.conftest import QZCOMPETE, ROOT, environment
from tests.postgres import server

# Some versions before the newest: what came since are tables that the demo leaves empty, or that are made of others.
EARLIER = "0024"


def run(folder: Path, *words: str, url: str = "") -> subprocess.CompletedProcess[str]:
    settings = environment(folder, 8000) | ({"QZ_DATABASE_URL": url} if url else {})
    return subprocess.run(
        [QZCOMPETE, *words], env=settings, cwd=ROOT, check=False, capture_output=True, text=True
    )


def marks_of(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "qzcompete.sqlite3")) as db:
        return int(db.execute("SELECT count(*) FROM mark").fetchone()[0])


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path) -> Path:
    """A folder with the keys of the city, for a database elsewhere."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for key in ("secret.key", "field.key"):
        shutil.copy(demo_folder / key, folder / key)
    shutil.copytree(demo_folder / "files", folder / "files")
    return folder


def test_the_city_moves_to_postgresql_and_back_from_its_backup(
    demo_folder: Path, elsewhere: Path, tmp_path: Path
) -> None:
    with server() as url, server() as empty:
        moved = run(demo_folder, "db", "move", "--to", url)
        assert moved.returncode == 0, moved.stderr
        again = run(demo_folder, "db", "move", "--to", url)
        checked = run(elsewhere, "check", url=url)
        with create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect() as reading:
            marks = reading.execute(text("SELECT count(*) FROM mark")).scalar_one()
        kept = run(elsewhere, "backup", str(tmp_path / "city.tar"), url=url)
        assert kept.returncode == 0, kept.stderr
        restored = run(tmp_path / "new", "restore", str(tmp_path / "city.tar"), url=empty)
        assert restored.returncode == 0, restored.stderr
        whole = run(tmp_path / "new", "check", url=empty)

    assert (again.returncode, "not empty" in again.stderr) == (1, True)
    assert checked.stdout.startswith("all is well")
    assert marks == marks_of(demo_folder) > 1000
    assert whole.stdout.startswith("all is well")


@pytest.fixture(scope="module")
def archive(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("backup") / "city.tar"
    kept = run(demo_folder, "backup", str(made))
    assert kept.returncode == 0, kept.stderr
    return made


def test_a_backup_comes_back_on_an_empty_machine(demo_folder: Path, archive: Path, tmp_path: Path) -> None:
    restored = run(tmp_path / "new", "restore", str(archive))

    assert restored.returncode == 0, restored.stderr
    assert archive.stat().st_mode & 0o077 == 0
    assert run(tmp_path / "new", "check").stdout.startswith("all is well")
    assert marks_of(tmp_path / "new") == marks_of(demo_folder)
    with tarfile.open(archive) as tar:
        files = [name for name in tar.getnames() if name.startswith("files/")]
    assert len(files) == len(list((tmp_path / "new" / "files").glob("*/*"))) > 50


def test_a_damaged_archive_brings_nothing_back(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as tar:
        where = tar.getmember("database.sqlite3").offset_data
    content = bytearray(archive.read_bytes())
    content[where + 5000] ^= 1
    (tmp_path / "damaged.tar").write_bytes(content)

    refused = run(tmp_path / "new", "restore", str(tmp_path / "damaged.tar"))

    assert refused.returncode == 1
    assert "database.sqlite3 is damaged in the archive" in refused.stderr
    assert not (tmp_path / "new" / "qzcompete.sqlite3").exists()


def test_an_archive_is_never_overwritten_and_a_city_never_restored_over(
    demo_folder: Path, archive: Path
) -> None:
    again = run(demo_folder, "backup", str(archive))
    over = run(demo_folder, "restore", str(archive))

    assert "exists already" in again.stderr
    assert "the database is not empty" in over.stderr
    assert (again.returncode, over.returncode) == (1, 1)


def rows_of(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(folder / "qzcompete.sqlite3")) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names}


def test_a_version_is_gone_back_from_and_comes_again(demo_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(demo_folder, tmp_path / "city")
    before = rows_of(folder)

    back = run(folder, "db", "downgrade", EARLIER)
    left = rows_of(folder)
    refused = run(folder, "check")
    again = run(folder, "db", "upgrade")

    assert (back.returncode, again.returncode) == (0, 0), back.stderr + again.stderr
    assert left == {name: before[name] for name in left} and len(before) > len(left) > 100
    assert "pending" in refused.stderr
    assert rows_of(folder) == before
    assert run(folder, "check").stdout.startswith("all is well")
