"""Two score sheets to begin with, in the shape of marking's schemes, made after other cities' published tables.

They are templates: the bureau edits them before a call. Number of experts and dropped marks come from the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# code, name, points, what to look for
Line = tuple[str, str, str, str]

STUDIO: tuple[tuple[str, str, tuple[Line, ...]], ...] = (
    (
        "A",
        "领办人技能水平",
        (
            ("A1", "技能等级与荣誉", "15", "技师及以上；省、市技术能手等称号，竞赛获奖。"),
            ("A2", "绝技绝活与技艺传承", "15", "掌握公认的绝技绝活，或为非物质文化遗产代表性传承人。"),
        ),
    ),
    (
        "B",
        "带徒传技",
        (
            ("B1", "带徒数量与名册", "10", "近两年带徒人数，有名册、协议和计划。"),
            ("B2", "徒弟成长", "10", "徒弟取得高级工及以上等级、竞赛名次的情况。"),
        ),
    ),
    (
        "C",
        "技能攻关与推广",
        (
            ("C1", "技术攻关与创新成果", "15", "专利、工法、技改成果及其效益，须有证明。"),
            ("C2", "技术交流与成果推广", "10", "交流、展示、社会服务和校企合作的次数与成效。"),
        ),
    ),
    (
        "D",
        "单位支持与建设方案",
        (
            ("D1", "场地设备与经费保障", "10", "有固定场所和设备，单位有配套经费和管理制度。"),
            ("D2", "建设方案与经费预算", "15", "目标明确、可考核；预算只用于培训用品购置、技能交流推广。"),
        ),
    ),
)
BASE: tuple[tuple[str, str, tuple[Line, ...]], ...] = (
    (
        "A",
        "培训能力",
        (
            ("A1", "年培训规模", "20", "年培训能力（人次）和近三年实际培训量。"),
            ("A2", "培训职业（工种）", "15", "具备培训条件的职业（工种）数量，与本市重点产业的契合度。"),
        ),
    ),
    (
        "B",
        "师资与设施",
        (
            ("B1", "师资队伍", "15", "专兼职教师数量、双师型和高技能教师比例、师资培训。"),
            ("B2", "场地与设施设备", "15", "实训场地面积、设备数量与先进程度、信息化平台。"),
        ),
    ),
    (
        "C",
        "管理与成效",
        (
            ("C1", "管理与财务制度", "10", "管理、财务制度健全，近三年无处罚和失信记录。"),
            ("C2", "培养成效", "10", "新型学徒制、公共实训任务和高技能人才培养数量。"),
        ),
    ),
    (
        "D",
        "建设方案",
        (("D1", "建设目标与经费预算", "15", "目标可考核；预算只用于改善场地、设施设备和师资条件。"),),
    ),
)
SHEETS = {"studio": ("技能大师工作室评审表", STUDIO), "base": ("高技能人才培训基地评审表", BASE)}

# What a team looks at on the spot: code, name, points.
CHECKLISTS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "studio": (
        ("place", "场所：有固定场所，标识清楚，成果有展示", 20),
        ("equipment", "设备：与申报相符，满足带徒传技需要", 15),
        ("host_support", "单位支持：有经费、制度和责任书", 20),
        ("accounts", "台账：带徒、攻关、交流记录完整可查", 15),
        ("apprentices", "带徒：与徒弟面谈，名册、协议属实", 20),
        ("truth", "真实性：申报材料与现场一致", 10),
    ),
    "base": (
        ("site", "场地：面积、功能区与申报相符", 20),
        ("equipment", "设施设备：数量、工位与申报相符，运行完好", 25),
        ("teachers", "师资：专兼职教师在岗，资质属实", 20),
        ("records", "培训记录：抽查班次，签到、考核齐全", 15),
        ("finance", "管理与财务：制度上墙，专账管理", 10),
        ("truth", "真实性：申报材料与现场一致", 10),
    ),
}


def template(kind: str) -> dict[str, Any]:
    """The score sheet that a new class of this kind starts with."""
    name, criteria = SHEETS[kind]
    return {
        "name": name,
        "places": 2,
        "modules": [
            {
                "code": "P",
                "name": "材料评审",
                "criteria": [
                    {
                        "code": code,
                        "name": title,
                        "aspects": [
                            {
                                "code": line,
                                "name": what,
                                "kind": "panel",
                                "max": points,
                                "step": "0.5",
                                "description": look,
                            }
                            for line, what, points, look in lines
                        ],
                    }
                    for code, title, lines in criteria
                ],
            }
        ],
    }


def for_panel(scheme: Mapping[str, Any], experts: int, trim: int) -> dict[str, Any]:
    """The sheet as the class's panel uses it: so many marks for each line, the highest and lowest `trim` dropped."""
    rule: dict[str, Any] = {"panel": experts}
    rule |= {"aggregate": "trimmed", "trim": trim} if trim else {"aggregate": "mean"}
    return dict(scheme) | {
        "modules": [
            dict(module)
            | {
                "criteria": [
                    dict(criterion) | {"aspects": [paneled(aspect, rule) for aspect in criterion["aspects"]]}
                    for criterion in module["criteria"]
                ]
            }
            for module in scheme["modules"]
        ]
    }


def paneled(aspect: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    if aspect["kind"] != "panel":
        return dict(aspect)
    return {key: value for key, value in aspect.items() if key not in ("aggregate", "trim")} | dict(rule)
