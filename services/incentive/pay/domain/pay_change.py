"""Changes of pay: entered by one person of compensation, released by another, and nobody's own (INC-01)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.incentive.pay.domain.pay_profile import Terms
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.release import ReleaseRecord, release_workflow

PAY_CHANGE: Final = release_workflow("pay_change", Text("薪酬变更", "pay change"), [Role.COMPENSATION])


@dataclass(frozen=True)
class NewTerms:
    """Terms of pay for a person from a day on; ``corrects`` is the profile whose place they are to take."""

    number: str
    terms: Terms
    valid_from: date
    corrects: UUID | None = None


@dataclass(frozen=True)
class PayChange:
    """One or many new terms, released together. ``employees`` counts the rows."""

    id: UUID
    employees: int
    record: ReleaseRecord


@dataclass(frozen=True)
class PayChangeLine:
    """New terms of one person in a change; ``name`` is None where org has said nothing of the number."""

    place: int
    new: NewTerms
    name: str | None
