"""The tablet's protocol on the wire. No cookie counts here and no CSRF applies: a grant's token is the right.

Errors are problem+json; no cache holds an answer.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.permissions import public
from qzcompete.marking import queries, services

blueprint = Blueprint("marking_api", __name__, url_prefix="/api/v1/tablet")

PROTO = 1
MOST_OPS = 50
MOST_BYTES = 64 * 1024
GRANT = "the grant's token is asked for in the view"


class WireProblem(Problem):
    """A fault of the request as a whole; single ops are answered one by one instead."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code=code)
        self.status = status


def holder() -> queries.GrantCard:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = queries.grant_of(services.token_hash(token), now()) if scheme == "Bearer" and token else None
    if grant is None:
        raise WireProblem(401, "grant_gone")
    return grant


@blueprint.get("/pack")
@public(GRANT)
def pack() -> AnyResponse:
    """Everything that a judge needs to mark: scheme, candidates' codes, own marks."""
    grant = holder()
    answer = jsonify(
        {
            "proto": PROTO,
            "epoch": queries.epoch(),
            "server_time": now().isoformat(),
            **queries.pack(grant.seat_id),
        }
    )
    answer.set_etag(queries.pack_tag(grant.seat_id))
    return answer.make_conditional(request)


@blueprint.post("/ops")
@public(GRANT)
def ops() -> Response:
    grant = holder()
    batch = checked_batch()
    offset = batch.get("clock_offset_ms")
    offset = offset if type(offset) is int and abs(offset) < 2**53 else None
    actor = Actor(grant.account_id, grant.seat_name)
    sender = services.Sender(grant.device_id, grant.id, offset)
    results = services.record_ops(actor, grant.seat_id, batch["ops"], sender)
    report = batch.get("device")
    services.note_device(grant.device_id, grant.seat_id, report if isinstance(report, dict) else {}, offset)
    return jsonify(
        {
            "proto": PROTO,
            "batch_id": batch["batch_id"],
            "epoch": queries.epoch(),
            "server_time": now().isoformat(),
            "results": [asdict(result) for result in results],
            "device": {"ops_seen": queries.ops_seen(grant.device_id)},
            "conflicts": queries.open_conflicts(grant.seat_id),
        }
    )


def checked_batch() -> dict[str, Any]:
    """The batch of the request; raises WireProblem for one that is none."""
    if not request.is_json:
        raise WireProblem(415, "not_json")
    if request.content_length is None or request.content_length > MOST_BYTES:
        raise WireProblem(413, "too_large")
    batch = request.get_json(silent=True)
    if not isinstance(batch, dict) or not isinstance(batch.get("ops"), list):
        raise WireProblem(400, "bad_batch")
    if batch.get("proto") != PROTO:
        raise WireProblem(426, "client_too_old")
    if len(batch["ops"]) > MOST_OPS:
        raise WireProblem(413, "too_large")
    if not all(isinstance(op, dict) for op in batch["ops"]) or not is_batch_id(batch.get("batch_id")):
        raise WireProblem(400, "bad_batch")
    return batch


def is_batch_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False
