"""The audit log as a workbook and as CSV. Touches no table, no request and no clock."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from qzcompete.adapters.sheets import Table, plain_text, write_sheets
from qzcompete.core.audit import AuditRow
from qzcompete.core.clock import in_city
from qzcompete.oversight.queries import in_words

HEADER = (
    "时间",
    "操作人",
    "账号编号",
    "操作",
    "对象",
    "操作前",
    "操作后",
    "链",
    "序号",
    "本行哈希",
    "上行哈希",
)
WIDTHS = (20, 16, 10, 28, 24, 48, 48, 16, 10, 68, 68)


def lines(rows: Iterable[AuditRow]) -> Iterable[Sequence[str | int]]:
    for row in rows:
        yield (
            f"{in_city(row.at):%Y-%m-%d %H:%M:%S}",
            row.actor_name,
            row.account_id or "",
            row.action,
            row.subject,
            in_words(row.before),
            in_words(row.after),
            row.chain,
            row.seq,
            row.hash,
            row.previous,
        )


def log_workbook(rows: Iterable[AuditRow]) -> bytes:
    return write_sheets([Table("审计日志", HEADER, lines(rows), WIDTHS)])


def log_csv(rows: Iterable[AuditRow]) -> bytes:
    """With a byte order mark, which spreadsheets need to read Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows([plain_text(value) for value in line] for line in lines(rows))
    return text.getvalue().encode("utf-8-sig")
