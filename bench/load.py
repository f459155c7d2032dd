"""A client that costs little: ready-made requests over kept connections, one thread, epoll."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import quantiles


@dataclass
class Load:
    """What came back: seconds of each request, and every answer for the caller to judge."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, place: int) -> float:
        """In milliseconds."""
        return quantiles(self.waits, n=100)[place - 1] * 1000


class Line:
    """One kept connection with one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started, self.received = 0.0, b""

    def send(self, request: bytes, started: float) -> None:
        self.started, self.received = started, b""
        self.socket.sendall(request)

    def complete(self) -> bool:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                return len(body) >= int(line[15:])
        raise ConnectionError("no length")


def closed_loop(port: int, lines: int, seconds: float, requests: Callable[[int], bytes]) -> Load:
    """`lines` clients, each of which sends again as soon as it is answered."""
    load, chosen = Load(), selectors.DefaultSelector()
    for place in range(lines):
        line = Line(port)
        chosen.register(line.socket, selectors.EVENT_READ, (place, line))
    began = time.perf_counter()
    for key in list(chosen.get_map().values()):
        key.data[1].send(requests(key.data[0]), time.perf_counter())
    open_lines = lines
    while open_lines:
        for key, _ in chosen.select(10):
            place, line = key.data
            if not line.complete():
                continue
            moment = time.perf_counter()
            load.waits.append(moment - line.started)
            load.answers.append(line.received)
            if moment - began < seconds:
                line.send(requests(place), moment)
            else:
                chosen.unregister(line.socket)
                line.socket.close()
                open_lines -= 1
    load.seconds = time.perf_counter() - began
    return load


def open_loop(port: int, lines: int, per_second: float, seconds: float, requests: Iterator[bytes]) -> Load:
    """Requests at fixed moments, whether or not earlier ones are answered; a wait counts from the moment due."""
    load, chosen, idle = Load(), selectors.DefaultSelector(), deque[Line]()
    for _ in range(lines):
        line = Line(port)
        chosen.register(line.socket, selectors.EVENT_READ, line)
        idle.append(line)
    due, total = 0, int(per_second * seconds)
    began = time.perf_counter()
    while len(load.waits) < total:
        moment = time.perf_counter() - began
        while due < total and due / per_second <= moment and idle:
            idle.popleft().send(next(requests), began + due / per_second)
            due += 1
        pause = max(0.0, due / per_second - moment) if due < total and idle else 1.0
        for key, _ in chosen.select(pause):
            if key.data.complete():
                load.waits.append(time.perf_counter() - key.data.started)
                load.answers.append(key.data.received)
                idle.append(key.data)
    load.seconds = time.perf_counter() - began
    for key in list(chosen.get_map().values()):
        key.fileobj.close()
    return load
