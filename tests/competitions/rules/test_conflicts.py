"""Why a judge is near to an entrant, and when a unit has too many judges on a panel."""

from qzcompete.competitions.rules.conflicts import (
    DeclaredRelation,
    EntrantFacts,
    JudgeFacts,
    conflicts,
    crowded_units,
)


def found(judge: JudgeFacts, entrant: EntrantFacts) -> list[str]:
    return [conflict.kind for conflict in conflicts([judge], [entrant])]


def test_employer_and_instructor_are_found_though_written_with_spaces() -> None:
    judge = JudgeFacts(1, "黄永福", "钦州市技工学校")
    entrant = EntrantFacts("韦梅静", "钦州市 技工学校", "陈丽华、黄 永福")

    assert found(judge, entrant) == ["employer", "instructor"]


def test_nothing_is_found_when_only_parts_of_names_are_alike() -> None:
    judge = JudgeFacts(1, "黄永", "钦州市技工", (DeclaredRelation("relative", "韦梅", ""),))

    assert found(judge, EntrantFacts("韦梅静", "钦州市技工学校", "黄永福")) == []


def test_a_declared_relation_holds_for_all_that_it_names() -> None:
    entrant = EntrantFacts("韦梅静", "钦州市技工学校")
    relations = [
        DeclaredRelation("relative", "韦梅静", ""),
        DeclaredRelation("interest", "", "钦州市技工学校"),
        DeclaredRelation("teacher", "韦梅静", "北部湾职业技术学校"),
    ]

    assert [found(JudgeFacts(1, "甲", None, (one,)), entrant) for one in relations] == [
        ["relative"],
        ["interest"],
        [],
    ]


def test_a_unit_is_crowded_only_above_the_limit_and_no_unit_counts_for_nobody() -> None:
    assert crowded_units(["甲校", "甲校", "乙校", None, None, None], 2) == []
    assert crowded_units(["甲校", "甲校", "甲校", "乙校"], 2) == [("甲校", 3)]
