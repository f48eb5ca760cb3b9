"""Targets and monthly actuals that lead a sheet to about the strength it was given."""

import calendar
import random
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

from examples.authoring.forms import Form
from examples.authoring.indicators import (
    DEDUCTION,
    HIGHER,
    INDICATORS,
    JUDGED,
    LOWER,
    MULTI,
    ON_TARGET,
    PASS_FAIL,
    POINTS,
    Indicator,
)
from examples.authoring.roster import SEED

YEAR = 2026
COUNTERED = 0.12  # share of targets that the person answers with another value
RATIO = (HIGHER, LOWER)
PREFIX = {
    "CRM": "CRM", "财务系统": "FIN", "客服系统": "SVC", "广告平台": "ADS", "问卷": "SUR", "OA": "OA", "人事系统": "HRS",
    "仓储系统": "WMS", "监控系统": "MON", "市场研究": "RES",
    "采购系统": "PUR",
}  # fmt: skip
UNIT_SCALE = {"S01": 18, "T02": 7, "P02": 3, "A02": 2, "R03": 2, "S10": 1, "N02": 4}


@dataclass(frozen=True)
class Target:
    form: Form
    indicator: Indicator
    first: Decimal
    answered: Decimal | None
    agreed: Decimal


@dataclass(frozen=True)
class Actual:
    kind: str
    code: str
    indicator: str
    value: Decimal
    day: date
    source: str


