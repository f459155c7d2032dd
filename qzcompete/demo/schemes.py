"""Marking schemes of the demo's ten occupations: theory and practice in modules, every kind of aspect among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

AWARDS = {
    "rule": "places",
    "on_tie": "share",
    "list": [
        {"code": "一等奖", "count": 1},
        {"code": "二等奖", "count": 3},
        {"code": "三等奖", "count": 6},
    ],
}


@dataclass(frozen=True)
class DemoEvent:
    """One of the ten occupations of the 2018 competition's shape; `works` are what a competitor makes."""

    code: str
    name: str
    occupation: str
    trade: str | None
    works: tuple[str, str, str]


EVENTS = (
    DemoEvent("NX", "坭兴陶制作", "6-15-05-02", "坭兴陶拉坯成型", ("拉坯成型", "坯体修整", "窑变烧成")),
    DemoEvent(
        "ZF", "中式烹调（猪脚粉）", "4-03-02-01", "猪脚粉制作", ("备料与初加工", "卤制与成品", "装碗与口味")
    ),
    DemoEvent("CY", "茶叶加工", "6-02-06-10", None, ("萎凋与杀青", "揉捻与做形", "干燥与审评")),
    DemoEvent("MG", "木材加工", "6-06-03-01", "手工木工", ("识图与划线", "榫卯制作", "组装与打磨")),
    DemoEvent("HG", "焊接", "6-18-02-04", None, ("焊前准备", "板对接立焊", "管对接水平固定焊")),
    DemoEvent("DG", "电工", "6-31-01-03", None, ("线路安装", "控制柜接线", "故障排除")),
    DemoEvent("YL", "养老护理", "4-10-01-05", None, ("生活照护", "基础护理", "康复服务")),
    DemoEvent("JZ", "家政服务", "4-10-01-06", None, ("家居清洁", "衣物洗护", "家庭餐制作")),
    DemoEvent("WR", "无人机驾驶", "4-02-04-06", "植保无人机", ("飞行前检查", "航线作业", "应急处置")),
    DemoEvent("DS", "电子商务", "4-01-06-01", None, ("店铺装修", "直播销售", "数据分析")),
)


def scheme_document(event: DemoEvent) -> dict[str, Any]:
    """Theory 30, practice 70 (domain practice of the region), total 100; ties by practice, then shorter time."""
    first, second, third = event.works
    return {
        "places": 2,
        "rounding": "half_up",
        "pass_total": "60",
        "tie_breaks": ["module:B", "module:C", "duration"],
        "awards": AWARDS,
        "modules": [
            {"code": "A", "name": "理论知识", "weight": "30", "criteria": [theory()]},
            {
                "code": "B",
                "name": f"{first}、{second}",
                "weight": "40",
                "criteria": [work("B1", first), work("B2", second)],
            },
            {"code": "C", "name": third, "weight": "30", "criteria": [finish("C1", third), conduct("C2")]},
        ],
    }


def theory() -> dict[str, Any]:
    aspect = {"code": "A1.1", "name": "理论考试卷面成绩", "kind": "measurement", "max": "100", "step": "0.5"}
    return {"code": "A1", "name": "理论考试", "aspects": [aspect]}


def work(code: str, name: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "aspects": [
            {
                "code": f"{code}.1",
                "name": f"{name}：尺寸与数量符合要求",
                "kind": "measurement",
                "max": "2",
                "step": "2",
            },
            {
                "code": f"{code}.2",
                "name": f"{name}：主要指标实测",
                "kind": "measurement",
                "max": "4",
                "step": "0.5",
            },
            {
                "code": f"{code}.3",
                "name": f"{name}：工艺质量",
                "kind": "judgement",
                "max": "3",
                "panel": 3,
                "benchmarks": [
                    "不符合要求，存在明显缺陷",
                    "达到行业标准，个别处有瑕疵",
                    "达到行业标准，部分指标超出",
                    "全面超出行业标准，堪称优秀",
                ],
            },
        ],
    }


def finish(code: str, name: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "aspects": [
            {
                "code": f"{code}.1",
                "name": f"{name}：整体效果",
                "kind": "panel",
                "max": "10",
                "step": "0.5",
                "panel": 3,
            },
            {
                "code": f"{code}.2",
                "name": f"{name}：创意与特色",
                "kind": "judgement",
                "max": "5",
                "panel": 3,
                "benchmarks": ["无特色", "有基本特色", "特色较鲜明", "特色鲜明，有推广价值"],
            },
        ],
    }


def conduct(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": "安全文明",
        "aspects": [
            {
                "code": f"{code}.1",
                "name": "安全防护与操作规范",
                "kind": "measurement",
                "max": "5",
                "step": "1",
            },
            {
                "code": f"{code}.2",
                "name": "违反安全文明规定扣分",
                "kind": "deduction",
                "max": "5",
                "step": "0.5",
            },
        ],
    }
