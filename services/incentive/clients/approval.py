"""Whether a person may approve a payment, as answered by org from its authorities (ORG-09)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.kit.errors import Text

SINGLE_PAYMENT: Final = "single_payment"


@dataclass(frozen=True)
class ApprovalQuestion:
    """May ``employee_id`` approve ``amount`` yuan in a unit, and would it be approved by these people together?

    ``barred_ids`` are paid by it: neither they nor anybody on their authority may approve it.
    """

    employee_id: UUID
    amount: Decimal
    unit_id: UUID
    requester_id: UUID
    approved_by: tuple[UUID, ...] = ()
    barred_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Colleague:
    """A person named by org."""

    id: UUID
    number: str
    name: str


@dataclass(frozen=True)
class ApprovalAnswer:
    """``needed`` different people have to approve; ``next`` is whom to ask instead, or as the second; None: nobody.

    ``complete``: whether those who approved are enough; a delegate and the delegator count once. ``acting_for`` is the
    delegator on whose authority the person would approve, None where it is their own.
    """

    allowed: bool
    needed: int
    complete: bool
    next: Colleague | None
    acting_for: Colleague | None
    reason: Text
