"""The API for programs, version 1: calendar, results, verification, registers, and the archive of whole events.

No cookie counts here and no CSRF applies. What is public needs no token; a token's scope opens the archive. Lists come in
pages, answers carry an ETag, errors are problem+json, and a POST may carry an Idempotency-Key.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, current_app, request

from qzcompete.api import queries, services
from qzcompete.api.openapi import described, description
from qzcompete.certificates import queries as certificates
from qzcompete.core.actor import SYSTEM
from qzcompete.core.errors import Problem, RuleBroken
from qzcompete.core.limits import count_try
from qzcompete.core.permissions import public
from qzcompete.marking.rules.faults import Refused
from qzcompete.results import queries as results
from qzcompete.results import services as result_services

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

FACTS = "published facts, the same that the public pages show"
TOKEN = "a token with the scope is asked for in the view"
FAMILIES = ["migrant_workers", "vocational", "employees", "vocational_schools"]
MOST_VERIFICATIONS, WINDOW_SECONDS = 60, 300


class ApiProblem(Problem):
    def __init__(self, status: int, code: str, message: object = None) -> None:
        super().__init__(message, code=code)
        self.status = status


def answered(value: Any, status: int = 200) -> Response:
    """The value as JSON with a tag; 304 where the caller has it already."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    answer = Response(text, status=status, mimetype="application/json")
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    if request.method == "GET":
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
    return answer


def holder(scope: str) -> queries.TokenCard:
    """The token of the request, if it holds and has the scope."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    card = queries.token_of(token) if kind.lower() == "bearer" and token else None
    if card is None:
        raise ApiProblem(401, "token_needed")
    if scope not in card.scopes:
        raise ApiProblem(403, "scope_missing")
    return card


def sent() -> Any:
    if request.mimetype != "application/json":
        raise ApiProblem(415, "not_json")
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise ApiProblem(400, "not_json") from None


def whole(name: str, least: int, most: int) -> int | None:
    """A number of the query, or nothing where there is none; raises a 400 for another text."""
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise ApiProblem(400, "bad_query", f"{name}: {least} – {most}")
    return int(text)


@blueprint.get("/openapi.json")
@public("the description of a public interface")
def openapi() -> Response:
    return answered(description(current_app._get_current_object(), current_app.config["QZ"].public_url))  # type: ignore[attr-defined]


@blueprint.get("/calendar")
@public(FACTS)
@described(
    "Calendar",
    query={
        "year": {"type": "integer", "minimum": 2000, "maximum": 2100},
        "family": {"type": "string", "enum": FAMILIES},
        "page": {"type": "integer", "minimum": 1, "maximum": 10000},
    },
)
def calendar() -> Response:
    """Public competitions with their time points, the newest year first, fifty a page."""
    family = request.args.get("family")
    if family is not None and family not in FAMILIES:
        raise ApiProblem(400, "bad_query", f"family: {', '.join(FAMILIES)}")
    return answered(queries.calendar(whole("year", 2000, 2100), family, whole("page", 1, 10000) or 1))


@blueprint.get("/competitions/<code>")
@public(FACTS)
@described("CompetitionWithEvents")
def competition(code: str) -> Response:
    """One public competition with its events."""
    return answered(queries.competition(code))


@blueprint.get("/results/<code>")
@public(FACTS)
@described("Results")
def published_result(code: str) -> Response:
    """The newest published results of an event, with names and units as published."""
    return answered(queries.published_result(code))


@blueprint.get("/registers/studios")
@public(FACTS)
@described("Register")
def studios() -> Response:
    """The municipal master studios that stand today."""
    return answered(queries.register("studio"))


@blueprint.get("/registers/bases")
@public(FACTS)
@described("Register")
def bases() -> Response:
    """The highly-skilled-talent training bases that stand today."""
    return answered(queries.register("base"))


@blueprint.post("/verifications")
@public("employers verify certificates without an account; the name is masked and tries are counted")
@described(
    "Verification",
    body={
        "type": "object",
        "properties": {
            "number": {"type": "string", "minLength": 1, "maxLength": 40},
            "name": {"type": "string", "minLength": 1, "maxLength": 80},
        },
        "required": ["number", "name"],
        "additionalProperties": False,
    },
    problems=(429,),
)
def verification() -> Response:
    """Whether a certificate with this number and name is valid, replaced, revoked, ended (a plaque whose term is over) or unknown."""
    body = sent()
    wanted = {"number": 40, "name": 80}
    if not isinstance(body, dict) or set(body) != set(wanted):
        raise ApiProblem(422, "bad_body", "number, name")
    if any(
        not isinstance(body[name], str) or not 1 <= len(body[name]) <= most for name, most in wanted.items()
    ):
        raise ApiProblem(422, "bad_body", "number, name")
    count_try("verification", request.remote_addr or "", MOST_VERIFICATIONS, WINDOW_SECONDS)
    found = vars(certificates.by_number(body["number"], body["name"]))
    return answered({name: queries.plain(value) for name, value in found.items()})


@blueprint.get("/archive/<code>")
@public(TOKEN)
@described("Bundle", scope="archive.read")
def archive(code: str) -> Response:
    """A whole event with scheme, marks and results, as a bundle that anybody can score again."""
    holder("archive.read")
    return answered(results.event_bundle(code))


@blueprint.post("/archive")
@public(TOKEN)
@described(
    "Imported", scope="archive.write", body={"$ref": "#/components/schemas/Bundle"}, statuses=(200, 201)
)
def bring_in() -> Response:
    """Bring an event bundle in: all of it or nothing; with an Idempotency-Key the same request acts once."""
    card, body = holder("archive.write"), sent()
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 200:
        raise ApiProblem(400, "bad_key")

    def act() -> tuple[Any, int]:
        try:
            new = result_services.import_bundle(SYSTEM, body)
        except Refused as refused:
            raise RuleBroken(
                "; ".join(str(fault) for fault in refused.faults[:20]), code="bad_bundle"
            ) from None
        return {"event": body["event"]["code"], "new": new}, 201 if new else 200

    answer, status = services.answered_once(card, key, body, act) if key else act()
    return answered(answer, status)
