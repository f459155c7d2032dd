"""What a monitoring reads: requests of all web processes, and what waits or stands still in the database."""

from __future__ import annotations

import hmac
import os

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from qzcompete.core import jobs
from qzcompete.core.permissions import public
from qzcompete.marking.queries import unsent_marks

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@public(
    "a monitoring has no account: it shows the token of QZ_METRICS_TOKEN, and without that setting there is no page"
)
def metrics() -> Response:
    token = current_app.config["QZ"].metrics_token
    if not token or not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
        abort(404)
    return Response(generate_latest(counted()) + generate_latest(waiting()), content_type=CONTENT_TYPE_LATEST)


def counted() -> CollectorRegistry:
    """What the web processes have counted since the start: of all where they share a folder, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def waiting() -> CollectorRegistry:
    """Gauges of the database, asked anew for each answer."""
    registry = CollectorRegistry()
    of_jobs = Gauge("qz_jobs", "Background jobs by state.", ["state"], registry=registry)
    unsent = Gauge(
        "qz_tablet_unsent_marks", "Marks that tablets still hold.", ["assessment"], registry=registry
    )
    for state, count in jobs.counts().items():
        of_jobs.labels(state).set(count)
    for assessment, count in unsent_marks().items():
        unsent.labels(assessment).set(count)
    return registry
