"""A real server with a panel that marks: its database, its processes, its tablets' tokens. For drills and benchmarks."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_migrate import upgrade

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.services.tablets import new_grant

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = str(Path(sys.executable).parent / "qzcompete")


@dataclass
class MarkServer:
    """`serve` starts the console script; `kill` ends it and all its workers at once, as a crash does."""

    folder: Path
    url: str = "-"
    judges: int = 8
    candidates: int = 20
    aspects: int = 100
    job_workers: int = 0
    process: subprocess.Popen[bytes] | None = None
    tokens: list[str] = field(default_factory=list)
    port: int = 0
    command: Sequence[str] = (COMMAND,)
    handed_over: Sequence[int] = ()

    @property
    def environ(self) -> dict[str, str]:
        given = {"QZ_DATA_DIR": str(self.folder), "QZ_SECRET_KEY": "k" * 40, "QZ_SECOND_FACTOR_ROLES": ""}
        given["QZ_JOB_WORKERS"] = str(self.job_workers)
        given |= {"QZ_PORT": str(self.port)} if self.port else {}
        return given | ({} if self.url == "-" else {"QZ_DATABASE_URL": self.url})

    def whole_environ(self) -> dict[str, str]:
        """With the settings of this server and no others: it refuses the names that steer a drill."""
        return {
            name: value for name, value in os.environ.items() if not name.startswith("QZ_")
        } | self.environ

    def around(self) -> dict[str, str]:
        """What the environment of the server has besides settings."""
        return {}

    def app(self) -> Flask:
        return create_app(load_settings(self.environ))

    def prepare(self) -> None:
        self.port = quiet_port()
        app = self.app()
        with app.app_context():
            upgrade()
            with unit():
                one = services.create_assessment(SYSTEM, "EV1", "drill")
                services.set_scheme(SYSTEM, one.id, scheme(self.aspects))
                codes = [f"K{place}" for place in range(self.candidates)]
                services.add_candidates(SYSTEM, one.id, [services.CandidateSpec(code) for code in codes])
                seats = [services.SeatSpec(f"J{place}", "judge", None) for place in range(self.judges)]
                services.seat_judges(SYSTEM, one.id, seats)
                services.open_assessment(SYSTEM, one.id)
                self.tokens = [
                    new_grant(SYSTEM, seat_id, 72, str(uuid4()))[0]
                    for seat_id in db.session.scalars(db.text("SELECT id FROM seat ORDER BY id"))
                ]
            db.engine.dispose()

    def serve(self) -> None:
        self.process = subprocess.Popen(
            [*self.command, "serve"],
            cwd=ROOT,
            env=self.whole_environ() | self.around(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self.handed_over,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server refused to start: run `qzcompete serve`"
                time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def kill(self, blow: int = signal.SIGKILL) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, blow)
            self.process.wait()
            self.process = None

    def check(self) -> str:
        """What `qzcompete check` says of the database."""
        found = subprocess.run(
            [COMMAND, "check"], cwd=ROOT, env=self.whole_environ(), capture_output=True, text=True
        )
        return "whole" if found.returncode == 0 else found.stderr

    def cell(self, number: int) -> tuple[str, str]:
        """The candidate and aspect of a judge's n-th cell."""
        candidate, aspect = divmod(number, self.aspects)
        assert candidate < self.candidates, "this judge has no more cells"
        return f"K{candidate}", f"A{aspect}"

    def request(self, judge: int, numbers: Sequence[int]) -> tuple[bytes, list[str]]:
        """A batch of first marks for these cells, as bytes on the wire, and its op ids."""
        ops = [op(*self.cell(number)) for number in numbers]
        body = json.dumps(
            {"proto": 1, "batch_id": str(uuid4()), "clock_offset_ms": 3, "device": {"pending": 1}, "ops": ops}
        ).encode()
        head = (
            "POST /api/v1/tablet/ops HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.tokens[judge]}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body, [one["op_id"] for one in ops]


def quiet_port() -> int:
    """A free port below those that the system lends to clients: one that tries while the server is away would
    else be lent this very port, and the server could not come back."""
    for port in random.sample(range(18000, 28000), 50):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no port is free")


def op(candidate: str, aspect: str) -> dict[str, Any]:
    given = {"op_id": str(uuid4()), "seq": 1, "candidate": candidate, "aspect": aspect, "kind": "set"}
    return given | {"value": "7.5", "base_rev": 0, "client_ts": 1764000000000, "resolves": [], "extra": None}


def scheme(aspects: int) -> dict[str, Any]:
    listed = [
        {"code": f"A{place}", "kind": "measurement", "max": "10", "step": "0.5"} for place in range(aspects)
    ]
    return {"modules": [{"code": "M", "criteria": [{"code": "C", "aspects": listed}]}]}
