"""Which lines of a run are asked for, in which order, and what a recalculation changed in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class LineFilter:
    """Which lines are wanted: of people below one of the units ``within``, of a unit, of a person; None: all."""

    within: Sequence[UUID] | None = None
    unit_id: UUID | None = None
    employee_number: str | None = None


class LineOrder(StrEnum):
    """What lines are listed by; those that are equal in it follow by employee number, occasion and currency."""

    NUMBER = "employee_number"
    SMALLEST = "amount"
    LARGEST = "-amount"


@dataclass(frozen=True)
class LineFigures:
    """What a calculation says of one person, occasion and currency."""

    grade: str | None
    days: int
    due: Decimal
    amount: Decimal


@dataclass(frozen=True)
class LineChange:
    """A line that another calculation calculates or explains differently; None where it has no such line."""

    employee_id: UUID
    number: str
    name: str
    kind: str
    occasion: str
    currency: str
    before: LineFigures | None
    after: LineFigures | None
