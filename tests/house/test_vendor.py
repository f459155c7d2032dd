"""The libraries that browsers get are the pinned ones, and anything else is refused."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from tools import vendor

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("manifest", vendor.MANIFESTS, ids=lambda path: path.parent.parent.name)
def test_nothing_differs_when_vendored_files_are_untouched(manifest: Path) -> None:
    found = list(vendor.faults(manifest))

    assert found == []


@pytest.mark.parametrize("manifest", vendor.MANIFESTS, ids=lambda path: path.parent.parent.name)
def test_every_package_has_a_licence_and_a_pinned_tarball_when_it_is_vendored(manifest: Path) -> None:
    for package in vendor.packages(manifest):
        assert package["licence"] in ("MIT", "0BSD", "ISC", "MPL-2.0", "Apache-2.0")
        assert package["integrity"].startswith("sha512-")
        assert any(name.endswith("LICENSE") for name in package["files"])


def test_a_fault_is_named_when_a_file_was_changed_or_added(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "static" / "vendor", tmp_path / "vendor")
    (tmp_path / "vendor" / "htmx" / "htmx.min.js").write_text("changed")
    (tmp_path / "vendor" / "stray.js").write_text("stray")

    found = list(vendor.faults(tmp_path / "vendor" / "vendor.json"))

    assert found == [
        "htmx/htmx.min.js: changed since it was vendored",
        "stray.js: in no package of vendor.json",
    ]


def test_nothing_is_written_when_a_file_of_the_tarball_is_not_the_pinned_one(tmp_path: Path) -> None:
    (tmp_path / "forged.js").write_text("forged")
    with tarfile.open(tmp_path / "forged.tgz", "w:gz") as archive:
        archive.add(tmp_path / "forged.js", "package/dist/htmx.min.js")
        archive.add(tmp_path / "forged.js", "package/LICENSE")
    package = json.loads(vendor.MANIFESTS[0].read_text())["packages"][1]

    with pytest.raises(vendor.Refused, match="not the pinned file"):
        vendor.unpack(tmp_path / "forged.tgz", package, tmp_path / "out")

    assert not (tmp_path / "out").exists()
