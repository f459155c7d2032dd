"""Every text of the code and the templates has its Chinese, with the same placeholders, and none is fuzzy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "qzcompete" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_every_text_has_its_chinese(tmp_path: Path) -> None:
    found = tmp_path / "messages.pot"
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "babel.cfg",
        "-k",
        "_l",
        "-k",
        "N_",
    ]
    subprocess.run([*command, "-o", str(found), "."], check=True, cwd=ROOT)
    with CATALOGUE.open("rb") as file:
        chinese = {message.id: message for message in read_po(file)}

    with found.open("rb") as file:
        wanted = [message.id for message in read_po(file) if message.id]

    assert len(wanted) > 300
    assert [text for text in wanted if text not in chinese or not chinese[text].string] == []
    assert [text for text in wanted if chinese[text].fuzzy] == []


def test_placeholders_are_the_same_in_chinese() -> None:
    with CATALOGUE.open("rb") as file:
        pairs = [(message.id, message.string) for message in read_po(file) if isinstance(message.id, str)]

    different = [
        text for text, chinese in pairs if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(chinese))
    ]

    assert different == []


def test_no_text_hides_in_a_formatted_string() -> None:
    """The extraction of texts does not look into f-strings."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "qzcompete").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("_", "_l", "N_")
    ]

    assert hidden == []
