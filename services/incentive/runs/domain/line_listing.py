"""Which lines of a run are asked for, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
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
