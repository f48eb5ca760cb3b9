"""Deadlines of a cycle's phases that are announced: once before, once when they have passed (APR-05, APR-09)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

GOALS: Final = "goals"
RATINGS: Final = "ratings"
AHEAD: Final = timedelta(days=3)
"""So long before its last day a phase is announced to end."""


@dataclass(frozen=True)
class Reminder:
    """A deadline to be announced. ``phase`` is goals or ratings; ``passed``: it has passed."""

    cycle_id: UUID
    phase: str
    due_on: date
    passed: bool
