"""Framework agreements with suppliers: period, service standards, prices, and what follows a breach (APR-03)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.periods import Period


class AgreementNotLater(Conflict):
    """An amended agreement would begin before the version that it follows, or on the same day."""

    code = "agreement_not_later"
    zh = "框架协议“{number}”的现行版本自 {first} 起生效，修订须自其后生效。"
    en = "The present version of the agreement '{number}' is valid from {first}; an amendment must start later."


class AgreementEnded(Conflict):
    """An agreement cannot end on that day: it has ended before, or not begun."""

    code = "agreement_ended"
    zh = "终止日须在协议期内（{days}）。"
    en = "The last day must lie within the agreement's days ({days})."


class SignedAhead(Invalid):
    """An agreement is registered once it is signed."""

    code = "agreement_signed_ahead"
    zh = "签订日期不能晚于今天。"
    en = "An agreement is registered once it is signed."


class StandardTwice(Invalid):
    """An indicator measures two service standards of an agreement, so that it has two targets."""

    code = "standard_twice"
    zh = "指标“{indicator}”被多项服务标准引用，目标值无法确定。"
    en = "The indicator '{indicator}' measures several service standards, so that its target is not certain."


class IndicatorNotKnown(Invalid):
    """A service standard names an indicator that the library does not have."""

    code = "standard_indicator_unknown"
    zh = "指标库中没有编码为“{indicator}”的指标。"
    en = "The library has no indicator with the code '{indicator}'."


COMPARATOR_NAMES: Final = {"at_least": Text("不低于", "at least"), "at_most": Text("不高于", "at most")}


@dataclass(frozen=True)
class ServiceStandard:
    """A level of service that the supplier promises; ``value`` in ``unit``.

    ``indicator``: the code of the indicator that measures it, for which the value then is the target.
    """

    name: str
    comparator: Literal["at_least", "at_most"]
    value: Decimal
    unit: str
    indicator: str | None = None


@dataclass(frozen=True)
class Price:
    """An agreed price: ``unit_price`` in yuan for one ``unit`` of the item."""

    item: str
    unit: str
    unit_price: Decimal


@dataclass(frozen=True)
class BreachTerm:
    """What the supplier owes if it breaks the agreement in this way."""

    breach: str
    remedy: str


@dataclass(frozen=True)
class AgreementTerms:
    """The content of an agreement."""

    service_standards: tuple[ServiceStandard, ...]
    prices: tuple[Price, ...]
    breach_terms: tuple[BreachTerm, ...]


@dataclass(frozen=True)
class Agreement:
    """A version of a framework agreement. A change is the next version, which ends the one before it."""

    id: UUID
    supplier_id: UUID
    supplier_code: str
    supplier_name: str
    number: str
    version: int
    valid: Period
    signed_on: date
    terms: AgreementTerms
    revision: int
    termination_reason: str | None
    terminated_by_name: str | None
    terminated_at: datetime | None
    created_by_name: str
    created_at: datetime


def demand_measurable(terms: AgreementTerms, known: Collection[str]) -> None:
    """Refuse service standards whose indicators give no certain target; ``known`` are the library's codes.

    Raises:
        IndicatorNotKnown, StandardTwice.
    """
    seen: set[str] = set()
    for index, standard in enumerate(terms.service_standards):
        code = standard.indicator
        if code is None:
            continue
        pointer = f"/service_standards/{index}/indicator"
        if code not in known:
            expected = Text("指标库中的编码", "a code of the library")
            raise IndicatorNotKnown(indicator=code, field_errors=[FieldError(pointer, code, expected)])
        if code in seen:
            expected = Text("每个指标只引用一次", "each indicator once")
            raise StandardTwice(indicator=code, field_errors=[FieldError(pointer, code, expected)])
        seen.add(code)


def demand_signed(signed_on: date, today: date) -> None:
    """Refuse an agreement that is still to be signed.

    Raises:
        SignedAhead.
    """
    if signed_on > today:
        expected = Text(f"不晚于 {today}", f"not after {today}")
        raise SignedAhead(field_errors=[FieldError("/signed_on", str(signed_on), expected)])


def amended(previous: Agreement, first: date) -> Period | None:
    """The days that are left to a version when the next begins on ``first``; None where nothing has to change.

    Raises:
        AgreementNotLater: the next does not begin after it.
    """
    if first <= previous.valid.start:
        start = previous.valid.start
        expected = Text(f"晚于 {start}", f"later than {start}")
        raise AgreementNotLater(
            number=previous.number, first=start, field_errors=[FieldError("/valid_from", str(first), expected)]
        )
    return Period(previous.valid.start, first) if previous.valid.contains(first) else None


def terminated(agreement: Agreement, last_day: date) -> Period:
    """The days of an agreement that ends with ``last_day``.

    Raises:
        AgreementEnded: it is not in force then, or ends on that day anyhow.
    """
    valid = agreement.valid
    if not valid.contains(last_day) or last_day == valid.last:
        words = Text(f"{valid.start} 至 {valid.last or '长期'}", f"{valid.start} to {valid.last or 'open-ended'}")
        raise AgreementEnded(days=words, field_errors=[FieldError("/last_day", str(last_day), words)])
    return Period.closed(valid.start, last_day)
