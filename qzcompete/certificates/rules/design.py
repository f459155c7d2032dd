"""What a certificate looks like and says, as plain values: the layouts of our own, and the designs made from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

KINDS = ("award", "instructor", "institution", "grade", "plaque", "letter")
LAYOUTS = ("award", "grade", "plaque", "letter")
DEFAULT_FOOT = "证书专用章"


@dataclass(frozen=True)
class Design:
    """`wording` and `closing` are sandboxed Jinja; `signer` and `seal` empty: the organising committee."""

    kind: str
    layout: str
    title: str
    english: str
    wording: str
    closing: str = ""
    honorific: str = ""
    signer: str = ""
    seal: str = ""
    seal_foot: str = DEFAULT_FOOT
    hint: str = "扫码查验证书真伪"
    show_unit: bool = True
    show_result: bool = True

    def document(self) -> dict[str, Any]:
        return asdict(self)


def read_design(document: dict[str, Any]) -> Design:
    """A stored design; fields of a later version are left out."""
    known = {field.name for field in fields(Design)}
    return Design(**{name: value for name, value in document.items() if name in known})


# What a template may name. Each stands for what is printed of one certificate.
FIELDS: dict[str, str] = {
    "name": "陈丽华",
    "number": "QZJN-2026-000001",
    "competition": "二〇二六年钦州市职业技能大赛",
    "event": "坭兴陶制作",
    "award": "一等奖",
    "unit": "钦州市坭兴陶研究所",
    "instructor": "韦梅静",
    "members": "陈丽华、王芳",
    "total": "96.35",
    "place": "1",
    "committee": "钦州市职业技能竞赛组织委员会",
    "date": "二〇二六年五月二十日",
    "occupation": "陶瓷工艺师",
    "level": "三级/高级工",
    "text": "",
}

DESIGNS: dict[str, Design] = {
    "award": Design(
        "award",
        "award",
        "荣誉证书",
        "CERTIFICATE OF HONOUR",
        "在{{ competition }}“{{ event }}”赛项中成绩优异，经竞赛组织委员会评审，荣获",
        "特发此证，以资鼓励。",
        "同志",
    ),
    "instructor": Design(
        "instructor",
        "award",
        "荣誉证书",
        "CERTIFICATE OF HONOUR",
        "在{{ competition }}“{{ event }}”赛项中悉心指导，所指导选手荣获{{ text }}，被评为",
        "特发此证，以资鼓励。",
        "同志",
        show_result=False,
    ),
    "institution": Design(
        "institution",
        "award",
        "荣誉证书",
        "CERTIFICATE OF HONOUR",
        "在{{ competition }}中组织有力、成绩突出，经竞赛组织委员会评审，荣获",
        "特发此证，以资鼓励。",
        show_unit=False,
        show_result=False,
    ),
    "grade": Design(
        "grade",
        "grade",
        "职业技能等级证书",
        "CERTIFICATE OF VOCATIONAL SKILL LEVEL",
        "本证书由{{ committee }}颁发，表明持证人通过本机构组织的职业技能等级认定，具备该职业（工种）相应技能等级水平。",
        seal_foot="评价专用章",
        hint="扫码查验证书真伪",
    ),
    "plaque": Design(
        "plaque",
        "plaque",
        "{{ award }}",
        "",
        "{{ text }}",
        seal_foot="",
        hint="扫码查验",
    ),
    "letter": Design(
        "letter",
        "letter",
        "感谢信",
        "LETTER OF THANKS",
        "承蒙大力支持，{{ competition }}圆满举行。{{ text }}\n\n谨致以衷心的感谢和崇高的敬意！",
        "此致\n敬礼",
    ),
}
