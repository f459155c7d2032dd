"""A real PostgreSQL server for tests, from Debian's package, in a folder of its own on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = "PostgreSQL is missing: sudo apt-get install -y --no-install-recommends postgresql"


@contextmanager
def server(durable: bool = False) -> Iterator[str]:
    """Start a server, yield the URL of an empty database, stop it. Only a durable one waits for the disk."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    assert found, NEEDED
    folder = Path(tempfile.mkdtemp(prefix="qzpg"))
    as_owner: list[str] = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        shutil.chown(folder, "postgres", "postgres")
        as_owner = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    options = f"-k {folder} -h '' -c fsync={'on' if durable else 'off'}"
    commands = [
        [
            found[-1] / "initdb",
            "-D",
            data,
            "-U",
            "qz",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        [found[-1] / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        [found[-1] / "createdb", "-h", folder, "-U", "qz", "qz"],
    ]
    for command in commands:
        subprocess.run([*as_owner, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql://qz@/qz?host={folder}"
    finally:
        stop = [found[-1] / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
        subprocess.run([*as_owner, *map(str, stop)], check=False, cwd="/", stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)
