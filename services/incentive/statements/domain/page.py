"""A statement as a page in one language: what a person reads on the screen and on paper (INC-11, INC-16)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.incentive.currencies import has_minor_unit
from services.incentive.explanations.domain.wording import DIFFERENCE, Row, changes, headline, rows
from services.kit.errors import Language, Text, joined
from services.kit.explanation import Step
from services.kit.periods import period_in_words

PERIOD_LABEL: Final = re.compile(r"\d{4}(-(Q[1-4]|H[12]|\d{2}))?", re.ASCII)


@dataclass(frozen=True)
class Posted:
    """A difference that was booked for the same occasion later."""

    day: date
    amount: Decimal
    due: Decimal


@dataclass(frozen=True)
class Content:
    """Everything that a statement's page is made of. Amounts have two places, in ``currency``."""

    name: str
    number: str
    unit: Text
    plan: Text
    period: str
    occasion: str
    grade: str | None
    days: int
    currency: str
    amount: Decimal
    recovered: Decimal
    explanation: Step
    state: Text
    issued_on: date
    reversed_on: date | None
    reversal_reason: str | None
    corrections: Sequence[Posted]
    later_changes: Sequence[tuple[Text, date]] = ()


@dataclass(frozen=True)
class Section:
    """Rows under a heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Page:
    """A page from top to bottom. ``facts`` are names with their values."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    amount_label: str
    amount: str
    notices: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: str


def page_of(content: Content, language: Language) -> Page:
    """The page of a statement."""
    period = period_in_words(content.period)
    title = Text("奖金单", "Bonus statement")
    subtitle = Text(f"{content.plan.zh} · {period.zh}", f"{content.plan.en} · {period.en}")
    label = Text("奖金金额（税前）", "Bonus (before tax)")
    if content.explanation.rule == DIFFERENCE:
        label = _LESS if content.amount < 0 else _MORE
    return Page(
        title=title.in_language(language),
        subtitle=subtitle.in_language(language),
        facts=tuple((name.in_language(language), value.in_language(language)) for name, value in _facts(content)),
        amount_label=label.in_language(language),
        amount=money(content.amount, content.currency).in_language(language),
        notices=tuple(notice.in_language(language) for notice in _notices(content)),
        sections=tuple(_sections(content.explanation, language)),
        closing=_CLOSING.in_language(language),
    )


_MORE: Final = Text("本次补发差额（税前）", "Difference paid in addition (before tax)")
_LESS: Final = Text("本次扣减差额（税前）", "Difference to be recovered (before tax)")
_CLOSING: Final = Text(
    "本单金额均为税前金额，个人所得税在发放时依法代扣代缴。如有异议，可在奖金单上提出，薪酬管理将书面答复。",
    "All amounts are before tax; income tax is withheld when the bonus is paid. If you do not agree, object on the "
    "statement; compensation will answer in writing.",
)


def money(amount: Decimal, currency: str) -> Text:
    """An amount with its currency, thousands apart."""
    written = f"{amount:,.2f}" if has_minor_unit(currency) or amount % 1 else f"{amount:,.0f}"
    return Text(f"{written} 元" if currency == "CNY" else f"{currency} {written}", f"{currency} {written}")


def _facts(content: Content) -> Iterator[tuple[Text, Text]]:
    yield Text("姓名", "Name"), _same(content.name)
    yield Text("工号", "Employee number"), _same(content.number)
    yield Text("部门", "Department"), content.unit
    if content.grade is not None:
        yield Text("考核等级", "Appraisal grade"), _same(content.grade)
    if content.occasion != content.period and PERIOD_LABEL.fullmatch(content.occasion):
        yield Text("所属期间", "Concerns"), period_in_words(content.occasion)
    if content.days:
        yield Text("计奖天数", "Eligible days"), Text(f"{content.days} 天", f"{content.days} days")
    yield Text("出具日期", "Issued on"), _same(str(content.issued_on))
    yield Text("状态", "State"), content.state


def _notices(content: Content) -> Iterator[Text]:
    if content.reversed_on is not None:
        yield Text(
            f"本单金额已于 {content.reversed_on} 冲销，不再应付。原因：{content.reversal_reason}",
            f"This amount was reversed on {content.reversed_on} and is not owed any more. Reason: "
            f"{content.reversal_reason}",
        )
    if content.later_changes:
        what = joined(Text(f"{name.zh}（{day}）", f"{name.en} ({day})") for name, day in content.later_changes)
        yield Text(
            f"本单出具后，其依据的{what.zh}有变更。是否产生差额，以下一次核算为准；如有差额，将另行出具奖金单。",
            f"Since this statement was calculated something that it rests on has changed: {what.en}. The next run "
            "calculates it again; a difference comes with a statement of its own.",
        )
    for each in content.corrections:
        amount, due = money(each.amount, content.currency), money(each.due, content.currency)
        yield Text(
            f"{each.day} 对同一奖金另行入账差额 {amount.zh}，该奖金现应发合计 {due.zh}。",
            f"On {each.day} a difference of {amount.en} was posted for the same bonus; now due in all: {due.en}.",
        )
    if content.recovered:
        kept = money(content.recovered, content.currency)
        paid = money(content.amount - content.recovered, content.currency)
        yield Text(
            f"其中 {kept.zh}用于扣回以前期间多发的奖金，实际发放 {paid.zh}（税前）。",
            f"{kept.en} of it is kept back for what was paid too much before; paid out: {paid.en} (before tax).",
        )


def _sections(explanation: Step, language: Language) -> Iterator[Section]:
    whole = explanation
    if explanation.rule == DIFFERENCE:
        heading = Text("差额的由来", "Where the difference comes from")
        yield Section(heading.in_language(language), tuple(changes(explanation, language)))
        whole = explanation.steps[-1]
    heading = Text(f"计算过程：{headline(whole, 'zh')}", f"How it is calculated: {headline(whole, 'en')}")
    yield Section(heading.in_language(language), tuple(rows(whole, language)))


def _same(value: str) -> Text:
    return Text(value, value)
