"""The ledger as a workbook and files as an archive. Touches no table, no request and no clock."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

from qzcompete.adapters.files import Files
from qzcompete.adapters.sheets import Table, write_sheets
from qzcompete.certificates.queries import Certificate, NationalLine

KINDS = {
    "award": "获奖证书",
    "instructor": "指导教师证书",
    "institution": "组织奖证书",
    "plaque": "铜牌",
    "letter": "感谢信",
    "grade": "职业技能等级证书",
}
STATES = {"valid": "有效", "replaced": "已换发", "revoked": "已撤销"}
HEADER = (
    "证书编号",
    "证书类别",
    "姓名（名称）",
    "单位",
    "竞赛",
    "赛项",
    "奖项（等级）",
    "制发日期",
    "状态",
    "换发或撤销原因",
    "文件校验码",
)
WIDTHS = (24, 16, 16, 28, 36, 24, 18, 12, 10, 28, 68)
# An archive that is larger goes through a file instead of through the memory.
IN_MEMORY = 16 * 1024 * 1024


def ledger_workbook(rows: Sequence[Certificate], year: int) -> bytes:
    lines = [
        (
            row.number,
            KINDS.get(row.kind, row.kind),
            row.name,
            row.unit,
            row.text.get("competition", ""),
            row.text.get("event", ""),
            row.award,
            row.issued_on,
            STATES[row.state.value],
            (row.revoke_reason if row.state.value == "revoked" else row.replace_reason) or "",
            row.file_hash or "",
        )
        for row in rows
    ]
    return write_sheets([Table(f"{year}年证书台账", HEADER, lines, WIDTHS)])


NATIONAL_HEADER = (
    "证书编号",
    "姓名",
    "证件类型",
    "证件号码",
    "职业名称",
    "职业编码",
    "工种/职业方向",
    "职业技能等级",
    "理论知识成绩",
    "操作技能成绩",
    "评价机构名称",
    "评价机构编码",
    "发证日期",
)
NATIONAL_WIDTHS = (26, 14, 14, 22, 20, 14, 18, 16, 14, 14, 34, 18, 12)


def national_workbook(lines: Sequence[NationalLine], year: int) -> bytes:
    """The list for the national query system (全国联网查询), as text, so that no number loses its zeros."""
    rows = []
    for line in lines:
        told, parts = line.certificate.text, line.certificate.text.get("parts", {})
        rows.append(
            (
                line.certificate.number,
                line.certificate.name,
                line.document_kind,
                line.document_number,
                told["occupation"],
                told["occupation_code"],
                told["trade"],
                told["level"],
                parts.get("theory", ""),
                parts.get("practice", ""),
                told["committee"],
                told["body_code"],
                line.certificate.issued_on,
            )
        )
    return write_sheets([Table(f"{year}年上报", NATIONAL_HEADER, rows, NATIONAL_WIDTHS)])


def packed_files(rows: Sequence[Certificate], files: Files) -> IO[bytes] | None:
    """The files of these, by number; None where none is made yet. PDF files are packed already, so they are stored."""
    made = [row for row in rows if row.file_hash]
    if not made:
        return None
    packed: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for row in made:
            entry = zipfile.ZipInfo(
                f"{row.number}.pdf", (row.issued_on.year, row.issued_on.month, row.issued_on.day, 0, 0, 0)
            )
            archive.writestr(entry, files.get(row.file_hash or ""))
    packed.seek(0)
    return packed