def _exact(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def draw_for(form: Form, part: str) -> random.Random:
    """A stream of chance of its own for each part of each form, so that one change moves no other figure."""
    return random.Random(f"{SEED}:{part}:{form.code}:{form.position}")  # noqa: S311 - made-up figures, nothing secret


def targets(form: Form) -> list[Target]:
    """One a measured item; sums shrink with the months; a few were raised or lowered by the person."""
    draw = draw_for(form, "targets")
    found: list[Target] = []
    for code in form.items:
        indicator = INDICATORS[code]
        if not indicator.choices:
            continue
        agreed = Decimal(draw.choice(indicator.choices))
        if form.kind == "单元":
            agreed *= UNIT_SCALE.get(code, 1)
        if indicator.sum_up == "求和":
            agreed = (agreed * len(form.months) / 3).quantize(Decimal(1))
        countered = (
            form.kind == "员工"
            and indicator.rule == HIGHER
            and len(indicator.choices) > 1
            and draw.random() < COUNTERED
        )
        first = (agreed * Decimal("1.1")).quantize(Decimal(1)) if countered else agreed
        found.append(Target(form, indicator, first, agreed if countered else None, agreed))
    return found


def _softened(draw: random.Random, form: Form, indicator: Indicator) -> float:
    """The score that an item without a ratio is meant to get."""
    score = form.strength + draw.gauss(2.0, 4.0)
    if indicator.rule == PASS_FAIL:
        return 100.0 if score > 73 else 0.0  # noqa: PLR2004 - the strength below which a team misses its threshold
    if indicator.rule == DEDUCTION:
        step = float(indicator.numbers["每次扣分"])
        return 100 - step * round(max(0.0, 100 - score) / step)
    return min(100.0, max(45.0, score))


def wanted(form: Form) -> dict[str, float]:
    """Scores by item: the ratio items make up what the others leave to the strength."""
    draw = draw_for(form, "scores")
    scores: dict[str, float] = {}
    weights: dict[str, float] = {}
    for section in form.scheme.sections:
        for code, weight in section.items:
            rule = INDICATORS[code].rule
            weights[code] = float(section.weight) * float(weight) / 10000
            if rule in (JUDGED, MULTI):
                scores[code] = min(97.0, form.strength)
            elif rule not in RATIO:
                scores[code] = _softened(draw, form, INDICATORS[code])
    ratio = [code for code in weights if code not in scores]
    left = form.strength - sum(weights[code] * score for code, score in scores.items())
    level = left / sum(weights[code] for code in ratio)
    swing = [draw.uniform(-5, 5) for _ in ratio]
    middle = sum(each * weights[code] for each, code in zip(swing, ratio, strict=True)) / sum(weights[c] for c in ratio)
    for code, each in zip(ratio, swing, strict=True):
        scores[code] = min(118.0, max(30.0, level + each - middle))
    return scores


def _on_line(points: tuple[tuple[Decimal, Decimal], ...], score: float) -> float:
    for (x0, s0), (x1, s1) in pairwise(points):
        if score <= float(s1):
            low, high = float(s0), float(s1)
            share = max(0.0, (score - low) / (high - low))
            return float(x0) + share * float(x1 - x0)
    return float(points[-1][0])


def quarter_value(draw: random.Random, indicator: Indicator, target: Decimal, score: float) -> float:
    """The actual of the quarter that earns about the score."""
    t = float(target)
    if indicator.rule == HIGHER:
        return t * score / 100
    if indicator.rule == LOWER:
        return t * (2 - score / 100)
    if indicator.rule == POINTS:
        return _on_points(draw, indicator, score)
    if indicator.rule == ON_TARGET:
        allowed, per = float(indicator.numbers["容差%"]), float(indicator.numbers["每超1%扣分"])
        deviation = allowed + (100 - score) / per if score < 99 else draw.uniform(0.5, allowed - 0.5)  # noqa: PLR2004 - scores of made-up people
        return t * (1 + draw.choice((-1, 1, 1)) * deviation / 100)
    if indicator.rule == PASS_FAIL:
        return t + draw.uniform(1.0, 7.0) if score > 0 else t - draw.uniform(2.0, 9.0)
    return round((100 - score) / float(indicator.numbers["每次扣分"]))


def _on_points(draw: random.Random, indicator: Indicator, score: float) -> float:
    if indicator.parameters[0][1] == "线性":
        return _on_line(indicator.points, score)
    reached = [float(x) for x, s in indicator.points if float(s) <= score + 2]
    return min(100.0, (reached[-1] if reached else 70.0) + draw.uniform(0.4, 1.9))


def _months(draw: random.Random, indicator: Indicator, value: float, count: int) -> list[float]:
    """Spread the quarter over its months so that summing up gives it back."""
    if indicator.rule == DEDUCTION:
        found = [0.0] * count
        for _ in range(int(value)):
            found[draw.randrange(count)] += 1
        return found
    if indicator.sum_up == "求和":
        shares = [draw.uniform(0.85, 1.15) for _ in range(count)]
        return [value * share / sum(shares) for share in shares]
    if indicator.sum_up == "平均":
        moves = [value * draw.uniform(-0.04, 0.04) for _ in range(count)]
        return [value + move - sum(moves) / count for move in moves]
    edge = 1.0 if indicator.sum_up == "最小值" else -1.0 if indicator.sum_up == "最大值" else draw.choice((-1.0, 1.0))
    others = [value * (1 + edge * draw.uniform(0.005, 0.03)) for _ in range(count - 1)]
    return [*others, value]


def actuals(form: Form, agreed: dict[str, Decimal]) -> list[Actual]:
    draw = draw_for(form, "actuals")
    scores = wanted(form)
    found: list[Actual] = []
    for code, target in agreed.items():
        indicator = INDICATORS[code]
        value = quarter_value(draw, indicator, target, scores[code])
        months = form.months if indicator.every == "月" else form.months[-1:]
        for month, each in zip(months, _months(draw, indicator, value, len(months)), strict=True):
            ceiling = min(each, 100.0) if indicator.rule in (POINTS, PASS_FAIL) and indicator.unit == "%" else each
            ceiling = min(ceiling, 5.0) if indicator.source == "问卷" else ceiling
            day = min(form.last, date(YEAR, month, calendar.monthrange(YEAR, month)[1]))
            exact = _exact(ceiling, indicator.places)
            found.append(Actual(form.kind, form.code, code, exact, day, indicator.source))
    return found
