"""The tablet's protocol on the wire. No cookie counts here and no CSRF applies: a grant's token is the right.

Errors are problem+json; no cache holds an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from qzcompete.adapters.uploads import drawn_picture
from qzcompete.core import group_commit
from qzcompete.core.actor import Actor
from qzcompete.core.clock import now
from qzcompete.core.errors import Problem
from qzcompete.core.fast_lane import Environ, show_error
from qzcompete.core.permissions import public
from qzcompete.core.problems import problem_for, problem_json
from qzcompete.core.transaction import keep
from qzcompete.marking import queries, services
from qzcompete.marking.rules.op_shape import is_uuid

blueprint = Blueprint("marking_api", __name__, url_prefix="/api/v1/tablet")

PROTO = 1
MOST_OPS = 50
MOST_BYTES = 64 * 1024
MOST_PHOTO_BYTES = 3 * 1024 * 1024
# So many at once in a process: whatever the storage does, threads are left for marks.
PHOTO_PLACES = BoundedSemaphore(4)
GRANT = "the grant's token is asked for in the view"
CARD = "a judge's card is what is asked for in the view"


class WireProblem(Problem):
    """A fault of the request as a whole; single ops are answered one by one instead."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code=code)
        self.status = status


def bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme != "Bearer" or not token:
        raise WireProblem(401, "grant_gone")
    return token


def holder() -> queries.GrantCard:
    grant = queries.grant_of(services.token_hash(bearer(request.headers.get("Authorization", ""))), now())
    if grant is None:
        raise WireProblem(401, "grant_gone")
    return grant


@blueprint.post("/grants")
@public(CARD)
def grants() -> Response:
    """A judge's card for the right to send: by code and PIN, or by the token of its QR code."""
    entry = checked_entry()
    try:
        entered = services.enter_by_card(entry, current_app.config["QZ"].grant_hours)
    except services.TooMany as closed:
        answer = problem_json(problem_for(WireProblem(429, "too_many")))
        answer.headers["Retry-After"] = str(closed.seconds)
        return answer
    if entered is None:
        # The failure stays counted although the answer is an error.
        keep()
        raise WireProblem(401, "bad_card")
    seat = queries.seat_of_grant(entered.grant.seat_id)
    return jsonify(
        {
            "proto": PROTO,
            "token": entered.token,
            "expires_at": entered.grant.expires_at.isoformat(),
            "epoch": queries.epoch(),
            "server_time": now().isoformat(),
            "seat": seat,
        }
    )


def checked_entry() -> services.CardEntry:
    """What the tablet hands in; raises WireProblem for what is no entry."""
    given = json_body(request.is_json, request.content_length, request.stream.read)
    if not isinstance(given, dict):
        raise WireProblem(400, "malformed")
    if given.get("proto") != PROTO:
        raise WireProblem(426, "client_too_old")
    texts = {name: short_text(given.get(name)) for name in ("card", "pin", "qr", "label")}
    by_code, by_token = bool(texts["card"] and texts["pin"]), bool(texts["qr"])
    if by_code == by_token or not is_uuid(given.get("device_id")):
        raise WireProblem(400, "malformed")
    return services.CardEntry(
        address=request.remote_addr or "",
        device_id=given["device_id"],
        label=texts["label"],
        code=texts["card"].replace(" ", "").upper() if by_code and texts["card"] else None,
        pin=texts["pin"] if by_code else None,
        token=texts["qr"],
    )


def json_body(is_json: bool, size: int | None, read: Callable[[int], bytes]) -> Any:
    """The JSON of a request, None where it cannot be read; raises WireProblem for other kinds and for too much."""
    if not is_json:
        raise WireProblem(415, "not_json")
    if size is None or size > MOST_BYTES:
        raise WireProblem(413, "too_large")
    try:
        return json.loads(read(size))
    except (ValueError, RecursionError):
        return None


def short_text(value: object) -> str | None:
    """A text that may be stored, without blanks at its ends; None for anything else."""
    return value.strip()[:80] if isinstance(value, str) and value.isprintable() else None


