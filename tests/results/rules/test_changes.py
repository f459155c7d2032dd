"""What a new version changes."""

from __future__ import annotations

from qzcompete.results.rules.changes import Change, changes


def row(
    entry: str, rank: int | None, total: str | None, award: str | None = None, status: str = "present"
) -> dict[str, object]:
    return {"entry": entry, "status": status, "rank": rank, "total": total, "award": award}


def test_each_figure_that_differs_is_named_with_before_and_after() -> None:
    before = [row("A", 1, "90.00", "一等奖"), row("B", 2, "80.00")]
    after = [row("B", 1, "91.00", "一等奖"), row("A", 2, "90.00")]

    assert changes(before, after) == (
        Change("A", "rank", 1, 2),
        Change("A", "award", "一等奖", None),
        Change("B", "total", "80.00", "91.00"),
        Change("B", "rank", 2, 1),
        Change("B", "award", None, "一等奖"),
    )


def test_a_disqualified_entry_loses_all() -> None:
    found = changes([row("A", 1, "90.00")], [row("A", None, None, status="disqualified")])

    assert [(change.what, change.after) for change in found] == [
        ("status", "disqualified"),
        ("total", None),
        ("rank", None),
    ]


def test_the_same_result_changes_nothing() -> None:
    assert changes([row("A", 1, "90.00")], [row("A", 1, "90.00")]) == ()
