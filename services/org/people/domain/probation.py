"""How long probation may last by law, and the state of its review (ORG-15)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.kit.deadlines import months_later
from services.kit.errors import FieldError, Invalid, Text
from services.org.people.domain.employment import Employment


class ProbationTooLong(Invalid):
    """Probation would last longer than the law allows for the employment contract."""

    code = "probation_too_long"
    zh = "{contract}的试用期依法不超过 {months} 个月，最迟到 {latest}（含）。"
    en = "By law, probation under {contract} lasts at most {months} months, until {latest} at the latest."


@dataclass(frozen=True)
class StatutoryLimit:
    """For contracts of at least ``contract_months`` months, probation lasts at most ``months``."""

    contract_months: int
    months: int


STATUTORY_LIMITS: Final = (
    StatutoryLimit(36, 6),
    StatutoryLimit(12, 2),
    StatutoryLimit(3, 1),
    StatutoryLimit(0, 0),
)
"""Article 19 of the Labour Contract Law of the People's Republic of China; the longest contracts first.

A contract without a fixed term counts as one of the longest.
"""


def longest_probation(contract_months: int | None) -> int:
    """How many months probation may last under a contract of so many months; None: without a fixed term."""
    limits = STATUTORY_LIMITS
    if contract_months is None:
        return limits[0].months
    return next(limit.months for limit in limits if contract_months >= limit.contract_months)


def require_lawful(employment: Employment, contract_months: int | None = None) -> None:
    """Accept an employment whose probation is within the legal limit; without a contract, the widest limit counts.

    Raises:
        ProbationTooLong.
    """
    until = employment.probation_until
    months = longest_probation(contract_months)
    latest = months_later(employment.valid.start, months) - date.resolution
    if until is None or until <= latest:
        return
    contract = Text("无固定期限或三年以上劳动合同", "a contract without a fixed term or of three years or more")
    if contract_months is not None:
        contract = Text(f"期限为 {contract_months} 个月的劳动合同", f"a contract of {contract_months} months")
    expected = Text(f"不晚于 {latest}", f"{latest} or earlier")
    field_errors = [FieldError("/probation_until", str(until), expected)]
    raise ProbationTooLong(contract=contract, months=months, latest=latest, field_errors=field_errors)


def require_lawful_change(employment: Employment, was: Employment | None) -> None:
    """Accept an employment of which the probation is lawful, or as it was.

    Raises:
        ProbationTooLong.
    """
    if was is None or employment.probation_until != was.probation_until:
        require_lawful(employment)


class ProbationState(StrEnum):
    """The state of a review. CANCELLED: the person left before, or the probation was taken back."""

    OPEN = "open"
    PASSED = "passed"
    EXTENDED = "extended"
    FAILED = "failed"
    CANCELLED = "cancelled"
