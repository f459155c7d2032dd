"""Names by the rule, the golden text of the notice, who moves up, and when nobody may be designated."""

from __future__ import annotations

import pytest

from qzcompete.selection.rules.publicity import (
    Candidate,
    Change,
    changes,
    designation_fault,
    notice_body,
    notice_table,
    notice_title,
    public_name,
)

WEI = Candidate(1, "韦梅静", "钦州港船舶修造有限公司", "焊工", "自贸区钦州港片区组织人社局")
BASE = Candidate(2, "陆志远", "钦州市技工学校", "", "钦北区人力资源和社会保障局")


def reserve(*ids: int) -> list[Candidate]:
    return [Candidate(key, "", "", "", "", rank) for rank, key in enumerate(ids, 1)]


def test_a_studio_is_named_after_city_leader_and_occupation() -> None:
    assert public_name("studio", WEI) == "钦州市韦梅静焊工技能大师工作室"


def test_a_base_is_named_after_its_host_and_the_city_stands_once() -> None:
    assert public_name("base", BASE) == "钦州市技工学校高技能人才培训基地"


def test_the_notice_reads_as_agreed() -> None:
    columns, rows = notice_table("studio", [WEI])

    assert notice_title("studio", "2026–2027", again=False) == (
        "关于2026—2027年度钦州市技能大师工作室拟认定名单的公示"
    )
    assert notice_title("studio", "2026–2027", again=True).endswith("拟认定名单（调整后）的公示")
    assert "公示期重新计算" in notice_body("studio", 5, again=True)
    assert columns == ("序号", "工作室名称", "领办人", "所在单位", "推荐单位")
    assert rows == [
        (
            "1",
            "钦州市韦梅静焊工技能大师工作室",
            "韦梅静",
            "钦州港船舶修造有限公司",
            "自贸区钦州港片区组织人社局",
        )
    ]


@pytest.mark.parametrize(
    ("upheld", "gone", "waiting", "change"),
    [
        ([2], [], [7, 8], Change((2,), (7,), 0)),
        ([1, 3], [], [7], Change((1, 3), (7,), 1)),
        ([], [2], [7], Change((2,), (7,), 0)),
        ([2, 7], [], [7, 8], Change((2,), (8,), 0)),
        ([9], [], [7], Change((), (), 0)),
    ],
)
def test_the_next_of_the_reserve_moves_up_in_its_order(
    upheld: list[int], gone: list[int], waiting: list[int], change: Change
) -> None:
    assert changes([1, 2, 3], upheld, gone, reserve(*waiting)) == change


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"ended": True, "open_objections": 0, "listed": True, "newest": True}, None),
        ({"ended": False, "open_objections": 0, "listed": True, "newest": True}, "running"),
        ({"ended": True, "open_objections": 1, "listed": True, "newest": True}, "objections"),
        ({"ended": True, "open_objections": 0, "listed": False, "newest": True}, "not_listed"),
        ({"ended": True, "open_objections": 0, "listed": True, "newest": False}, "older"),
    ],
)
def test_nobody_is_designated_but_by_a_clear_newest_notice(facts: dict, fault: str | None) -> None:
    assert designation_fault(**facts) == fault
