"""The working days that an installation begins with, from ``working_days_cn.yaml``; HR enters later years (ORG-16)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from services.kit.calendar.stored_days import CalendarDay
from services.kit.yaml_files import read_yaml

_FILE = Path(__file__).with_name("working_days_cn.yaml")
_WORKED_DAYS_OF_A_WEEK = 5


def seeded_days() -> Iterator[CalendarDay]:
    """Every day of the years in the file."""
    said = read_yaml(_FILE)
    holidays, make_up = said["holidays"], said["make_up_workdays"]
    for year in said["years"]:
        day = date(year, 1, 1)
        while day.year == year:
            usual = day.weekday() < _WORKED_DAYS_OF_A_WEEK
            note = holidays.get(day) or make_up.get(day) or ""
            yield CalendarDay(day, (usual or day in make_up) and day not in holidays, note)
            day += timedelta(days=1)
