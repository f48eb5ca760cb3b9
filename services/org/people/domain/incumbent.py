"""Who counts as the holder of a position that several people are assigned to (ORG-08)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.periods import Period
from services.org.structure.domain.occupancy import HOLDING, AssignmentKind


@dataclass(frozen=True)
class Incumbent:
    """A person in a position over some days, as far as reporting lines need it."""

    employee_id: UUID
    employee_number: str
    position_id: UUID
    kind: AssignmentKind
    valid: Period


def holder(incumbents: Iterable[Incumbent], day: date) -> Incumbent | None:
    """Who counts as the holder of a position on ``day``, among the ``incumbents`` of that position.

    The main holder before an acting one, an acting one before a concurrent one; among equals who came first.
    """
    present = [each for each in incumbents if each.kind in HOLDING and each.valid.contains(day)]
    return min(present, key=_precedence, default=None)


def _precedence(incumbent: Incumbent) -> tuple[int, date, str]:
    rank = max(0, HOLDING.index(incumbent.kind) - 1)
    return (rank, incumbent.valid.start, incumbent.employee_number)
