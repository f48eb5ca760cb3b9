"""The monthly brief of a unit: drafted from data, completed and signed by its head, then archived (APR-08)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.attainment import Unattained, unattained
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.rule import Facts
from services.appraisal.library.domain.scheme import unit_named
from services.appraisal.tracking.domain.obligation import Owner
from services.kit.deadlines import end_of
from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.money import round_half_up
from services.kit.periods import first_of_month
from services.kit.workflow import Transition, Workflow

DUE_DAY: Final = 5
"""The brief of a month is signed by this day of the next one."""
_PLACES: Final = 4


class BriefIncomplete(Invalid):
    """A brief is signed only with measures for the next month."""

    code = "brief_incomplete"
    zh = "请先填写下月措施，再签署简报。"
    en = "Write down the measures for next month before you sign."


class ReasonNeeded(Invalid):
    """Somebody signs instead of the head, and has to say why."""

    code = "reason_needed"
    zh = "代负责人签署须写明原因。"
    en = "Whoever signs instead of the head has to say why."


class BriefArchived(Conflict):
    """A signed brief never changes."""

    code = "brief_archived"
    zh = "该简报已由{name}于 {at} 签署归档，不能再修改或签署；如需更正，请在下月简报中说明。"
    en = (
        "The brief was signed by {name} on {at} and archived; it can be neither changed nor signed again. Correct it "
        "in the next month's brief."
    )


class MonthNotOver(Conflict):
    """A brief is about a month that has ended."""

    code = "month_not_over"
    zh = "{month} 尚未结束，不能起草其简报。"
    en = "{month} is not over yet, so there is no brief about it."


class BriefState(StrEnum):
    """Where a brief stands."""

    DRAFTED = "drafted"
    SIGNED = "signed"


class BriefAction(StrEnum):
    """What moves a brief."""

    EDIT = "edit"
    SIGN = "sign"


BRIEF: Final[Workflow[BriefState, BriefAction]] = Workflow(
    "brief",
    (
        Transition(BriefState.DRAFTED, BriefAction.EDIT, BriefState.DRAFTED, frozenset({Role.MANAGER, Role.HR})),
        Transition(BriefState.DRAFTED, BriefAction.SIGN, BriefState.SIGNED, frozenset({Role.MANAGER, Role.HR})),
    ),
    label=Text("月度简报", "monthly brief"),
    states={BriefState.DRAFTED: Text("待签署", "drafted"), BriefState.SIGNED: Text("已签署归档", "signed")},
    actions={BriefAction.EDIT: Text("修改", "editing"), BriefAction.SIGN: Text("签署", "signing")},
)


@dataclass(frozen=True)
class Month:
    """A calendar month from its first day on. ``ends_at``: the first instant after it, in the company's zone."""

    first: date
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, first: date, zone: datetime) -> "Month":
        """The month that begins on ``first``, in the zone of ``zone``."""
        return cls(
            first, end_of(first - timedelta(days=1), zone), end_of(first_of_month(first, 1) - timedelta(days=1), zone)
        )


@dataclass(frozen=True)
class BriefIndicator:
    """An indicator of the unit in the month, in its unit; ``so_far`` since the cycle began, against its target.

    ``attainment`` in percent and ``gap`` (so far less target) only where there is a target; ``unattained`` says why
    there is no attainment.
    """

    code: str
    name: Text
    unit: str
    actual: Decimal | None
    so_far: Decimal | None
    target: Decimal | None
    attainment: Decimal | None
    gap: Decimal | None
    unattained: Unattained | None = None
    unit_en: str = ""

    @property
    def measure(self) -> Text:
        """The unit in both languages; a draft may be older than the English one."""
        return unit_named(self.unit, self.unit_en)


@dataclass(frozen=True)
class BriefObligation:
    """Something that arose in the unit in the month, or was still open at its end.

    ``open_at_end``: whether it was open at the end of the month; ``late``: whether it was overdue by then.
    """

    title: Text
    reason: Text
    owner_name: str | None
    due_at: datetime
    late: bool
    open_at_end: bool = True


@dataclass(frozen=True)
class BriefFacts:
    """What the system drafts: indicators against targets, and what is open."""

    indicators: tuple[BriefIndicator, ...]
    obligations: tuple[BriefObligation, ...]


@dataclass(frozen=True)
class BriefSignature:
    """Who signed; ``reason`` where it was not the head, ``on_behalf_of``: the head who had delegated it."""

    name: str
    signed_at: datetime
    reason: str | None
    hash: str
    on_behalf_of: str | None = None


@dataclass(frozen=True)
class Brief:
    """The brief of a unit about a month, which is named by its first day."""

    id: UUID
    unit_id: UUID
    unit_code: str
    unit_name: Text
    month: date
    head: Owner
    facts: BriefFacts
    analysis: str
    measures: str
    state: BriefState
    revision: int
    drafted_at: datetime
    signature: BriefSignature | None = None


def measured(
    code: str,
    name: Text,
    unit: Text,
    *,
    rule: Rule,
    actual: Fraction | None,
    so_far: Fraction | None,
    target: Decimal | None,
) -> BriefIndicator:
    """An indicator's line: what was reached since the cycle began, held against its target by the rule."""
    attainment = gap = None
    if so_far is not None and target is not None:
        gap = _shown(so_far - Fraction(target))
        if rule.gives_ratio and target != 0:
            attainment = round_half_up(rule.raw(Facts(target=target, actual=so_far)).value)
    why = unattained(rule, actual=so_far, target=target)
    figures = (_shown(actual), _shown(so_far), target, attainment, gap)
    return BriefIndicator(code, name, unit.zh, *figures, why, unit.en)


def due_at(month: date, zone: datetime) -> datetime:
    """The first instant that is too late to sign the brief of a month, in the zone of ``zone``."""
    return end_of(first_of_month(month, 1).replace(day=DUE_DAY), zone)


def demand_complete(measures: str) -> None:
    """Refuse a signature under a brief without measures.

    Raises:
        BriefIncomplete.
    """
    if not measures.strip():
        expected = Text("下月措施", "the measures for next month")
        raise BriefIncomplete(field_errors=[FieldError("/measures", None, expected)])


def demand_reason(reason: str | None) -> str:
    """The reason of whoever signs instead of the head.

    Raises:
        ReasonNeeded.
    """
    if reason is None:
        expected = Text("代签原因，例如负责人休假", "why, such as the head's leave")
        raise ReasonNeeded(field_errors=[FieldError("/reason", None, expected)])
    return reason


def _shown(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    rounded = round_half_up(value, _PLACES)
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded.normalize()
