"""The server is killed under a load of marks, again and again: what it acknowledged is there, and there once."""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.drills.mark_server import MarkServer
from tests.postgres import server

KILLS = int(os.environ.get("QZ_DRILL_KILLS", "100" if os.environ.get("QZ_DRILL") == "whole" else "3"))
JUDGES, CANDIDATES, ASPECTS = 8, 400, 100

pytestmark = pytest.mark.drill


class Judge(threading.Thread):
    """Sends one mark after the other, each until it is acknowledged, as a tablet does."""

    def __init__(self, hall: MarkServer, place: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.hall, self.place, self.stop = hall, place, stop
        self.acknowledged: list[str] = []
        self.faults: list[str] = []
        self.again = 0
        self.patience = 10

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            wire, (op_id,) = self.hall.request(self.place, [number])
            number += 1
            # The last one is sent until it is answered, too: no doubt is left at the end.
            while (answer := self.send(wire)) is None:
                self.again += 1
                time.sleep(0.02)
            if answer != (op_id, "applied", 1):
                self.faults.append(str(answer))
            self.acknowledged.append(op_id)

    def send(self, wire: bytes) -> tuple[str, str, int] | None:
        head, body = wire.split(b"\r\n\r\n", 1)
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        connection = http.client.HTTPConnection("127.0.0.1", self.hall.port, timeout=self.patience)
        try:
            connection.request("POST", "/api/v1/tablet/ops", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if answer.status == 503:
            return None
        (result,) = json.loads(content)["results"]
        return result["op_id"], result["status"], result["rev"]


def drill(hall: MarkServer, kills: int) -> dict[str, object]:
    hall.prepare()
    hall.serve()
    chance, stop = random.Random(20261124), threading.Event()
    judges = [Judge(hall, place, stop) for place in range(JUDGES)]
    for judge in judges:
        judge.start()
    try:
        for _ in range(kills):
            before = sum(len(judge.acknowledged) for judge in judges)
            until = time.monotonic() + 60
            while sum(len(judge.acknowledged) for judge in judges) < before + 20:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            hall.kill()
            hall.serve()
        stop.set()
        for judge in judges:
            judge.join(30)
    finally:
        stop.set()
        hall.kill()
    return counts(hall, judges)


def counts(hall: MarkServer, judges: list[Judge]) -> dict[str, object]:
    known = {op_id for judge in judges for op_id in judge.acknowledged}
    url = hall.app().config["SQLALCHEMY_DATABASE_URI"]
    with create_engine(url).connect() as reading:
        stored = reading.execute(text("SELECT op_id FROM mark_op")).scalars().all()
        marked = reading.execute(text("SELECT op_id FROM mark WHERE rev = 1")).scalars().all()
    return {
        "acknowledged": len(known),
        "sent again": sum(judge.again for judge in judges),
        "faults": [fault for judge in judges for fault in judge.faults],
        "lost": len(known - (set(stored) & set(marked))),
        "doubled": len(stored) - len(set(stored)) + len(marked) - len(set(marked)),
        "never acknowledged": len(set(stored) - known),
        "audit": hall.check(),
    }


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_acknowledged_mark_is_there_once_when_the_server_is_killed(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = MarkServer(tmp_path, judges=JUDGES, candidates=CANDIDATES, aspects=ASPECTS)
    if engine == "sqlite":
        seen = drill(hall, KILLS)
    else:
        with server(durable=True) as hall.url:
            seen = drill(hall, KILLS)

    with capsys.disabled():
        print(f"\n{engine}: killed {KILLS} times: {seen}")
    assert seen["acknowledged"] >= 20 * KILLS
    assert (seen["lost"], seen["doubled"], seen["faults"], seen["audit"]) == (0, 0, [], "whole")
    # Each judge keeps on until the last answer: nothing is stored that nobody was told of.
    assert seen["never acknowledged"] == 0
