"""Authority types, the limits that positions give, and when one approver is not enough (ORG-09)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text
from services.kit.money import grouped
from services.kit.periods import Period


class AuthorityType(StrEnum):
    """What may be approved. Amounts are in yuan; for STAFFING, numbers of people."""

    YEARLY_BUDGET_APPROVAL = "yearly_budget_approval"
    SINGLE_PAYMENT = "single_payment"
    CONTRACT = "contract"
    STAFFING = "staffing"


AUTHORITY_TYPE_NAMES = {
    AuthorityType.YEARLY_BUDGET_APPROVAL: Text("年度预算审批", "yearly budget approval"),
    AuthorityType.SINGLE_PAYMENT: Text("单笔付款", "single payment"),
    AuthorityType.CONTRACT: Text("合同签批", "contract"),
    AuthorityType.STAFFING: Text("人员配置", "staffing"),
}


@dataclass(frozen=True)
class EmployeeLimit:
    """An employee's own limit from a position, in ``unit_id`` and below. ``limit`` null is without upper bound."""

    employee_id: UUID
    position_id: UUID
    unit_id: UUID
    authority_type: AuthorityType
    limit: Decimal | None
    valid: Period


@dataclass(frozen=True)
class TwoApprovers:
    """From ``threshold`` on, an amount under one of ``authority_types`` needs two different approvers."""

    threshold: Decimal = Decimal(200000)
    authority_types: frozenset[AuthorityType] = frozenset({AuthorityType.SINGLE_PAYMENT, AuthorityType.CONTRACT})

    def needed(self, authority_type: AuthorityType, amount: Decimal) -> int:
        """How many people have to approve."""
        return 2 if authority_type in self.authority_types and amount >= self.threshold else 1


def limit_in_words(limit: Decimal | None, authority_type: AuthorityType) -> Text:
    """A limit for people: yuan with thousands separators, people for STAFFING."""
    if limit is None:
        return Text("不限", "unlimited")
    if authority_type is AuthorityType.STAFFING:
        return Text(f" {limit.normalize():f} 人", f"{limit.normalize():f} people")
    amount = grouped(limit)
    return Text(f" {amount} 元", f"{amount} yuan")


WHOLE = Text("整数人数", "a whole number of people")


def is_countable(limit: Decimal | None, authority_type: AuthorityType) -> bool:
    """Whether a limit is one of its type: whole people for STAFFING, any amount otherwise."""
    return authority_type is not AuthorityType.STAFFING or limit is None or limit == limit.to_integral_value()


def narrower(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The smaller of two limits, None being unlimited."""
    bounds = [limit for limit in (one, other) if limit is not None]
    return min(bounds, default=None)


def covers(limit: Decimal | None, amount: Decimal) -> bool:
    """Whether ``limit`` suffices for ``amount``."""
    return limit is None or amount <= limit
