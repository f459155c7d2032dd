"""Every form of a test sent with more than its page shows: a name for each column there is, that nothing in the slice asks for.

With TEST_OVERPOST=1 nothing of it may reach a row (mass assignment, CWE-915), and every test must hold as it does without.
"""

from __future__ import annotations

import inspect
import re
import sys
from functools import cache
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import Table, select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from wtforms import Form

from qzcompete.extensions import db

MARK = "overposted"
WORD = re.compile(r"""["']([a-z_]+)["']""")


def with_more(app: Flask, path: str, data: dict[str, Any]) -> dict[str, Any]:
    """The fields and those that nobody asked for."""
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        return data
    view = inspect.unwrap(app.view_functions[endpoint])
    return {name: MARK for name in column_names() - known_in(view.__module__.split(".")[1])} | data


@cache
def column_names() -> frozenset[str]:
    return frozenset(one.key for mapper in db.Model.registry.mappers for one in mapper.attrs)


@cache
def known_in(slice_name: str) -> frozenset[str]:
    """What the pages of a slice may send: the fields of its forms, and whatever its edge names in its text."""
    edge = re.compile(rf"qzcompete\.{slice_name}\.(views|forms|\w+_intake)\b")
    modules = [module for name, module in sys.modules.items() if edge.match(name)]
    named = {word for module in modules for word in WORD.findall(inspect.getsource(module))}
    fields = {field for module in modules for form in forms_of(module) for field in fields_of(form)}
    return frozenset(named | fields)


def forms_of(module: ModuleType) -> list[type[Form]]:
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Form)]


def fields_of(form: type[Form]) -> list[str]:
    return [name for name in dir(form) if hasattr(getattr(form, name), "field_class")]


def rows_with_more(filled: set[str]) -> list[str]:
    """Which of these tables hold something that was sent so."""
    return [table.name for table in db.metadata.sorted_tables if table.name in filled and holds_more(table)]


def holds_more(table: Table) -> bool:
    try:
        return any(MARK in str(row) for row in db.session.execute(select(table)))
    except ValueError:
        # Written under a key that the test has taken away: nobody can look.
        return False
