"""Marks and comments of the quarter, as raters gave them."""

import random
from dataclasses import dataclass

from examples.authoring.cast import SILENT
from examples.authoring.figures import draw_for
from examples.authoring.forms import Form, Lines
from examples.authoring.indicators import INDICATORS, JUDGED, MULTI
from examples.authoring.roster import Person
from examples.authoring.schemes import QUESTIONS

COMMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "上级": {
        "high": (
            "季度目标超额完成，节奏稳，遇到变化能提前打招呼。",
            "难啃的客户主动接过去，结果也好，值得全组学习。",
            "方案质量高，数据讲得清楚，下季度希望多带带新人。",
        ),
        "middle": (
            "常规工作可靠，重点项目的前期准备可以再细一些。",
            "执行到位，建议把复盘写成文字，便于同组参考。",
            "指标基本达到，月末赶工的情况要改，请把计划排到周。",
        ),
        "low": (
            "本季两项主要指标落后，需要一份按周检查的改进安排。",
            "跟进不够及时，客户催办较多，下季度先把响应做起来。",
        ),
    },
    "同级": {
        "high": ("有求必应，给的资料拿来就能用。", "跨部门会议上推进很快，少扯皮。"),
        "middle": ("配合顺畅，偶尔回复偏晚。", "做事踏实，信息可以同步得再早一点。"),
        "low": ("约定的时间经常后移，影响我们排期。", "资料改动没有通知，返工两次。"),
    },
    "下级": {
        "high": ("愿意教方法，不是只看结果。", "任务交代得清楚，出了问题先一起想办法。"),
        "middle": ("安排合理，希望多一些一对一沟通。", "对事公平，反馈可以更具体。"),
        "low": ("临时任务太多，优先级不清楚。", "希望在决定之前听听我们的意见。"),
    },
    "本人": {
        "high": ("目标超出计划，下季度想把做法整理成操作说明。",),
        "middle": ("主要目标完成，费用控制还要加强。", "客户维护做得好，报表提交需要更早。"),
        "low": ("没有达到预期，已与上级商定每周检查一次。",),
    },
}

LEANS = {"上级": (0.0, 0.0), "同级": (0.0, 0.1), "下级": (0.1, 0.15), "本人": (0.2, 0.0)}
TALKATIVE = 0.35  # share of raters other than the superior who write a comment


@dataclass(frozen=True)
class Mark:
    """One answer; `item` is a question such as X02/Q1, or a judged indicator."""

    form: Form
    rater: Person
    relation: str
    item: str
    mark: str
    comment: str


def _level(strength: float) -> str:
    return "high" if strength >= 86 else "middle" if strength >= 72 else "low"  # noqa: PLR2004 - scores of made-up people


def _mark(draw: random.Random, strength: float, lean: float) -> str:
    halves = round((strength / 20 + lean + draw.gauss(0, 0.22)) * 2)
    return f"{min(10, max(2, halves)) / 2:.1f}"


def _open_items(form: Form, relation: str) -> list[str]:
    found: list[str] = []
    for code in form.items:
        if INDICATORS[code].rule == MULTI:
            found += [f"{code}/{question}" for question, *_ in QUESTIONS[code]]
        elif INDICATORS[code].rule == JUDGED and relation == "上级":
            found.append(code)
    return found


def marks(form: Form, lines: Lines) -> list[Mark]:
    """Every answer on one sheet; raters in SILENT never handed theirs in."""
    draw = draw_for(form, "marks")
    feedback = any(INDICATORS[code].rule == MULTI for code in form.items)
    skipped: set[tuple[str, str]] = set()
    found: list[Mark] = []
    for relation, rater in lines.raters(form):
        if relation != "上级" and not feedback:
            continue
        pair = (form.position, rater.position.code)
        if pair in SILENT and relation != "上级" and pair not in skipped:
            skipped.add(pair)
            continue
        middle, spread = LEANS[relation]
        lean = draw.gauss(middle, spread)
        said = relation == "上级" or draw.random() < TALKATIVE
        comment = draw.choice(COMMENTS[relation][_level(form.strength)]) if said else ""
        for index, item in enumerate(_open_items(form, relation)):
            mark = _mark(draw, form.strength, lean)
            found.append(Mark(form, rater, relation, item, mark, comment if index == 0 else ""))
    return found
