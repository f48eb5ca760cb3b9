"""Scoring one form: items, sections, 360, adjustments, attainment, all with their explanation (domain §2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.appraisal.feedback.domain.feedback import feedback_score
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.indicators.rule import ABOVE, BELOW, Facts, Need, Raw, fraction, shown
from services.appraisal.library.domain.scheme import Item, Scheme, Section
from services.appraisal.library.domain.weights import spread
from services.appraisal.scoring.domain.actual import aggregate, aggregation_step, missing_months
from services.appraisal.scoring.domain.inputs import FormInputs, ItemInputs, Known
from services.kit.errors import Text, joined
from services.kit.explanation import Input, Step
from services.kit.money import plain, round_half_up
from services.kit.periods import Period

LOWEST, HIGHEST = Fraction(0), Fraction(120)
TARGET = Text("目标值", "target")
ACTUAL = Text("实绩", "actual")
MARK = Text("评分", "mark")
TOTAL = Text("往期总分", "earlier total")
INDICATOR = Text("指标", "indicator")
_MISSING = {
    Need.ACTUAL: ACTUAL,
    Need.TARGET: TARGET,
    Need.MANUAL_SCORE: MARK,
    Need.PRIOR_RESULTS: TOTAL,
    Need.FEEDBACK: Text("360 度评价", "360 feedback"),
    "items": Text("计入的考核项", "items that count"),
}


@dataclass(frozen=True)
class Missing:
    """Something without which an item cannot be scored.

    ``what`` names it: a ``Need``, of actuals with the month ("actual 2026-02"), or "items".
    """

    item: str
    what: str

    @property
    def text(self) -> Text:
        """What is missing, without the item's name."""
        noun, _, month = self.what.partition(" ")
        name = _MISSING[noun]
        return Text(f" {month} 的{name.zh}", f"the {name.en} of {month}") if month else Text(name.zh, f"the {name.en}")


def missing_in_words(scheme: Scheme, lack: Missing) -> Text:
    """What is missing, with the name of its item."""
    item = scheme.item(lack.item)
    if item is None or lack.what == Need.FEEDBACK:
        return lack.text
    return Text(f"“{item.name.zh}”{lack.text.zh.lstrip()}", f"{lack.text.en} for '{item.name.en}'")


@dataclass(frozen=True)
class FormScore:
    """A scored form. ``total`` in points, ``attainment`` in percent, both with 2 places; ``limit`` from a veto."""

    total: Decimal
    attainment: Decimal | None
    limit: Grade | None
    step: Step
    attainment_step: Step | None
    veto_step: Step | None


@dataclass(frozen=True)
class _Scored:
    item: Item
    ratio: Raw | None
    score: Decimal
    step: Step


def find_missing_inputs(scheme: Scheme, inputs: FormInputs) -> list[Missing]:
    """What blocks this form, item by item; what the policy leaves out does not block, unless nothing is left."""
    blocking = [lack for item in scheme.items for lack in _lacks(item, inputs, scheme)]
    if scheme.missing_inputs == "exclude":
        counted = [item for item in scheme.items if item.weight > 0 and _counts(item, inputs, scheme)]
        return [] if counted else blocking
    counted = [item for item in scheme.items if item.weight > 0 and not inputs.of(item.key).exclusion]
    return blocking if counted or blocking else [Missing(scheme.code, "items")]


def score_form(scheme: Scheme, inputs: FormInputs) -> FormScore:
    """Score a form that ``find_missing_inputs`` finds complete. The same inputs give the same bytes."""
    scored: dict[str, _Scored] = {}
    section_steps: list[Step] = []
    section_values: dict[str, Fraction] = {}
    for section in scheme.sections:
        kept = [item for item in section.items if _counts(item, inputs, scheme)]
        for item in kept:
            facts = _facts(item, inputs, scheme)
            raw = item.rule.raw(facts)
            item_step = item.rule.bounded(raw, facts, item.name)
            scored[item.key] = _Scored(item, item.rule.ratio(facts, raw), Decimal(item_step.value), item_step)
        value, step = _section(section, inputs, scheme, [scored[item.key] for item in kept])
        section_steps.append(step)
        if value is not None:
            section_values[section.key] = value
    total_step = _total(scheme, inputs, section_values, section_steps)
    attainment_step = _attainment(list(scored.values()))
    veto_step, limit = _veto(list(scored.values()))
    attainment = Decimal(attainment_step.value) if attainment_step else None
    return FormScore(Decimal(total_step.value), attainment, limit, total_step, attainment_step, veto_step)


