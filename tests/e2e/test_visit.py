"""The report of a site visit in a factory without a network: page, marks and photos stay, and arrive once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core import clock
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.extensions import db
from qzcompete.selection import queries, services
from tests.conftest import PASSWORD
from tests.e2e.conftest import Server, migrate, open_desk

START = datetime(2026, 3, 2, tzinfo=UTC)
PLACE = {"latitude": 21.979000, "longitude": 108.654000}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Flask, int]]:
    """A served city whose experts have scored, and the application whose host is visited."""
    folder = tmp_path_factory.mktemp("visit")
    migrate(folder)
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder), "QZ_SECOND_FACTOR_ROLES": ""}))
    with app.app_context():
        with clock.held_at(START), unit():
            play = stage.begin(3, PASSWORD, 2026, ("studio",))
            stage.apply(play, 6, drafts=0)
            stage.recommend(play)
        class_id = play.classes["studio"]
        with clock.held_at(START + timedelta(days=50)), unit():
            stage.finish_check(play, "studio")
            stage.finish_review(play, "studio")
            visited = queries.visits_of(class_id)[0].application.id
            services.plan_visit(play.office, visited, clock.today(), ["劳金莲", "符永福"])
        db.session.remove()
    server = Server(folder)
    yield server, app, visited
    server.stop()


def test_a_report_and_its_photos_outlive_a_dead_network_a_closed_page_and_an_ended_session(
    browser: Browser, factory: tuple[Server, Flask, int], tmp_path: Path
) -> None:
    server, app, visited = factory
    picture = tmp_path / "workshop.jpg"
    Image.new("RGB", (640, 480), "#8fb3a2").save(picture)
    context = browser.new_context(base_url=server.url, locale="zh-CN", geolocation=PLACE)
    context.grant_permissions(["geolocation"], origin=server.url)
    page = context.new_page()
    open_desk(page, "bureau", PASSWORD)
    page.goto(f"/office/applications/{visited}/visit")
    expect(page.locator("form[data-page=kept]")).to_be_attached()

    context.set_offline(True)
    page.reload()
    for field in page.locator("input[name^=points-]").all():
        field.fill("7.5")
    page.fill("#findings", "设备与台账一致，实训场地宽敞。")
    page.set_input_files("#photos", picture)
    expect(page.locator("[data-photo-queue] li")).to_contain_text("尚未发送")
    page.get_by_role("button", name="保存报告").click()
    expect(page.locator("[data-offline-state]")).to_contain_text("已保存在本设备")
    page.close()
    context.clear_cookies()

    again = context.new_page()
    again.goto(f"/office/applications/{visited}/visit")
    expect(again.locator("#findings")).to_have_value("设备与台账一致，实训场地宽敞。")
    expect(again.locator("[data-photo-queue] li")).to_have_count(1)
    context.set_offline(False)
    expect(again.locator("[data-offline-state]")).to_contain_text("请重新登录后发送")
    open_desk(again, "bureau", PASSWORD)
    again.goto(f"/office/applications/{visited}/visit")
    photographed = again.get_by_alt_text("照片 1")
    photographed.scroll_into_view_if_needed()
    expect(photographed).to_be_visible()
    again.get_by_role("button", name="签字确认考察报告").click()
    expect(again.locator("#name-error")).to_contain_text("请签写姓名")
    again.fill("#name", "黄丽华")
    again.get_by_role("button", name="签字确认考察报告").click()

    expect(again.get_by_role("button", name="考察完成")).to_be_visible()
    with app.app_context():
        (photo,) = queries.photos_of(visited)
        report = queries.visit_of(visited)
        db.session.remove()
    assert (float(photo.latitude or 0), float(photo.longitude or 0)) == (21.979, 108.654)
    assert report is not None and report.findings == "设备与台账一致，实训场地宽敞。"
    assert {line["points"] for line in report.checklist.values()} == {"7.5"}

    again.locator("details.frame-account summary").click()
    again.get_by_role("button", name="退出登录").click()
    again.wait_for_url(server.url + "/")
    assert again.evaluate("caches.keys()") == []
