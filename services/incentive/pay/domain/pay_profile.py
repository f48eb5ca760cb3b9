"""What a person's pay is made of, effective-dated (INC-01), and how new terms take their place in the timeline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from services.incentive.currencies import CURRENCIES, EXPECTED, expected_places, is_payable
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import FEN, plain
from services.kit.periods import Period

MAX_PAY = 10**9
MAX_SHARE = Decimal(1000)
_MONEY = Text("0 至 10 亿之间、至多两位小数的数", "between 0 and 10^9 with at most two decimal places")


class TermsNotAcceptable(Invalid):
    """The terms of a pay profile contradict themselves or common sense; the field_errors say where."""

    code = "pay_terms_not_acceptable"
    zh = "薪酬档案内容有误，请按下列提示修改。"
    en = "The pay profile is not valid; correct it as follows."


@dataclass(frozen=True)
class Terms:
    """Fixed monthly pay, the ratio fixed:variable (6 : 4), the base of the bonus if it is not to follow from them.

    Money is in the main unit of ``currency`` with two places. Raises TermsNotAcceptable.
    """

    fixed_pay: Decimal
    fixed_share: Decimal
    variable_share: Decimal
    monthly_base: Decimal | None
    currency: str
    cost_centre: str

    def __post_init__(self) -> None:
        field_errors = list(self._faults())
        if not field_errors and self.base.numerator >= MAX_PAY * self.base.denominator:
            expected = Text("月度奖金基数须小于 10 亿", "such that the monthly base stays below 10^9")
            field_errors.append(FieldError("/fixed_share", plain(self.fixed_share), expected))
        if field_errors:
            raise TermsNotAcceptable(field_errors=field_errors)

    def _faults(self) -> Iterator[FieldError]:
        for pointer, amount in (("/fixed_pay", self.fixed_pay), ("/monthly_base", self.monthly_base)):
            if amount is not None and not (0 <= amount < MAX_PAY and is_payable(amount, self.currency)):
                yield FieldError(pointer, plain(amount), _expected_money(amount, self.currency))
        if not 0 < self.fixed_share < MAX_SHARE:
            yield FieldError(
                "/fixed_share", plain(self.fixed_share), Text("大于 0、小于 1000", "above 0 and below 1000")
            )
        if not 0 <= self.variable_share < MAX_SHARE:
            expected = Text("不小于 0、小于 1000", "not below 0 and below 1000")
            yield FieldError("/variable_share", plain(self.variable_share), expected)
        if self.currency not in CURRENCIES:
            yield FieldError("/currency", self.currency[:10], EXPECTED)
        if not self.cost_centre.strip():
            yield FieldError("/cost_centre", self.cost_centre, Text("请填写内容", "text that is not empty"))

    @cached_property
    def base(self) -> Fraction:
        """The monthly bonus base: as set, otherwise fixed pay × variable ÷ fixed share, exact (never rounded here)."""
        if self.monthly_base is not None:
            return Fraction(self.monthly_base)
        pay, whole = self.fixed_pay.as_integer_ratio()
        variable, of_variable = self.variable_share.as_integer_ratio()
        fixed, of_fixed = self.fixed_share.as_integer_ratio()
        return Fraction(pay * variable * of_fixed, whole * of_variable * fixed)


def _expected_money(found: Decimal, currency: str) -> Text:
    return expected_places(currency) if 0 <= found < MAX_PAY and not found % FEN else _MONEY


@dataclass(frozen=True)
class PayProfile:
    """Terms in force over a period. ``version`` counts a person's profiles in the order in which they were written."""

    id: str
    version: int
    terms: Terms
    period: Period


class PayRecord(NamedTuple):
    """A profile as people read it, with both days included; ``employee_name`` is None until org has published it."""

    id: UUID
    employee_number: str
    employee_name: str | None
    version: int
    fixed_pay: Decimal
    fixed_share: Decimal
    variable_share: Decimal
    monthly_base: Decimal | None
    currency: str
    cost_centre: str
    valid_from: date
    valid_to: date | None
    replaced_at: datetime | None

    @property
    def terms(self) -> Terms:
        """The terms of pay."""
        return Terms(
            fixed_pay=self.fixed_pay,
            fixed_share=self.fixed_share,
            variable_share=self.variable_share,
            monthly_base=self.monthly_base,
            currency=self.currency,
            cost_centre=self.cost_centre,
        )


class PersonPay(NamedTuple):
    """A profile and whose it is: person and place are None and empty until org has published the number."""

    record: PayRecord
    employee_id: UUID | None
    unit_path: Sequence[UUID]


@dataclass(frozen=True)
class Change:
    """How one new set of terms takes its place in a timeline.

    ``replaced`` began on the same day and is put aside; ``cut`` was in force until now and ends the day before;
    ``period`` is what the new terms get. ``unchanged`` means that the same terms already begin on that day.
    """

    period: Period
    replaced: PayProfile | None = None
    cut: PayProfile | None = None
    unchanged: bool = False


def insertion(timeline: Sequence[PayProfile], terms: Terms, valid_from: date) -> Change:
    """How ``terms`` take their place from ``valid_from`` until the next profile of the same person begins.

    ``timeline`` is what is in force for one person, without overlap, in any order.
    """
    same = next((each for each in timeline if each.period.start == valid_from), None)
    if same is not None:
        return Change(same.period, replaced=same, unchanged=same.terms == terms)
    later = [each.period.start for each in timeline if each.period.start > valid_from]
    before = next((each for each in timeline if each.period.contains(valid_from)), None)
    return Change(Period(valid_from, min(later, default=None)), cut=before)


def inserted(timeline: Sequence[PayProfile], change: Change, fresh: PayProfile) -> list[PayProfile]:
    """The timeline after ``change`` made room for ``fresh``."""
    kept = [each for each in timeline if each not in (change.replaced, change.cut)]
    if change.cut is not None:
        kept.append(replace(change.cut, period=Period(change.cut.period.start, fresh.period.start)))
    return sorted([*kept, fresh], key=lambda each: each.period.start)
