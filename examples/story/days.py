"""The days of the quarter and of what comes after it, and the business clock that the services read."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

SHANGHAI = timezone(timedelta(hours=8))

OPENING = "2026-01-05T09:00"
SUPPLIER_SCORING = "2026-01-06T10:00"
SUPPLIER_NOTICE = "2026-01-07T09:00"
SUPPLIER_CLOSING = "2026-01-15T09:00"
GOALS = "2026-01-16T15:00"
ACTUALS = {"2026-01": "2026-02-04T10:00", "2026-02": "2026-03-04T10:00", "2026-03": "2026-04-03T10:00"}
EVALUATION = "2026-04-07T09:30"
SUBMISSION = "2026-04-09T16:00"
SCORING = "2026-04-10T10:00"
CALIBRATION = "2026-04-13T14:00"
PUBLICATION = "2026-04-14T09:00"
CLOSING = "2026-04-21T09:00"
ELIMINATION = "2026-04-22T09:30"
CALCULATION = "2026-04-22T10:00"
STATEMENTS = "2026-04-27T10:00"


@dataclass(frozen=True)
class RunDays:
    """When a run is calculated, reviewed and approved."""

    calculation: str
    review: str
    approval: str


QUARTER_RUN = RunDays(CALCULATION, "2026-04-23T10:00", "2026-04-24T10:00")

# After the quarter
LATE_RAISE = "2026-05-06T09:30"
CORRECTION = "2026-05-07T09:30"
NOMINATION = "2026-05-08T09:30"
REFERRAL = "2026-05-09T09:30"
MAY_RUNS = RunDays("2026-05-11T10:00", "2026-05-12T10:00", "2026-05-13T10:00")
MAY_STATEMENTS = "2026-05-14T10:00"
POOL = "2026-12-30T10:00"
YEAR_END_RUN = RunDays("2026-12-31T09:00", "2026-12-31T10:00", "2026-12-31T11:00")
YEAR_END = "2026-12-31T15:00"


class BusinessClock:
    """Writes the moment in which the company lives into the file that the services are told to read.

    Time does not go back: a story that goes on where it stopped passes over what lies behind it.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def set(self, moment: str) -> None:
        """Go on to a moment, local time without a zone; does nothing where services keep real time."""
        if self._path is None:
            return
        instant = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        if self._path.exists() and datetime.fromisoformat(self._path.read_text(encoding="utf-8").strip()) >= instant:
            return
        unfinished = self._path.with_suffix(".next")
        unfinished.write_text(instant.isoformat(), encoding="utf-8")
        unfinished.replace(self._path)
