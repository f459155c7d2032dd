"""Real programs judged by panels of nine become events with results, and the first three get their certificates."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.e2e.conftest import QZCOMPETE, ROOT, command, environment, migrate

EXAMPLES = ROOT / "tests" / "marking" / "examples"
EVENTS = {"real-panel-000": "P000", "real-panel-020": "P020", "real-panel-040": "P040"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("panels")
    migrate(made)
    command(made, "bundle", "import", *(str(EXAMPLES / f"{name}.json") for name in EVENTS))
    for code in EVENTS.values():
        command(made, "results", "publish", code)
        command(made, "certificates", "issue", "--event", code)
    command(made, "worker", "--until-idle")
    return made


@pytest.mark.parametrize(("name", "code"), EVENTS.items())
def test_shown_results_are_those_of_the_file(folder: Path, name: str, code: str) -> None:
    shown, scored = (
        subprocess.run(
            [QZCOMPETE, *rest], env=environment(folder, 8000), cwd=ROOT, check=True, capture_output=True
        ).stdout
        for rest in (["results", "show", code, "--json"], ["bundle", "score", str(EXAMPLES / f"{name}.json")])
    )

    assert shown == scored
    assert len(shown) > 500


@pytest.mark.parametrize("code", EVENTS.values())
def test_the_first_three_get_certificates(folder: Path, code: str, tmp_path: Path) -> None:
    command(folder, "certificates", "export", "--event", code, "--out", str(tmp_path))

    texts = [PdfReader(file).pages[0].extract_text() for file in sorted(tmp_path.glob("*.pdf"))]

    assert len(texts) == 3
    assert all(
        rank in "".join(text.split())
        for rank, text in zip(("第一名", "第二名", "第三名"), texts, strict=True)
    )