def _lacks(item: Item, inputs: FormInputs, scheme: Scheme) -> list[Missing]:
    known = inputs.of(item.key)
    if known.exclusion:
        return []
    needs = item.rule.needs
    lacks = []
    if Need.TARGET in needs and known.target is None:
        lacks.append(Missing(item.key, Need.TARGET))
    if Need.ACTUAL in needs:
        days = Period.closed(inputs.valid_from, inputs.valid_to)
        months = missing_months(item.collection, days, known.actuals)
        lacks.extend(Missing(item.key, f"actual {month}") for month in months)
    if Need.MANUAL_SCORE in needs and not known.manual_scores:
        lacks.append(Missing(item.key, Need.MANUAL_SCORE))
    if Need.PRIOR_RESULTS in needs and not known.prior_totals:
        lacks.append(Missing(item.key, Need.PRIOR_RESULTS))
    if Need.FEEDBACK in needs and feedback_score(scheme.feedback, inputs.groups) is None:
        lacks.append(Missing(item.key, Need.FEEDBACK))
    return lacks


def _counts(item: Item, inputs: FormInputs, scheme: Scheme) -> bool:
    if inputs.of(item.key).exclusion:
        return False
    return scheme.missing_inputs == "block" or not _lacks(item, inputs, scheme)  # blocking: nothing is missing any more


def _facts(item: Item, inputs: FormInputs, scheme: Scheme) -> Facts:
    known = inputs.of(item.key)
    defined = Input(INDICATOR, item.indicator, item.source)
    if Need.FEEDBACK in item.rule.needs:
        feedback = feedback_score(scheme.feedback, inputs.groups)
        score, step = feedback if feedback else (None, None)
        return Facts(feedback=score, inputs=(defined,), steps=(step,) if step else ())
    actual = aggregate(item.aggregation, known.actuals) if known.actuals else None
    step = None if actual is None else aggregation_step(item.aggregation, known.actuals, actual)
    return Facts(
        target=known.target.value if known.target else None,
        actual=actual,
        manual_scores=tuple(mark.value for mark in known.manual_scores),
        prior_totals=tuple(total.value for total in known.prior_totals),
        inputs=(*_given(known), defined),
        steps=(step,) if step else (),
    )


def _given(known: ItemInputs) -> tuple[Input, ...]:
    targets = (_input(TARGET, known.target),) if known.target else ()
    lists = ((ACTUAL, known.actuals), (MARK, known.manual_scores), (TOTAL, known.prior_totals))
    return targets + tuple(_input(name, value) for name, values in lists for value in values)


def _input(name: Text, known: Known) -> Input:
    if known.on:
        name = Text(f"{name.zh} {known.on}", f"{name.en} {known.on}")
    return Input(name, plain(known.value), known.source)


def _section(
    section: Section, inputs: FormInputs, scheme: Scheme, scored: Sequence[_Scored]
) -> tuple[Fraction | None, Step]:
    used = spread({item.key: item.weight for item in section.items}, [row.item.key for row in scored])
    excluded = [item for item in section.items if item.key not in {row.item.key for row in scored}]
    steps = tuple(row.step for row in scored) + tuple(_excluded(item, inputs, scheme) for item in excluded)
    if not used:
        return None, Step("section", section.name, "—", "—", (), steps)
    value = sum((used[row.item.key] * fraction(row.score) for row in scored), Fraction(0)) / 100
    terms = [f"{shown(used[row.item.key])}% × {row.step.value}" for row in scored]
    return value, Step("section", section.name, " + ".join(terms), shown(value), (), steps)


