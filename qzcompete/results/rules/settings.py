"""What a competition's own regulations may settle about its results: each with its default, bounds and source.

Pure. A value is a text; a competition that says nothing has the defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

YES_NO = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Setting:
    """`choices` for a word, else a whole number within the bounds; `source` says where the default comes from."""

    name: str
    default: str
    source: str
    least: int = 0
    most: int = 100
    choices: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        if self.choices:
            return value in self.choices
        return (
            value.isascii() and value.isdigit() and len(value) < 10 and self.least <= int(value) <= self.most
        )


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("recheck_required", "no", "各赛项技术文件（惯例：监督组复核后公布）", choices=YES_NO),
        Setting(
            "leading_by", "percent", "标准文本：前30%；jzds.itmc.cn：前10名", choices=("percent", "count")
        ),
        Setting("leading", "30", "标准文本：前30%；jzds.itmc.cn：前10名", 1, 1000),
        Setting("sample_percent", "15", "竞赛复核办法（jzds.itmc.cn）：其余抽检不低于15%"),
        Setting("error_by", "sheet", "各赛项技术文件", choices=("sheet", "aspect")),
        Setting("error_percent", "5", "竞赛复核办法（jzds.itmc.cn）：错误率超过5%的全面复核"),
        Setting("stages", "at_once", "各赛项技术文件", choices=("at_once", "staged")),
        Setting("entrants_after_hours", "0", "各赛项技术文件", 0, 720),
        Setting("public_after_hours", "2", "惯例：成绩公示2小时", 0, 720),
        Setting("appeal_hours", "2", "惯例：成绩公布后2小时内由领队书面申诉", 1, 720),
        Setting("second_instance", "yes", "惯例：赛区仲裁委员会二次仲裁为终局", choices=YES_NO),
        Setting("team_by", "county", "各竞赛组织方案", choices=("county", "unit")),
        Setting("team_method", "best", "各竞赛组织方案", choices=("best", "medals", "mean")),
        Setting("team_best", "10", "各竞赛组织方案", 1, 1000),
        Setting("part_pass_percent", "60", "镇江2009“双合格”：理论、实操均须60分以上"),
        Setting("judge_severity_percent", "5", "本系统提示阈值，各竞赛可调整", 1, 100),
    )
}


@dataclass(frozen=True)
class Values:
    """The settings of one competition: its own where it has them, else the defaults."""

    own: Mapping[str, tuple[str, str]]

    def __getitem__(self, name: str) -> str:
        return self.own[name][0] if name in self.own else SETTINGS[name].default

    def number(self, name: str) -> int:
        return int(self[name])

    def share(self, name: str) -> Fraction:
        """A percentage as a fraction of one."""
        return Fraction(self.number(name), 100)

    def source(self, name: str) -> str:
        return self.own[name][1] if name in self.own else SETTINGS[name].source
