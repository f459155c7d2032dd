"""One structured line per request and per event, as JSON, without personal data: no query, no form, no name; and the
same requests counted for the monitoring."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request, session
from prometheus_client import Counter, Histogram

log = logging.getLogger("qzcompete.request")
# Made once: json.dumps with options of its own makes another encoder for each line.
AS_TEXT = json.JSONEncoder(ensure_ascii=False).encode


REQUESTS = Counter("qz_requests_total", "Requests answered.", ["endpoint", "status"])
SECONDS = Histogram(
    "qz_request_seconds",
    "Time until the answer was made.",
    ["endpoint"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return AS_TEXT(line)


def set_up_logging(level: str) -> None:
    """Send the product's own log to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("qzcompete")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False


def log_requests(app: Flask) -> None:
    def start() -> None:
        g.started = time.perf_counter()

    def tell(response: Response) -> Response:
        if request.endpoint == "static":
            return response
        spent = time.perf_counter() - g.get("started", time.perf_counter())
        REQUESTS.labels(request.endpoint or "", response.status_code).inc()
        SECONDS.labels(request.endpoint or "").observe(spent)
        fields = {
            "request": g.get("request_id"),
            "method": request.method,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "ms": round(spent * 1000, 1),
            # From the session, not from the row: the database may be away, and a log line asks it nothing.
            "account": str(session.get("_user_id", "")).partition(".")[0] or None,
        }
        log.info("request", extra={"fields": fields})
        return response

    app.before_request(start)
    app.after_request(tell)
