"""The present moment. Business code reads it from a Clock that is passed in; nothing else reads the machine's time."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Returns the present moment."""

    def now(self) -> datetime:
        """The moment, with time zone UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment, with time zone UTC."""
        return datetime.now(UTC)


class FileClock:
    """A clock that a person sets by writing an ISO moment with offset into a file; the machine's while it is absent.

    For demonstrations and trials that live through a past quarter. Tokens and jobs keep to the machine's clock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The moment that the file holds, in UTC.

        Raises:
            ValueError: the file holds something else.
        """
        try:
            written = self._path.read_text().strip()
        except FileNotFoundError:
            return datetime.now(UTC)
        return datetime.fromisoformat(written).astimezone(UTC)


def business_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day on which ``moment`` falls in the company's zone."""
    return moment.astimezone(zone).date()
