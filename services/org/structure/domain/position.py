"""Positions: what people of a unit are assigned to (ORG-02)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from services.kit.errors import Text


class Track(StrEnum):
    """The track of a position on the career ladder; both tracks rank equally."""

    MANAGEMENT = "management"
    PROFESSIONAL = "professional"


TRACK_NAMES = {
    Track.MANAGEMENT: Text("管理", "management"),
    Track.PROFESSIONAL: Text("专业", "professional"),
}


@dataclass(frozen=True)
class PositionFacts:
    """What is true of a position over some days. ``headcount`` is how many people may have it as main assignment.

    ``core_talent``: the company counts the holders among its core talent, as the referral bonus does (INC-06).
    """

    title: str
    title_en: str
    unit_id: UUID
    track: Track
    grade: str
    headcount: int
    reports_to_id: UUID | None = None
    core_talent: bool = False


Filling = Literal["vacant", "filled", "over_headcount"]


@dataclass(frozen=True)
class PositionAsOf:
    """A position as of a day. ``filled`` counts the people whose main assignment it is."""

    id: UUID
    code: str
    revision: int
    title: str
    title_en: str
    unit_id: UUID
    unit_code: str
    unit_name: str
    unit_name_en: str
    unit_path: list[UUID]
    track: Track
    grade: str
    headcount: int
    filled: int
    reports_to_id: UUID | None
    reports_to_code: str | None
    reports_to_title: str | None
    reports_to_title_en: str | None
    core_talent: bool
    valid_from: date
    valid_to: date | None

    @property
    def vacant(self) -> int:
        """Number of vacancies within the headcount."""
        return max(0, self.headcount - self.filled)

    @property
    def over_headcount(self) -> int:
        """How many people are in it beyond the headcount."""
        return max(0, self.filled - self.headcount)
