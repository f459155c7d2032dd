"""Metrics are for who shows the token, and tell of requests, jobs and tablets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from qzcompete.core import jobs
from qzcompete.core.actor import SYSTEM
from qzcompete.core.transaction import unit

TOKEN = "a-long-random-token-of-the-monitoring"


@pytest.fixture
def monitored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "QZ", replace(app.config["QZ"], metrics_token=TOKEN))
    return app.test_client()


def test_there_is_no_such_page_without_the_setting(client: FlaskClient) -> None:
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_there_is_no_such_page_without_the_token(monitored: FlaskClient) -> None:
    assert monitored.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


def test_requests_and_jobs_are_counted(monitored: FlaskClient) -> None:
    with unit():
        jobs.enqueue("drill.three_steps", {}, SYSTEM)
    monitored.get("/healthz")

    told = monitored.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert 'qz_requests_total{endpoint="public.healthz",status="200"}' in told
    assert 'qz_jobs{state="queued"} 1.0' in told
