"""Rates of requests, as the settings write them: "300/minute"."""

import re
from dataclasses import dataclass
from typing import Self

from services.kit.errors import Text

_UNITS = {"second": (1, "每秒"), "minute": (60, "每分钟"), "hour": (3600, "每小时"), "day": (86400, "每天")}
_WRITTEN = re.compile(rf"([1-9][0-9]{{0,8}})/({'|'.join(_UNITS)})")


@dataclass(frozen=True)
class Rate:
    """At most ``amount`` requests per ``unit``: second, minute, hour or day."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The rate that ``text`` writes.

        Raises:
            ValueError: it is not a number from 1, a slash and a unit.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise ValueError(f"expected a rate such as 300/minute (or second, hour, day), found {text!r}")
        return cls(int(written[1]), written[2])

    @property
    def seconds(self) -> int:
        """The length of the unit."""
        return _UNITS[self.unit][0]

    @property
    def label(self) -> Text:
        """What a person reads."""
        return Text(f"{_UNITS[self.unit][1]} {self.amount} 次", f"{self.amount} per {self.unit}")
