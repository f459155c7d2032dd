"""The plan of the house is kept: the import contracts, and each table in the hands of its own slice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent.parent


def test_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "6 kept, 0 broken" in done.stdout


def test_services_change_only_tables_of_their_own_slice() -> None:
    graph = grimp.build_graph("qzcompete", cache_dir=None)

    foreign = [
        (importer, table)
        for table in graph.find_matching_modules("qzcompete.*.models")
        for importer in graph.find_modules_that_directly_import(table)
        if ".services" in importer and importer.split(".")[1] != table.split(".")[1]
    ]

    assert foreign == []
