"""What an award or a run spends of units' money (INC-15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.kit.errors import Text

AWARD: Final = "award"
RUN: Final = "run"


@dataclass(frozen=True)
class Part:
    """What is spent for one unit, of which ``unit_path`` leads down from the root, in the main unit of ``currency``.

    It may be less than nothing: what was paid too much comes back.
    """

    unit_path: tuple[UUID, ...]
    currency: str
    amount: Decimal

    @property
    def unit_id(self) -> UUID:
        """The unit."""
        return self.unit_path[-1]


@dataclass(frozen=True)
class Spending:
    """Everything that one source takes of the budgets of a year; ``link`` is the route that shows it."""

    source_type: str
    source_id: UUID
    year: int
    name: Text
    link: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class CommitmentFilter:
    """Which commitments are wanted; None: all. ``budgeted``: whether they count in a budget."""

    budget_id: UUID | None = None
    source_id: UUID | None = None
    year: int | None = None
    budgeted: bool | None = None
