"""A hall for tests: one real assessment of six works, a real server, and between tablets and server a network that fails."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, Server, environment, migrate

PASSWORD = "hall-test-password-18"
SCHEME: dict[str, Any] = {
    "modules": [
        {
            "code": "A",
            "name": "职业素养",
            "criteria": [
                {
                    "code": "A1",
                    "name": "安全与工位",
                    "aspects": [
                        {
                            "code": "A1.1",
                            "name": "安全防护与操作规范",
                            "kind": "judgement",
                            "max": "6",
                            "panel": 1,
                            "benchmarks": [
                                "未达：未佩戴护目镜",
                                "合格：偶需提醒",
                                "良好：全程规范",
                                "优秀：主动排除隐患",
                            ],
                        },
                        {
                            "code": "A1.2",
                            "name": "工位整理与工量具摆放",
                            "kind": "judgement",
                            "max": "6",
                            "panel": 1,
                        },
                    ],
                }
            ],
        },
        {
            "code": "B",
            "name": "尺寸精度",
            "criteria": [
                {
                    "code": "B1",
                    "name": "尺寸",
                    "aspects": [
                        {
                            "code": "B1.1",
                            "name": "外圆直径",
                            "kind": "measurement",
                            "max": "60",
                            "step": "0.01",
                            "unit": "mm",
                        },
                        {
                            "code": "B1.2",
                            "name": "内螺纹通止规检验",
                            "kind": "measurement",
                            "max": "5",
                            "step": "5",
                        },
                        {"code": "B1.3", "name": "整体完成度", "kind": "panel", "max": "10", "step": "0.5"},
                        {"code": "B1.4", "name": "超时扣分", "kind": "deduction", "max": "5", "step": "1"},
                    ],
                }
            ],
        },
    ]
}
WORKS = ("B01", "B02", "B03", "B04", "B05", "B06")

PREPARE = """
import json, sys
from qzcompete.app import create_app
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.marking import services
from qzcompete.people.services import create_account
scheme, works, password = json.loads(sys.argv[1])
with create_app().app_context(), unit():
    judges = (("wang", "王敏"), ("li", "李强"), ("chen", "陈晨"))
    accounts = [create_account(SYSTEM, code, name, password, [("judge", CITY)]).id for code, name in judges]
    hall = services.create_assessment(SYSTEM, "SKX", "数控铣")
    services.set_scheme(SYSTEM, hall.id, scheme)
    services.add_candidates(SYSTEM, hall.id, [services.CandidateSpec(code) for code in works])
    seats = zip(("J1", "J2"), ("王敏", "李强"), accounts[:2], strict=True)
    services.seat_judges(SYSTEM, hall.id, [services.SeatSpec(*seat) for seat in seats])
    services.open_assessment(SYSTEM, hall.id)
"""


ACT = """
import sys
from qzcompete.app import create_app
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.extensions import db
from qzcompete.marking import services
from qzcompete.marking.models import Assessment, Seat
from qzcompete.people.queries import accounts_with_role
with create_app().app_context(), unit():
    hall = db.session.query(Assessment).one().id
    seats = {seat.code: seat.id for seat in db.session.query(Seat)}
    accounts = {account.username: account.id for account in accounts_with_role("judge")}
    eval(sys.argv[1])
"""


def prepare(folder: Path, scheme: dict[str, Any] = SCHEME) -> Path:
    """The data folder of a hall, to be copied for each test."""
    migrate(folder)
    run_script(folder, PREPARE, json.dumps([scheme, WORKS, PASSWORD]))
    return folder


def run_script(folder: Path, script: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-c", script, *words], env=environment(folder, 8000), cwd=ROOT, check=True
    )


class Hall:
    """`url` is where tablets go; the server behind it can be killed, and the network in between can fail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Server | None = None
        self.network = Network(self)
        self.start()

    @property
    def url(self) -> str:
        return self.network.url

    def start(self, **settings: str) -> None:
        # Nothing of a hall is done by jobs.
        self.server = Server(self.folder, QZ_JOB_WORKERS="0", **settings)

    def kill(self) -> None:
        """SIGKILL for the server and all its workers at once."""
        assert self.server
        for pid in family(self.server.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait(timeout=10)
        self.server = None

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        self.network.close()

    def rows(self, query: str) -> list[Any]:
        """Of a query, as plain values where a row has one column."""
        with sqlite3.connect(f"file:{self.folder / 'qzcompete.sqlite3'}?mode=ro", uri=True) as db:
            found = db.execute(query).fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    def change(self, statement: str) -> None:
        with sqlite3.connect(self.folder / "qzcompete.sqlite3", timeout=10) as db:
            db.execute(statement)

    def act(self, words: str) -> None:
        """What the office does: a call of marking's services with `hall`, `seats` and `accounts` by their names."""
        run_script(self.folder, ACT, words)

    def marks(self, judge: str = "J1") -> list[tuple[str, str, str | None, int]]:
        """(work, aspect, value as the last op gave it, rev) of a judge, in order."""
        return self.rows(
            "SELECT c.code, a.code, o.value, m.rev FROM mark m JOIN candidate c ON c.id = m.candidate_id"
            " JOIN aspect a ON a.id = m.aspect_id JOIN seat s ON s.id = m.seat_id JOIN mark_op o ON o.op_id = m.op_id"
            f" WHERE s.code = '{judge}' ORDER BY c.code, a.position"
        )


def family(pid: int) -> list[int]:
    """A process and all that came from it."""
    found = [pid]
    for task in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((task / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found += family(int(task.name))
    return found


class Network:
    """Passes requests on to the hall's server. `fault`: none, portal, cut_answers, kill_before_answer."""

    def __init__(self, hall: Hall) -> None:
        self.fault = "none"
        network = self

        class Pass(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                network.handle(self, hall)

            do_POST = do_GET

            def log_message(self, *words: Any) -> None:
                pass

        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Pass)
        self.listener.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def handle(self, request: BaseHTTPRequestHandler, hall: Hall) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        is_ops = request.path == "/api/v1/tablet/ops"
        if self.fault == "portal" and request.path.startswith("/api/"):
            return self.answer(request, 200, [("Content-Type", "text/html")], b"<html>Wi-Fi log-in</html>")
        try:
            status, headers, content = self.ask(request, hall, body)
        except (OSError, http.client.HTTPException, AssertionError):
            request.close_connection = True
            return None
        if is_ops and self.fault == "kill_before_answer":
            self.fault = "none"
            hall.kill()
            request.close_connection = True
            return None
        if is_ops and self.fault == "cut_answers":
            request.close_connection = True
            return None
        return self.answer(request, status, headers, content)

    def ask(self, request: BaseHTTPRequestHandler, hall: Hall, body: bytes) -> tuple[int, list[Any], bytes]:
        assert hall.server
        upstream = http.client.HTTPConnection("127.0.0.1", hall.server.port, timeout=20)
        sent = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
        upstream.request(request.command, request.path, body or None, sent)
        answer = upstream.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def answer(
        self, request: BaseHTTPRequestHandler, status: int, headers: list[Any], content: bytes
    ) -> None:
        request.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                request.send_header(name, value)
        if status != 304:
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def close(self) -> None:
        self.listener.shutdown()
        self.listener.server_close()


def eventually(check: Any, seconds: float = 20) -> None:
    """Wait until the check holds; fails with what it last said."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)
