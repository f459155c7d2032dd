"""Keeps the libraries that browsers get: pinned by version, npm tarball hash and the hash of every file.

`tools/vendor.py` checks what is there, without a network; `tools/vendor.py --fetch` downloads it anew with
npm and refuses a tarball or a file that is not the one in the manifest. A new version: change version,
integrity and files in vendor.json by hand, from `npm view NAME@VERSION dist.integrity`, then fetch.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFESTS = (ROOT / "static" / "vendor" / "vendor.json", ROOT / "tests" / "vendor" / "vendor.json")


class Refused(Exception):
    """What was downloaded is not what the manifest names."""


def integrity(content: bytes, algorithm: str) -> str:
    """The value as browsers and npm write it: 'sha384-…'."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def packages(manifest: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))["packages"]
    return found


def faults(manifest: Path) -> Iterator[str]:
    """What differs between the manifest and its folder."""
    listed = set()
    for package in packages(manifest):
        for name, expected in package["files"].items():
            listed.add(name)
            file = manifest.parent / name
            if not file.is_file():
                yield f"{name}: missing"
            elif integrity(file.read_bytes(), "sha384") != expected:
                yield f"{name}: changed since it was vendored"
    for file in sorted(manifest.parent.rglob("*")):
        name = file.relative_to(manifest.parent).as_posix()
        if file.is_file() and file != manifest and name not in listed:
            yield f"{name}: in no package of {manifest.name}"


def fetch(manifest: Path) -> None:
    for package in packages(manifest):
        with tempfile.TemporaryDirectory() as folder:
            unpack(download(package, Path(folder)), package, manifest.parent)


def download(package: dict[str, Any], folder: Path) -> Path:
    """The npm tarball, once its hash is the pinned one."""
    wanted = f"{package['name']}@{package['version']}"
    command = ["npm", "pack", wanted, "--silent", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    tarball = next(folder.glob("*.tgz"))
    if integrity(tarball.read_bytes(), "sha512") != package["integrity"]:
        raise Refused(f"{wanted}: the tarball is not the pinned one")
    return tarball


def unpack(tarball: Path, package: dict[str, Any], folder: Path) -> None:
    """Write the listed files; none is written when one of them differs."""
    contents = {}
    with tarfile.open(tarball) as archive:
        for name, member in package["sources"].items():
            source = archive.extractfile(f"package/{member}")
            contents[name] = source.read() if source else b""
            if integrity(contents[name], "sha384") != package["files"][name]:
                raise Refused(f"{name}: not the pinned file")
    for name, content in contents.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fetch", action="store_true", help="download the pinned files with npm")
    wants_fetch = parser.parse_args(arguments).fetch
    try:
        for manifest in MANIFESTS if wants_fetch else ():
            fetch(manifest)
    except (Refused, OSError, subprocess.CalledProcessError) as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    found = [fault for manifest in MANIFESTS for fault in faults(manifest)]
    for fault in found:
        print(f"vendor: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
