"""What registration prints: slips for the envelopes of one layer as PDF, whose title tells no code; lists as .xlsx."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from qzcompete.adapters import pdf
from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.competitions.queries import CompetitionCard, EventCard, events_of, panel_of, timeline
from qzcompete.core.clock import now
from qzcompete.core.shown import chinese_moment
from qzcompete.marking.documents import qr_image
from qzcompete.registration import queries
from qzcompete.registration.queries import EntryCard

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "registration" / "print"
SLIPS_ON_A_PAGE = 8
PASSES_ON_A_PAGE = 4
CODE_NAMES = {"entry": "报名序号", "contest": "参赛编号", "station": "赛位号", "work": "作品编号"}


def print_slips(event: Any, outer_kind: str, kind: str, lines: Sequence[Any]) -> bytes:
    """Eight to a page of A4: what stands on the envelope, and below the fold what lies in it."""
    pages = [lines[start : start + SLIPS_ON_A_PAGE] for start in range(0, len(lines), SLIPS_ON_A_PAGE)]
    return printed("slips", event=event, outer=CODE_NAMES[outer_kind], inner=CODE_NAMES[kind], pages=pages)


def print_passes(entries: Sequence[tuple[EventCard, EntryCard]]) -> bytes:
    """Passes of A6, four to a page of A4; the QR code is what the door asks for."""
    members = queries.members_of_all([card.id for _event, card in entries])
    lines = [
        {
            "event": event,
            "entry": card,
            "members": members[card.id] if event.team_size > 1 else (),
            "code": queries.pass_code(card),
            "qr": qr_image(queries.pass_code(card)),
        }
        for event, card in entries
    ]
    pages = [lines[start : start + PASSES_ON_A_PAGE] for start in range(0, len(lines), PASSES_ON_A_PAGE)]
    return printed("passes", pages=pages, moment=shown_moment)


def print_programme(competition: CompetitionCard) -> bytes:
    """The programme book: title, dates, schedule, panels, and who takes part in each event. No document number."""
    events = [event for event in events_of(competition.id) if event.state != "cancelled"]
    lists = [
        {
            "event": event,
            "panel": panel_of(event.assessment_id),
            "entries": [card for card in queries.entries(event.id) if card.status in ("present", "absent")],
        }
        for event in events
    ]
    members = queries.members_of_all([card.id for one in lists for card in one["entries"]])  # type: ignore[attr-defined]
    return printed(
        "programme",
        competition=competition,
        stages=[(str(stage.label), shown_moment(stage.at)) for stage in timeline(competition, now())],
        lists=lists,
        members=members,
        moment=shown_moment,
    )


def printed(name: str, **values: Any) -> bytes:
    html = pdf.templates(TEMPLATES).get_template(f"{name}.html").render(**values)
    return pdf.render_pdf(html, css=(TEMPLATES / f"{name}.css").read_text(encoding="utf-8"))


def shown_moment(moment: datetime | None) -> str:
    return chinese_moment(moment) or "另行通知"


ENTRY_COLUMNS = {
    "报名序号": 10,
    "姓名": 14,
    "队员": 30,
    "证件类型": 20,
    "证件号码": 22,
    "单位": 36,
    "指导教师": 16,
    "身份类别": 10,
    "技能等级": 16,
    "是否外卡": 10,
    "状态": 12,
}
KIND_NAMES = {
    "resident_id": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "foreigner_permit": "外国人永久居留身份证",
    "passport": "护照",
}
STANDING_NAMES = {"employee": "职工", "student": "学生", "self_employed": "个体"}
LEVEL_NAMES = {1: "一级/高级技师", 2: "二级/技师", 3: "三级/高级工", 4: "四级/中级工", 5: "五级/初级工"}
STAGE_NAMES = {
    "entered": "已报名",
    "submitted": "待审核",
    "returned": "已退回",
    "waiting": "候补",
    "absent": "缺席",
    "withdrawn": "已退赛",
    "disqualified": "取消资格",
}


def entry_sheet(event: EventCard, search: str = "", **narrowed: str) -> bytes:
    """The entries that a list shows, as .xlsx: document numbers masked, every text a text."""
    cards = queries.listed_entries(event.id, search, **narrowed)
    members = queries.members_of_all([card.id for card in cards])
    rows = [
        (
            card.number,
            card.name,
            "、".join(member.name for member in members[card.id]) if event.team_size > 1 else "",
            KIND_NAMES.get(card.document_kind or "", ""),
            card.masked_number or "",
            card.unit,
            card.instructor or "",
            STANDING_NAMES.get(card.standing or "", ""),
            LEVEL_NAMES.get(card.skill_level or 0, ""),
            "是" if card.guest else "否",
            STAGE_NAMES[card.stage],
        )
        for card in cards
    ]
    return write_sheets([Table("报名表", tuple(ENTRY_COLUMNS), rows, tuple(ENTRY_COLUMNS.values()))])
