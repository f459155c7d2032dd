"""A lane before Flask for a route that is asked far more often than all others together.

What goes well is answered here, with the headers and the counters of every answer; what goes wrong is handed to
Flask, whose view of the same route raises it again, so that a problem looks like any other and has its line in the log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from flask import Flask, request

from qzcompete.core.logs import REQUESTS, SECONDS
from qzcompete.core.pages import data_headers

ERROR = "qzcompete.fast_lane.error"

Environ = dict[str, Any]
# Gives the JSON value to answer with, or raises.
Answering = Callable[[Flask, Environ], Any]


class FastLane:
    def __init__(self, app: Flask, endpoint: str, path: str, answering: Answering) -> None:
        self.app, self.inner, self.path, self.answering = app, app.wsgi_app, path, answering
        self.requests, self.seconds = REQUESTS.labels(endpoint, 200), SECONDS.labels(endpoint)
        self.headers = [("Content-Type", "application/json"), *data_headers(app.config["QZ"].https).items()]

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != self.path or environ["REQUEST_METHOD"] != "POST":
            return self.inner(environ, start_response)
        started = perf_counter()
        try:
            body = json.dumps(self.answering(self.app, environ)).encode()
        except Exception as error:
            environ[ERROR] = error
            return self.inner(environ, start_response)
        start_response("200 OK", [*self.headers, ("Content-Length", str(len(body)))])
        self.requests.inc()
        self.seconds.observe(perf_counter() - started)
        return [body]


def show_error() -> Any:
    """The view of a route that has a lane: nothing comes here but what the lane could not answer."""
    raise request.environ[ERROR]
