#!/usr/bin/env python3
"""Asks pip-audit for known vulnerabilities of what is locked. Where its service does not answer: "not checked", never "clean"."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AWAY = (
    "ConnectionError",
    "ServiceError",
    "Failed to connect",
    "Max retries",
    "Connection refused",
    "timed out",
    "resolve",
)


def main() -> int:
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "10"]
    asked = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), *options]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode and any(sign in said for sign in AWAY):
        print("not checked: the service of known vulnerabilities cannot be reached from here")
        return 0
    print(said.strip())
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
