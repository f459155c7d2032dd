"""The OpenAPI 3.1 description, made from the views themselves: what a view does not say of itself is not described."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from apispec import APISpec
from flask import Flask

from qzcompete.api.schemas import SCHEMAS

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1/"
CONVERTERS = {"int": {"type": "integer", "minimum": 0}, "default": {"type": "string", "maxLength": 100}}


def described(
    answer: str,
    *,
    query: dict[str, dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
    scope: str | None = None,
    examples: dict[str, str] | None = None,
    statuses: tuple[int, ...] = (200,),
    problems: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Say of a view what it answers (a name of SCHEMAS), what it takes and which scope of a token it asks for."""

    def mark(view: View) -> View:
        view.described = {  # type: ignore[attr-defined]
            "answer": answer,
            "query": query or {},
            "body": body,
            "scope": scope,
            "examples": examples or {},
            "statuses": statuses,
            "problems": problems,
        }
        return view

    return mark


def description(app: Flask, server: str) -> dict[str, Any]:
    spec = APISpec(
        title="qzcompete",
        version="1",
        openapi_version="3.1.0",
        info={
            "description": "Competitions, results, certificates and registers of Qinzhou. Errors are RFC 9457 problems."
        },
        servers=[{"url": server}],
    )
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, schema)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "described"):
            methods = (rule.methods or set()) & {"GET", "POST"}
            operations = {method.lower(): operation(rule.endpoint, view, rule.rule) for method in methods}
            spec.path(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), operations=operations)
    return spec.to_dict()


def operation(name: str, view: Callable[..., Any], address: str) -> dict[str, Any]:
    told = view.described  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        "operationId": name.replace(".", "_"),
        "summary": (view.__doc__ or "").strip().split("\n")[0],
        "parameters": [*path_parts(address, told["examples"]), *query_parts(told["query"])],
        "responses": {str(status): answer(told["answer"]) for status in told["statuses"]}
        | {str(status): problem(status) for status in sorted({400, 404, *told["problems"]})},
    }
    if told["scope"]:
        found["security"] = [{"token": []}]
        found["description"] = f"Asks for a token with the scope `{told['scope']}`."
        found["responses"] |= {"401": problem(401), "403": problem(403)}
    if told["body"]:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": told["body"]}}}
        found["responses"] |= {"413": problem(413), "415": problem(415), "422": problem(422)}
    return found


def path_parts(address: str, examples: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": CONVERTERS[kind or "default"]}
        | ({"example": examples[name]} if name in examples else {})
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", address)
    ]


def query_parts(query: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in query.items()
    ]


def answer(schema: str) -> dict[str, Any]:
    headers = {"ETag": {"schema": {"type": "string"}}}
    return {
        "description": "As described.",
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def problem(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"Problem {status}.", "content": content}
