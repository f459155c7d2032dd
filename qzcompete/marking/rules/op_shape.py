"""Has an op of the tablet's protocol exactly the shape it must have? By exact type: a JSON number or true is no mark.

Pure: whether the cell exists and the mark may be given is asked later.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

KINDS = ("set", "clear", "sign", "flag", "time")
FLAG_KINDS = ("call", "incident")
MOST_EXTRA = 20_000
MOST_TEXT = 500
MOST_PHOTOS = 6
LONGEST = 100
HIGHEST_REV = 2**31 - 1
SECONDS = re.compile(r"0|[1-9][0-9]{0,5}")
# Made once: json.dumps with options of its own makes another encoder each time.
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
UUID_TEXT = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


def shape_fault(op: dict[str, Any]) -> str | None:
    """`malformed` unless every part has exactly its type, else None."""
    shaped = (
        is_uuid(op.get("op_id"))
        and op.get("kind") in KINDS
        and is_code(op.get("candidate"))
        and (op.get("aspect") is None or is_code(op["aspect"]))
        and "value" in op
        and (op["value"] is None or is_code(op["value"]))
        and is_whole(op.get("base_rev"), HIGHEST_REV)
        and all(op.get(key) is None or is_whole(op[key]) for key in ("seq", "client_ts"))
        and is_settling(op.get("resolves"))
        and is_storable(op.get("extra"))
        and (op["kind"] != "flag" or is_flag(op))
        and (op["kind"] != "time" or is_time(op))
    )
    return None if shaped else "malformed"


def is_uuid(value: object) -> bool:
    return type(value) is str and UUID_TEXT.fullmatch(value) is not None


def is_code(value: object) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST and value.isprintable()


def is_whole(value: object, most: int = 2**53 - 1) -> bool:
    return type(value) is int and 0 <= value <= most


def is_storable(value: object) -> bool:
    """Whether every engine keeps it as JSON: no NUL, no half of a surrogate pair, no NaN, not too long."""
    if value is None:
        return True
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and 0 < len(text.encode()) <= MOST_EXTRA
    except ValueError:
        return False


def is_flag(op: dict[str, Any]) -> bool:
    """A call for the chief judge or a note of an incident: words and the ids of photos, never a value."""
    extra = op.get("extra")
    return (
        op["value"] is None
        and isinstance(extra, dict)
        and extra.get("kind") in FLAG_KINDS
        and isinstance(extra.get("text"), str)
        and len(extra["text"]) <= MOST_TEXT
        and type(extra.get("photos")) is list
        and len(extra["photos"]) <= MOST_PHOTOS
        and all(is_uuid(photo) for photo in extra["photos"])
    )


def is_time(op: dict[str, Any]) -> bool:
    """Whole seconds that an entry worked, of no aspect; no value withdraws them."""
    value = op["value"]
    return op.get("aspect") is None and (value is None or SECONDS.fullmatch(value) is not None)


def is_settling(value: object) -> bool:
    return value is None or (type(value) is list and all(is_uuid(known) for known in value))


def body_hash(op: dict[str, Any]) -> str:
    """Tells two ops of one id apart: the same op sent again has the same hash."""
    return hashlib.sha256(CANONICAL(op).encode()).hexdigest()