@blueprint.get("/pack")
@public(GRANT)
def pack() -> AnyResponse:
    """Everything that a judge needs to mark: scheme, candidates' codes, own marks. Unchanged, it costs a few reads."""
    grant = holder()
    tag = queries.pack_tag(grant.seat_id)
    # Weakly: an answer that is compressed on its way has a weak tag.
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
        answer.set_etag(tag)
        return answer
    answer = jsonify(
        {
            "proto": PROTO,
            "epoch": queries.epoch(),
            "server_time": now().isoformat(),
            **queries.pack(grant.seat_id),
            "device": {"ops_seen": queries.ops_seen(grant.device_id)},
        }
    )
    answer.set_etag(tag)
    return answer


@blueprint.post("/photos")
@public(GRANT)
def photos() -> Response:
    """A photo as evidence, once for ever under its id."""
    grant = holder()
    about = request.args
    taken_at = about.get("taken_at", "")
    if not is_uuid(about.get("id")) or not taken_at.isascii() or not taken_at.isdigit() or len(taken_at) > 15:
        raise WireProblem(400, "malformed")
    if request.content_length is None or request.content_length > MOST_PHOTO_BYTES:
        raise WireProblem(413, "too_large")
    content = request.get_data(cache=False)
    # Ends the transaction: a photo is drawn anew in a second, and other tablets must not wait for it.
    keep()
    file_hash = kept_photo(content)
    spec = services.PhotoSpec(
        id=about["id"],
        candidate=about.get("candidate", ""),
        aspect=about.get("aspect") or None,
        taken_at=int(taken_at),
        device_id=grant.device_id,
    )
    actor = Actor(grant.account_id, grant.seat_name)
    fault = services.store_photo(actor, grant.seat_id, spec, content, file_hash)
    if fault:
        raise WireProblem(409 if fault == "key_reuse" else 422, fault)
    return jsonify({"proto": PROTO, "id": spec.id, "stored": True})


def kept_photo(content: bytes) -> str:
    """The hash of the photo as it is drawn anew and stored."""
    if not PHOTO_PLACES.acquire(blocking=False):
        raise WireProblem(503, "busy")
    try:
        drawn = drawn_picture(content)
        if drawn is None:
            raise WireProblem(415, "bad_photo")
        return queries.photo_files().put(drawn)
    finally:
        PHOTO_PLACES.release()


@blueprint.post("/ops")
@public(GRANT)
def ops() -> AnyResponse:
    """Answered by `receive_ops` in the lane before Flask."""
    return show_error()


def receive_ops(app: Flask, environ: Environ) -> dict[str, Any]:
    """The request itself opens no transaction: the writer stores its marks together with those of others."""
    token = bearer(environ.get("HTTP_AUTHORIZATION", ""))
    batch = checked_batch(lane_json(environ))
    offset, report = batch.get("clock_offset_ms"), batch.get("device")
    parcel = services.Parcel(
        token_hash=services.token_hash(token),
        ops=batch["ops"],
        report=report if isinstance(report, dict) else {},
        clock_offset_ms=offset if type(offset) is int and abs(offset) < 2**53 else None,
    )
    receipt: services.Receipt | None = group_commit.submit(
        "marks", services.receive, app, parcel, weight=len(parcel.ops)
    )
    if receipt is None:
        raise WireProblem(401, "grant_gone")
    return {
        "proto": PROTO,
        "batch_id": batch["batch_id"],
        "epoch": receipt.epoch,
        "server_time": now().isoformat(),
        "results": [vars(result) for result in receipt.results],
        "device": {"ops_seen": receipt.ops_seen},
        "conflicts": conflicts(app, receipt.seat_id) if receipt.quarrels else [],
    }


def conflicts(app: Flask, seat_id: int) -> list[dict[str, Any]]:
    with app.app_context():
        return queries.open_conflicts(seat_id)


def lane_json(environ: Environ) -> Any:
    length = environ.get("CONTENT_LENGTH") or ""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    size = int(length) if length.isascii() and length.isdigit() else None
    return json_body(kind == "application/json", size, environ["wsgi.input"].read)


def checked_batch(batch: Any) -> dict[str, Any]:
    """The batch of the request; raises WireProblem for one that is none."""
    if not isinstance(batch, dict) or not isinstance(batch.get("ops"), list):
        raise WireProblem(400, "bad_batch")
    if batch.get("proto") != PROTO:
        raise WireProblem(426, "client_too_old")
    if len(batch["ops"]) > MOST_OPS:
        raise WireProblem(413, "too_large")
    if not all(isinstance(op, dict) for op in batch["ops"]) or not is_uuid(batch.get("batch_id")):
        raise WireProblem(400, "bad_batch")
    return batch
