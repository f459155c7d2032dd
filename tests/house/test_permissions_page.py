"""docs/permissions.md is the table of roles and permissions, and the access of every view, as the code has them."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from qzcompete.core.permissions import PERMISSIONS, ROLE_NAMES, ROLES, access_of

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "permissions.md"


def table(app: Flask) -> str:
    """The page as it must read. With WRITE_DOCS=1 the test writes it first."""
    lines = [
        "# Permissions",
        "",
        "Made by `tests/house/test_permissions_page.py` from `qzcompete/core/permissions.py` and the URL map. A role holds",
        "within the scope that it was granted for: the city, an organisation, a competition, an assessment.",
        "",
        "| permission | " + " | ".join(ROLE_NAMES) + " |",
        "| --- |" + " --- |" * len(ROLE_NAMES),
    ]
    for permission in PERMISSIONS:
        cells = ["x" if permission in ROLES[role] else "" for role in ROLE_NAMES]
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    lines += ["", "## Pages", "", "| address | methods | access |", "| --- | --- | --- |"]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint != "static":
            methods = ", ".join(sorted((rule.methods or set()) & {"GET", "POST"}))
            lines.append(f"| `{rule.rule}` | {methods} | {access_of(app.view_functions[rule.endpoint])} |")
    return "\n".join(lines) + "\n"


def test_page_is_what_the_code_says(app: Flask) -> None:
    expected = table(app)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(expected, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == expected
