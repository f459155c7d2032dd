"""A real PostgreSQL server for tests, from Debian's package, in a folder of its own on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

NEEDED = "PostgreSQL is missing: sudo apt-get install -y --no-install-recommends postgresql"
# What a test does not prove it need not wait for.
HASTY = "-c fsync=off -c full_page_writes=off -c deadlock_timeout=100ms"


@contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """Start a server, yield the URL of an empty database, stop it. Only a durable one waits for the disk."""
    with cluster(durable) as running:
        yield running.database("qz")


@contextmanager
def cluster(durable: bool = False) -> Iterator[Cluster]:
    """A server that runs, with no database yet; gone at the end."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert found, NEEDED
    folder = Path(tempfile.mkdtemp(prefix="qzpg"))
    if os.geteuid() == 0:
        # The server refuses to run as root.
        shutil.chown(folder, "postgres", "postgres")
    made = Cluster(folder, found[-1], durable)
    made.run("initdb", "-U", "qz", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    made.start()
    try:
        yield made
    finally:
        made.stop("immediate", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Cluster:
    folder: Path
    programs: Path
    durable: bool

    def run(self, program: str, *words: str, check: bool = True) -> None:
        as_owner: Sequence[str] = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_owner, str(self.programs / program), "-D", str(self.folder / "data"), *words]
        subprocess.run(command, check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        options = f"-k {self.folder} -h '' " + ("" if self.durable else HASTY)
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str, check: bool = True) -> None:
        self.run("pg_ctl", "-m", mode, "-w", "stop", check=check)

    def database(self, name: str) -> str:
        """The URL of a new database of this name."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://qz@/{name}?host={self.folder}"
