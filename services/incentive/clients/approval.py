"""Whether a person may approve a payment, as answered by org from its authorities (ORG-09)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.kit.errors import Text

SINGLE_PAYMENT: Final = "single_payment"


@dataclass(frozen=True)
class ApprovalQuestion:
    """May ``employee_id`` approve ``amount`` yuan in a unit, where these asked for it and approved it already?

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
    name: str


@dataclass(frozen=True)
class ApprovalAnswer:
    """``needed`` different people have to approve; ``next`` is whom to ask instead, or as the second; None: nobody."""

    allowed: bool
    needed: int
    next: Colleague | None
    reason: Text
