"""The commands on files, run as a user runs them, without the application."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from qzcompete.marking.commands import bundle_group, scheme_group

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"


def run(group: click.Group, *arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    bundle = json.loads((EXAMPLES / "rules-04.json").read_bytes())
    bundle["marks"][3]["value"] = "-1"
    bundle["event"]["note"] = "x"
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    return path


def test_one_bundle_is_scored_to_the_terminal() -> None:
    result = run(bundle_group, "score", EXAMPLES / "rules-04.json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads((EXAMPLES / "rules-04.expected.json").read_bytes())


def test_folder_is_scored_into_a_folder_and_expected_results_are_passed_over(tmp_path: Path) -> None:
    result = run(bundle_group, "score", EXAMPLES, "--out", tmp_path / "new")

    assert result.exit_code == 0
    written = sorted((tmp_path / "new").iterdir())
    assert len(written) == 57
    assert all(p.read_bytes() == (EXAMPLES / f"{p.stem}.expected.json").read_bytes() for p in written)


def test_several_bundles_need_a_folder() -> None:
    result = run(bundle_group, "score", EXAMPLES / "rules-04.json", EXAMPLES / "rules-05.json")

    assert result.exit_code == 2
    assert "Several bundles need --out." in result.stderr


def test_refused_bundle_lists_its_faults_and_the_others_are_scored(broken: Path, tmp_path: Path) -> None:
    result = run(bundle_group, "score", broken, EXAMPLES / "rules-04.json", "--out", tmp_path / "new")

    assert result.exit_code == 1
    assert "event.note: This key is not known here." in result.stderr
    assert "marks[3].value: The mark must lie between 0 and" in result.stderr
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["rules-04.json"]


def test_results_never_overwrite_their_bundles(broken: Path) -> None:
    before = broken.read_bytes()

    result = run(bundle_group, "score", broken, "--out", broken.parent)

    assert result.exit_code == 2
    assert broken.read_bytes() == before


def test_scheme_is_checked_as_json() -> None:
    result = run(
        scheme_group, "check", HERE / "cis" / "ES2023_marking_scheme_Web_Development_17.xlsx", "--json"
    )

    assert result.exit_code == 0
    assert json.loads(result.stdout)["total"] == "100"


def test_file_that_is_no_workbook_is_a_fault(broken: Path) -> None:
    result = run(scheme_group, "check", broken, "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"][0]["message"] == "The file is not an .xlsx workbook."


def test_template_passes_the_check(tmp_path: Path) -> None:
    made = run(scheme_group, "template", tmp_path / "方案.xlsx")
    checked = run(scheme_group, "check", tmp_path / "方案.xlsx")

    assert (made.exit_code, checked.exit_code) == (0, 0)
    assert "4 aspects: 1 M, 1 J" in checked.stdout


def test_commands_start_without_the_web_or_the_database() -> None:
    code = (
        "import sys; import qzcompete.marking.commands; "
        "sys.exit(any(name in sys.modules for name in ('flask', 'sqlalchemy', 'openpyxl')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
