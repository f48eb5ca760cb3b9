"""Days on which somebody is absent, as last read from org; never why (APR-09, ORG-07)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.kit.errors import Text

OPEN_REST: Final = timedelta(days=14)
"""How long a phase without a deadline is taken to last on when it is asked who is away for the rest of it."""


def end_of_rest(due_on: date | None, today: date) -> date:
    """The last day of the rest of a phase: its deadline, or today where that has passed."""
    return today + OPEN_REST if due_on is None else max(today, due_on)


@dataclass(frozen=True)
class Absence:
    """From the first to the last day of absence, both included; ``valid_to`` None: the return is open."""

    valid_from: date
    valid_to: date | None

    @property
    def text(self) -> Text:
        """The days for people."""
        if self.valid_to is None:
            return Text(f"自 {self.valid_from} 起请假，返岗日期未定", f"absent from {self.valid_from}, return open")
        return Text(f"{self.valid_from} 至 {self.valid_to} 请假", f"absent from {self.valid_from} to {self.valid_to}")
