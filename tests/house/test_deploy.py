"""What is deployed names real commands, settings and files; nginx takes its configuration."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from qzcompete.cli import COMMANDS
from qzcompete.config import setting_names
from qzcompete.operation.database import database_group

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return found


def product(services: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one for one in services.values() if one["image"].startswith("qzcompete"))


def test_every_setting_that_is_deployed_exists() -> None:
    told = "".join(file.read_text() for file in DEPLOY.rglob("*") if file.is_file())

    named = set(re.findall(r"QZ_[A-Z_]+", told))

    assert len(named) > 5
    assert named <= set(setting_names())


def test_two_web_servers_and_a_worker_run_commands_that_there_are(services: dict[str, Any]) -> None:
    commands = [one["command"] for one in product(services)]

    assert sorted(command[0] for command in commands) == ["db", "serve", "serve", "worker"]
    assert all(command[0] in COMMANDS for command in commands)
    assert commands[0] == ["db", "upgrade"] and "upgrade" in database_group.commands


def test_no_service_keeps_another_ones_secrets_in_the_file(services: dict[str, Any]) -> None:
    values = [
        str(value)
        for one in services.values()
        for name, value in one.get("environment", {}).items()
        if "PASSWORD" in name or "SECRET" in name
    ]

    assert values
    assert all(re.fullmatch(r"\$\{[A-Z_]+\}", value) for value in values)


def test_dependencies_and_volumes_are_declared(services: dict[str, Any]) -> None:
    volumes = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["volumes"]

    for one in services.values():
        assert set(one.get("depends_on", [])) <= set(services)
        mounted = {volume.split(":")[0] for volume in one.get("volumes", [])}
        assert all(name.startswith(".") or name in volumes for name in mounted)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    words = re.findall(r"\.venv/bin/qzcompete (\w+)", unit.read_text())

    assert words
    assert all(word in COMMANDS for word in words)
    assert "EnvironmentFile=/etc/qzcompete.env" in unit.read_text()


def test_the_container_holds_what_the_product_needs() -> None:
    told = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", told, re.M)

    sources = {name for line in copied for name in line.split()}

    assert {"qzcompete", "templates", "static", "migrations", "requirements.lock"} <= sources
    assert all((ROOT / name).exists() for name in sources)
    assert "libharfbuzz-subset0" in told


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx, "nginx is missing: sudo apt-get install -y --no-install-recommends nginx-light"
    key = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
    ]
    names = ["-keyout", "key.pem", "-out", "fullchain.pem", "-subj", "/CN=city"]
    subprocess.run([*key, *names], cwd=tmp_path, check=True, capture_output=True)
    city = (DEPLOY / "nginx" / "city.conf").read_text().replace("/etc/ssl/city", str(tmp_path))
    # The names of the web servers are known only where they run; `http2 on` came with nginx 1.25.
    city = re.sub(r"server web\d:8000", "server 127.0.0.1:8000", city).replace("http2 on;", "")
    city = re.sub(r"listen (\d+)", r"listen 127.0.0.1:1\1", city)
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {city} }}"
    (tmp_path / "nginx.conf").write_text(whole)

    said = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
