"""One archive with the database, the files and the keys; and back, on an empty machine, by one command each.

A plain copy of a SQLite file that is being written loses marks without an error, so the engines' own ways are used:
SQLite's backup, pg_dump. The database comes first: files are never changed or removed, so all that it names are there after.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import click
from sqlalchemy import inspect, make_url, update

from qzcompete.config import Settings, load_settings
from qzcompete.core.clock import now
from qzcompete.core.command_line import in_app
from qzcompete.core.start import pending_migrations, start_faults
from qzcompete.extensions import db

FORMAT = "qzcompete/backup@1"
KEYS = ("secret.key", "field.key")
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


@click.command("backup")
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@in_app
def backup(archive: Path) -> None:
    """Write database, files and keys into ARCHIVE (a .tar), while the server runs.

    The archive opens every encrypted column: keep it as you keep the keys.
    """
    settings = load_settings()
    if faults := list(start_faults()):
        raise click.ClickException("\n       ".join(faults))
    engine = db.engine.dialect.name
    with new_archive(archive) as tar, tempfile.TemporaryDirectory(dir=archive.absolute().parent) as folder:
        snapshot = Path(folder) / DATABASES[engine]
        take(settings, engine, snapshot)
        parts = [(snapshot, snapshot.name)]
        parts += [
            (settings.data_dir / key, f"keys/{key}") for key in KEYS if (settings.data_dir / key).exists()
        ]
        parts += [(file, f"files/{file.relative_to(settings.data_dir / 'files')}") for file in kept(settings)]
        listed = {name: digest(path) for path, name in parts}
        manifest = {"format": FORMAT, "engine": engine, "made_at": now().isoformat(), "parts": listed}
        add_text(tar, "manifest.json", json.dumps(manifest, indent=1))
        for path, name in parts:
            tar.add(path, name)
    click.echo(
        f"{archive}: database ({engine}) and {len(parts) - 1} other files, {archive.stat().st_size} bytes"
    )


def kept(settings: Settings) -> list[Path]:
    """The files of the local folder; a bucket has a backup of its own."""
    folder = settings.data_dir / "files"
    return (
        []
        if settings.files_url
        else sorted(file for file in folder.glob("*/*") if not file.name.startswith("."))
    )


@contextmanager
def new_archive(path: Path) -> Iterator[tarfile.TarFile]:
    """Readable by the owner alone, and there only when it is whole."""
    if path.exists():
        raise click.ClickException(f"{path} exists already: name another file")
    unfinished = path.with_name(f".{path.name}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield tar
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def take(settings: Settings, engine: str, snapshot: Path) -> None:
    if engine == "sqlite":
        with (
            closing(sqlite3.connect(sqlite_file(settings))) as source,
            closing(sqlite3.connect(snapshot)) as copy,
        ):
            source.backup(copy)
        return
    run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={snapshot}"], settings)


def sqlite_file(settings: Settings) -> str:
    return str(make_url(settings.database_url).database)


def run(command: list[str], settings: Settings) -> None:
    """A tool of PostgreSQL; the password goes by the environment, which other users cannot read."""
    url = make_url(settings.database_url)
    known = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: str(value) for name, value in known.items() if value}
    if shutil.which(command[0]) is None:
        raise click.ClickException(f"{command[0]} is missing: apt-get install -y postgresql-client")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise click.ClickException(f"{command[0]} failed: {done.stderr.strip()}")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def add_text(tar: tarfile.TarFile, name: str, content: str) -> None:
    part = tarfile.TarInfo(name)
    part.size, part.mode = len(content.encode()), 0o600
    tar.addfile(part, io.BytesIO(content.encode()))


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(archive: Path) -> None:
    """Bring ARCHIVE back into an empty data folder and an empty database of the same engine.

    Tablets notice that it is not the database they knew, and send again what it lacks.
    """
    with tarfile.open(archive) as tar:
        manifest = read_manifest(tar)
        bring_keys(tar, manifest)
        settings = load_settings()
        if DATABASES[manifest["engine"]] != DATABASES[make_url(settings.database_url).get_backend_name()]:
            raise click.ClickException(
                f"the archive is of {manifest['engine']}: set QZ_DATABASE_URL to such a database"
            )
        app = click.get_current_context().find_root().obj()
        with app.app_context():
            if inspect(db.engine).get_table_names():
                raise click.ClickException("the database is not empty: restore into an empty one")
            db.engine.dispose()
        for name in manifest["parts"]:
            if name.startswith("files/"):
                bring(tar, manifest, name, settings.data_dir / name)
        bring_database(tar, manifest, settings)
    with app.app_context():
        pending = pending_migrations()
        new_epoch()
    later = f"; run `qzcompete db upgrade` ({len(pending)} pending)" if pending else ""
    click.echo(
        f"restored what stood on {manifest['made_at']}: {len(manifest['parts'])} parts{later}; now run `qzcompete check`"
    )


def read_manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.load(opened(tar, "manifest.json"))
        if manifest["format"] != FORMAT or manifest["engine"] not in DATABASES:
            raise ValueError(manifest["format"])
    except (KeyError, ValueError, TypeError) as error:
        raise click.ClickException(f"this is no archive of `qzcompete backup` ({error})") from error
    return manifest


def opened(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    part = tar.extractfile(name)
    if part is None:
        raise KeyError(name)
    return part


def bring_keys(tar: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Before anything reads the settings, which would make new ones."""
    folder = Path(os.environ.get("QZ_DATA_DIR") or "var").absolute()
    for name in manifest["parts"]:
        if name.startswith("keys/"):
            path = folder / name.removeprefix("keys/")
            if path.exists() and digest(path) != manifest["parts"][name]:
                raise click.ClickException(
                    f"{path} exists already with another key: restore into an empty folder"
                )
            bring(tar, manifest, name, path)


def bring(tar: tarfile.TarFile, manifest: dict[str, Any], name: str, path: Path) -> None:
    """Write one part where it belongs, if it is what the manifest says."""
    if ".." in Path(name).parts:
        raise click.ClickException(f"{name}: no such part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        opened(tar, name) as part,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
    ):
        shutil.copyfileobj(part, file)
    if digest(path) != manifest["parts"][name]:
        path.unlink()
        raise click.ClickException(f"{name} is damaged in the archive: take another one")


def bring_database(tar: tarfile.TarFile, manifest: dict[str, Any], settings: Settings) -> None:
    name = DATABASES[manifest["engine"]]
    if manifest["engine"] == "sqlite":
        target = Path(sqlite_file(settings))
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        bring(tar, manifest, name, target)
        return
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / name
        bring(tar, manifest, name, dump)
        database = str(make_url(settings.database_url).database)
        run(
            [
                "pg_restore",
                "--no-owner",
                "--exit-on-error",
                "--single-transaction",
                f"--dbname={database}",
                str(dump),
            ],
            settings,
        )


def new_epoch() -> None:
    epoch = db.metadata.tables["server_epoch"]
    with db.engine.begin() as connection:
        connection.execute(update(epoch).values(value=str(uuid4())))