def _excluded(item: Item, inputs: FormInputs, scheme: Scheme) -> Step:
    decided = inputs.of(item.key).exclusion
    if decided:
        why = Input(Text("不计入的原因", "why it does not count"), decided.reason, decided.source)
    else:
        zh, en = joined(lack.text for lack in _lacks(item, inputs, scheme))
        reason = f"缺少{zh}，按考核方案不计入，权重分摊至其他考核项"
        why = Input(Text(reason, f"without {en}; by the scheme its weight is spread over the other items"), "0%")
    return Step("excluded", item.name, f"{shown(item.weight)}% → 0%", "—", (why,))


def _scheme_named(scheme: Scheme) -> Text:
    zh, en, version = scheme.name.zh, scheme.name.en, scheme.version
    return Text(f"考核方案“{zh}”第 {version} 版", f"scheme '{en}', version {version}")


def _total(scheme: Scheme, inputs: FormInputs, values: dict[str, Fraction], steps: Sequence[Step]) -> Step:
    used = spread({section.key: section.weight for section in scheme.sections}, list(values))
    weighted = sum((used[key] * value for key, value in values.items()), Fraction(0)) / 100 if used else Fraction(0)
    adjusted = weighted + sum((Fraction(row.points) for row in inputs.adjustments), Fraction(0))
    bounded = min(max(adjusted, LOWEST), HIGHEST)
    terms = [f"{shown(used[key])}% × {shown(value)}" for key, value in values.items() if used]
    formula = " + ".join(terms) + "".join(
        f" {'−' if row.points < 0 else '+'} {shown(abs(row.points))}" for row in inputs.adjustments
    )
    limited: tuple[Input, ...] = ()
    if bounded != adjusted:
        formula += f" = {shown(adjusted)} → {shown(bounded)}"
        limited = (Input(ABOVE if adjusted > HIGHEST else BELOW, shown(bounded)),)
    name = Text("加减分", "adjustment")
    given = tuple(
        Input(Text(f"{name.zh}：{row.reason}", f"{name.en}: {row.reason}"), plain(row.points), row.source)
        for row in inputs.adjustments
    )
    days = Input(Text("考核天数", "days of the form"), str(inputs.days), f"form:{inputs.form_id}")
    used_scheme = Input(_scheme_named(scheme), scheme.code, f"scheme:{inputs.scheme_id}")
    value = plain(round_half_up(bounded))
    label = Text("考核表得分", "score of the form")
    return Step("form_total", label, formula, value, (*given, *limited, days, used_scheme), tuple(steps))


def _attainment(scored: Sequence[_Scored]) -> Step | None:
    rated = [(row.item, row.ratio) for row in scored if row.ratio and row.item.quantitative and row.item.weight > 0]
    if not rated:
        return None
    weights = Fraction(sum((item.weight for item, _ in rated), Decimal(0)))
    value = sum((fraction(item.weight) * ratio.value for item, ratio in rated), Fraction(0)) / weights
    terms = " + ".join(f"{shown(item.weight)} × {shown(ratio.value)}" for item, ratio in rated)
    given = tuple(Input(item.name, ratio.formula, f"item:{item.key}") for item, ratio in rated)
    formula = f"({terms}) ÷ {shown(weights)}"
    return Step("attainment", Text("达成率（%）", "attainment (%)"), formula, plain(round_half_up(value)), given)


def _veto(scored: Sequence[_Scored]) -> tuple[Step | None, Grade | None]:
    triggered = [(row, row.item.veto) for row in scored if row.item.veto and row.score < row.item.veto.below]
    if not triggered:
        return None, None
    limit = max((veto.at_most for _, veto in triggered), key=lambda grade: grade.rank)
    below = [f"{row.step.value} < {plain(veto.below)}" for row, veto in triggered]
    given = tuple(Input(row.item.name, short) for (row, _), short in zip(triggered, below, strict=True))
    label = Text(f"否决项未达标，等级最高为 {limit.value}", f"a veto limits the grade to {limit.value}")
    formula = "; ".join(below)
    return Step("veto", label, formula, limit.value, given), limit
