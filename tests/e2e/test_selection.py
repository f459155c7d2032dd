"""One selection as its people walk it in a browser: from the call to the panel's decision and its minutes."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from qzcompete.app import create_app
from qzcompete.config import load_settings
from qzcompete.core.actor import CITY, SYSTEM
from qzcompete.core.transaction import unit
from qzcompete.demo.selection import play as stage
from qzcompete.demo.selection.made import UNITS, made_applications, made_experts, made_pdf
from qzcompete.extensions import db
from qzcompete.people import services as people
from qzcompete.selection import queries, services
from tests.e2e.conftest import Server, migrate, open_desk

PASSWORD = "correct-horse-9"
HERE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Flask]]:
    """A served city with a bureau, its units and a register of experts; and the same data from within."""
    folder = tmp_path_factory.mktemp("selection")
    migrate(folder)
    app = create_app(load_settings({"QZ_DATA_DIR": str(folder), "QZ_SECOND_FACTOR_ROLES": ""}))
    with app.app_context(), unit():
        office = people.create_account(SYSTEM, "bureau", "劳金莲", PASSWORD, [("bureau_officer", CITY)]).actor
        key = services.add_unit(office, UNITS[0]).id
        people.create_account(SYSTEM, "county", "钦南区人社局", PASSWORD, [("recommender", ("unit", key))])
        stage.enter_experts(office, 9, PASSWORD, 12)
    server = Server(folder)
    yield server, app
    server.stop()


@contextmanager
def within(app: Flask) -> Iterator[None]:
    """What needs no browser again: the other experts do as the first one does."""
    with app.app_context(), unit():
        yield
        db.session.flush()
    with app.app_context():
        db.session.remove()


def visit(browser: Browser, server: Server, username: str = "") -> Page:
    page = browser.new_context(base_url=server.url, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    if username:
        open_desk(page, username, PASSWORD)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def confirmed(page: Page, opener: str, name: str) -> None:
    press(page, opener)
    page.locator("dialog[open]").get_by_role("button", name=name, exact=True).click()


def said(page: Page, text: str) -> None:
    expect(page.locator(".toasts")).to_contain_text(text)


def test_a_selection_from_the_call_to_the_decision(
    browser: Browser, hall: tuple[Server, Flask], tmp_path: Path
) -> None:
    server, app = hall
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(made_pdf())
    bureau = visit(browser, server, "bureau")

    publish_call(bureau)
    applicant = apply(browser, server, letter)
    return_and_recommend(browser, server, applicant, letter)
    check(bureau)
    draw_and_declare(browser, server, app, bureau)
    score(browser, server, app)
    decide(browser, server, app, bureau, tmp_path)


def publish_call(page: Page) -> None:
    page.goto("/office/selections/new")
    page.get_by_label("市级高技能人才培训基地").uncheck()
    page.fill("#applies_from", local(-1))
    page.fill("#applies_until", local(24))
    page.fill("#recommends_until", local(48))
    page.fill("#reviews_until", local(72))
    page.fill("#call", "各县区：现开展市级技能大师工作室评选。")
    press(page, "保存")
    page.get_by_role("link", name="评审表").click()
    confirmed(page, "按模板采用", "按模板采用")
    page.get_by_role("link", name="推荐名额").click()
    page.locator("input[name^=quota-]").first.fill("2")
    press(page, "保存")
    confirmed(page, "发布通知", "发布通知")
    said(page, "通知已发布")


def local(hours: int) -> str:
    return f"{datetime.now(HERE) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def apply(browser: Browser, server: Server, letter: Path) -> Page:
    """A visitor reads the call, makes an account, fills in every step and sends the application."""
    page = visit(browser, server)
    page.goto("/selections")
    page.locator(".link-card a").first.click()
    page.get_by_role("link", name="注册账号").click()
    page.fill("#name", "黄丽华")
    page.fill("#username", "huang")
    page.fill("#password", PASSWORD)
    press(page, "建立账号")
    open_desk(page, "huang", PASSWORD)
    page.goto("/apply")
    page.get_by_role("button", name="开始申报").click()
    year = datetime.now(HERE).year
    made = made_applications(1, 9, [1] * 7, made_experts(12, 9), year, {"studio": 80000, "base": 1})
    contents = made[0].contents
    page.get_by_role("link", name="领办人", exact=True).click()
    page.fill("#document_number", "110105194912310021")
    press(page, "保存并继续")
    expect(page.locator("#document_number-error")).to_contain_text("校验位")
    for name, content in contents.items():
        page.goto(f"/apply/1/section/{name}")
        fill_section(page, content)
        press(page, "保存并继续")
        page.wait_for_url(lambda url, name=name: not url.endswith(f"/{name}"))
    page.goto("/apply/1/files")
    for kind in ("identity", "certificate", "licence"):
        page.select_option("#kind", kind)
        page.set_input_files("#file", letter)
        press(page, "添加附件")
        said(page, "附件已添加")
    page.get_by_role("link", name="返回申报").click()
    page.get_by_role("link", name="核对并提交").click()
    page.get_by_label("以上内容全部真实").check()
    page.fill("#promised_name", contents["leader"]["name"])
    press(page, "提交申报")
    said(page, "申报已提交")
    return page


def fill_section(page: Page, content: dict) -> None:
    for name, value in content.items():
        rows = value if isinstance(value, list) else [value]
        for place, row in enumerate(rows[:2]):
            cells = row.items() if isinstance(row, dict) else [("", row)]
            for cell, text in cells:
                field = page.locator(f"#{name}-{place}-{cell}" if cell else f"#{name}")
                if field.evaluate("one => one.tagName") == "SELECT":
                    field.select_option(text)
                else:
                    field.fill(text)


def return_and_recommend(browser: Browser, server: Server, applicant: Page, letter: Path) -> None:
    county = visit(browser, server, "county")
    county.goto("/recommend")
    county.locator("a.row-link").first.click()
    county.fill("#correct-plan", "请说明培养目标。")
    press(county, "退回所选部分")
    said(county, "已退回申报人")
    applicant.reload()
    expect(applicant.locator(".task-link")).to_have_count(1)
    applicant.locator(".task-link").click()
    applicant.fill("#goals", "两年内培养高级工十名。")
    press(applicant, "保存并继续")
    applicant.get_by_role("link", name="核对并提交").click()
    applicant.get_by_label("以上内容全部真实").check()
    name = applicant.locator("dd").first.inner_text()
    applicant.fill("#promised_name", name)
    press(applicant, "提交申报")
    said(applicant, "申报已提交")
    county.reload()
    county.locator("a.row-link").first.click()
    county.fill("#reason", "技艺精湛，同意推荐。")
    county.set_input_files("#sealed", letter)
    press(county, "推荐")
    said(county, "已推荐")


def check(page: Page) -> None:
    """The officer ends both windows, lets the system check, ticks the rest, and gives the verdict."""
    page.get_by_role("link", name="修改", exact=True).click()
    page.fill("#applies_until", f"{datetime.now(HERE) - timedelta(minutes=2):%Y-%m-%dT%H:%M}")
    page.fill("#recommends_until", f"{datetime.now(HERE) - timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    press(page, "保存")
    page.get_by_role("link", name="市级技能大师工作室").first.click()
    confirmed(page, "截止申报", "截止申报")
    confirmed(page, "截止推荐", "截止推荐")
    page.locator("a.row-link").first.click()
    press(page, "由系统核查")
    for line in ("employed", "recognised", "host_record", "truth"):
        page.fill(f"#evidence-{line}", "核验原件无误")
        page.locator(f"#line-{line} button[value=met]").click()
    press(page, "登记结论")
    said(page, "审查结论：合格")
    confirmed(page, "结束资格审查", "结束资格审查")


def draw_and_declare(browser: Browser, server: Server, app: Flask, page: Page) -> None:
    page.get_by_role("link", name="评审专家", exact=True).last.click()
    page.locator("form", has=page.locator("#chair")).get_by_role("button").click()
    said(page, "专家已抽取")
    with within(app):
        members = queries.panel_members(1)
        first = next(one for one in members if one.part == "member")
        accounts = {one.id: one for one in stage.accounts_with_role("expert")}
        username = accounts[first.expert.account_id].username
        for member in members:
            if member.expert.id != first.expert.id:
                services.declare(accounts[member.expert.account_id].actor, 1, {})
    expert = visit(browser, server, username)
    expert.goto("/review/1")
    press(expert, "提交申明")
    said(expert, "申明已保存")
    page.reload()
    confirmed(page, "开始评审", "开始评审")
    said(page, "评审已开始")


def score(browser: Browser, server: Server, app: Flask) -> None:
    """The first expert scores on a tablet, with a reason for the very high mark; the others by the same protocol."""
    with within(app):
        first = next(one for one in queries.panel_members(1) if one.seat_code == "E1")
        accounts = {one.id: one for one in stage.accounts_with_role("expert")}
        username = accounts[first.expert.account_id].username
    page = visit(browser, server, username)
    page.goto("/marking")
    page.locator("main form button").first.click()
    page.wait_for_selector("html[data-ready]")
    page.wait_for_selector(".aspect")
    for number in range(8):
        page.wait_for_timeout(300)
        for key in "15" if number == 0 else "8":
            page.locator(f"#key-{key}").click()
        if number == 0:
            page.locator("#enter").click()
            expect(page.locator("#reason")).to_be_visible()
            page.fill("#reason", "全国技术能手，佐证齐全")
        page.locator("#enter").click()
    page.wait_for_timeout(400)
    page.locator("#review").click()
    box = page.locator("#review-canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 60, steps=5)
    page.mouse.up()
    page.locator("#sign").click()
    with within(app):
        assessment_id = queries.class_card(1).assessment_id or 0
    path = Path(server.folder) / "qzcompete.sqlite3"
    for _ in range(100):
        with sqlite3.connect(path) as base:
            if base.execute("SELECT count(*) FROM sheet WHERE state = 'signed'").fetchone()[0]:
                break
        page.wait_for_timeout(200)
    with within(app):
        pool = Random(4)
        scheme = stage.marking_queries.scheme_of(assessment_id)
        for seat_id, account_id in stage.marking_queries.marking_seats(assessment_id)[1:]:
            code = stage.marking_queries.pack(seat_id)["candidates"][0]["code"]
            actor = accounts[account_id or 0].actor
            ops = [stage.op(pool, code, aspect, "9") for aspect in scheme.aspects]
            stage.marking.record_ops(actor, seat_id, ops)
            digest = stage.marking_queries.digest_of(seat_id, assessment_id, code)
            stage.marking.record_ops(actor, seat_id, [stage.signature(pool, code, digest)])


def decide(browser: Browser, server: Server, app: Flask, bureau: Page, tmp_path: Path) -> None:
    with within(app):
        chair_id = next(one for one in queries.panel_members(1) if one.part == "chair").expert.account_id
        username = next(one.username for one in stage.accounts_with_role("expert") if one.id == chair_id)
    chair = visit(browser, server, username)
    chair.goto("/panel/1")
    confirmed(chair, "结束评审", "结束评审")
    said(chair, "评审已结束")
    bureau.goto("/office/applications/1/visit/plan")
    bureau.fill("#planned_on", f"{datetime.now(HERE):%Y-%m-%d}")
    bureau.fill("#team", "劳金莲、符永福")
    press(bureau, "保存")
    bureau.goto("/office/applications/1/visit")
    for field in bureau.locator("input[name^=points-]").all():
        field.fill("9")
    bureau.context.set_offline(True)
    bureau.fill("#findings", "现场与申报材料一致。")
    press(bureau, "保存报告")
    expect(bureau.locator("[data-offline-state]")).to_contain_text("已保存在本设备")
    bureau.context.set_offline(False)
    bureau.locator("#name").fill("黄丽华")
    press(bureau, "签字确认考察报告")
    press(bureau, "考察完成")
    said(bureau, "考察已完成")
    bureau.goto("/office/selections/classes/1")
    confirmed(bureau, "结束实地考察", "结束实地考察")
    chair.goto("/panel/1/meeting")
    chair.fill("#place", "市人社局会议室")
    press(chair, "开始会议")
    said(chair, "会议已开始")
    press(chair, "登记表决 S01")
    said(chair, "表决已登记")
    chair.fill("#vacant_reason", "达到标准的申报不足")
    press(chair, "登记审定结果")
    said(chair, "评审组已审定")
    minutes = tmp_path / "minutes.pdf"
    minutes.write_bytes(chair.request.get("/panel/1/minutes.pdf").body())
    text = subprocess.run(
        ["pdftotext", "-layout", minutes, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "评审会议纪要" in text
    assert "达到标准的申报不足" in text
