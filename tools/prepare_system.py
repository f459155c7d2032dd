#!/usr/bin/env python3
"""Checks the system packages that the product needs, installs them where it may, else says the exact line.

Uses only the standard library: it runs before anything is installed. `prepare_system.py run|test`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

# what must be there -> the Debian package that brings it
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}
TEST_FILES = {
    "/usr/bin/chromium": "chromium",
    "/usr/lib/postgresql/*/bin/postgres": "postgresql",
    "/usr/bin/pdftoppm": "poppler-utils",
    "/usr/bin/node": "nodejs",
    "/usr/sbin/nginx": "nginx-light",
    "/usr/bin/openssl": "openssl",
    "/usr/bin/gcc": "gcc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
}


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def exists(pattern: str) -> bool:
    return any(Path("/").glob(pattern.removeprefix("/")))


def missing_packages(purpose: str) -> list[str]:
    packages = [package for library, package in LIBRARIES.items() if not loads(library)]
    if purpose == "test":
        packages += [package for pattern, package in TEST_FILES.items() if not exists(pattern)]
    return packages


def main() -> int:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    packages = missing_packages(purpose)
    if not packages:
        return 0
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Missing system packages. Install them and run make again:\n\n    sudo {' '.join(install)}\n")
        return 1
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], [*install, "-qq"]):
        done = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            print(f"`{' '.join(command)}` failed; run it by hand, then run make again")
            return 1
    left = missing_packages(purpose)
    if left:
        print(f"Still missing after the installation: {' '.join(left)}")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
