"""Serve the site and run its jobs. Everything that can stop a start says so in one sentence."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import click

from qzcompete.config import Settings, load_settings
from qzcompete.core.start import ROOT, start_faults

# Many of them wait for the same commit, so there are more than processors could keep busy.
WEB_THREADS = 16


@click.command("serve")
def serve() -> None:
    """Serve the site on QZ_HOST:QZ_PORT with QZ_WEB_WORKERS processes and QZ_JOB_WORKERS job workers beside it."""
    settings = load_settings()
    refuse_busy_port(settings)
    count_together()
    make = click.get_current_context().find_root().obj
    with make().app_context():
        if faults := list(start_faults()):
            raise click.ClickException("\n       ".join(faults))
    workers = JobWorkers(settings.job_workers)
    workers.start()
    click.echo(
        f"qzcompete serves {settings.public_url} (http://{settings.host}:{settings.port}); Ctrl+C stops it"
    )
    try:
        run_gunicorn(settings, make)
    finally:
        workers.stop()


def count_together() -> None:
    """Let all web processes write their counters where each can read those of all; before anything counts."""
    folder = tempfile.mkdtemp(prefix="qz-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def refuse_busy_port(settings: Settings) -> None:
    if os.environ.get("LISTEN_PID") == str(os.getpid()):
        # systemd holds the port and hands it over: who comes during a restart waits there.
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}): "
                "stop what serves there, or set QZ_PORT to another port"
            ) from error


def run_gunicorn(settings: Settings, make: Callable[[], Any]) -> None:
    """Serve until a signal; each web process makes its own application."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"{settings.host}:{settings.port}",
                "workers": settings.web_workers,
                "worker_class": "gthread",
                "threads": WEB_THREADS,
                "keepalive": 75,
                "timeout": 60,
                "graceful_timeout": 20,
                "loglevel": "warning",
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return make()

    Server().run()


class JobWorkers:
    """Job workers as child processes; one that dies is started again."""

    def __init__(self, count: int) -> None:
        self.children: list[subprocess.Popen[bytes] | None] = [None] * count
        self.stopping = threading.Event()
        self.owner = os.getpid()

    def start(self) -> None:
        if self.children:
            self.fill()
            threading.Thread(target=self.watch, daemon=True).start()

    def fill(self) -> None:
        for place, child in enumerate(self.children):
            if child is None or child.poll() is not None:
                self.children[place] = subprocess.Popen(
                    [sys.executable, "-m", "qzcompete.cli", "worker"], cwd=ROOT
                )

    def watch(self) -> None:
        while not self.stopping.wait(2):
            self.fill()

    def stop(self) -> None:
        if os.getpid() != self.owner:
            return
        self.stopping.set()
        for child in self.children:
            if child is not None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            if child is not None:
                child.wait()


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when no job waits.")
def work(until_idle: bool) -> None:
    """Run background jobs until stopped."""
    from qzcompete.worker import Worker

    app = click.get_current_context().find_root().obj()
    with app.app_context():
        if faults := list(start_faults()):
            raise click.ClickException("\n       ".join(faults))
    worker = Worker(app)
    worker.stop_on_signals()
    end_with_parent(worker)
    taken = worker.run(until_idle=until_idle)
    if until_idle:
        click.echo(f"{taken} job(s) done")


def end_with_parent(worker: Any) -> None:
    """A worker beside a server that was killed stops too, lest it works for nobody."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(2)
        worker.stopping.set()

    if parent != 1:
        threading.Thread(target=watch, daemon=True).start()
