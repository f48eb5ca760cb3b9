"""Days on which somebody is absent, as last read from org; never why (APR-09, ORG-07)."""

from dataclasses import dataclass
from datetime import date

from services.kit.errors import Text


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
