"""Positions: kinds of seat in a unit (ORG-02)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text


class Track(StrEnum):
    """The career ladder that a position belongs to; both have equal standing."""

    MANAGEMENT = "management"
    PROFESSIONAL = "professional"


TRACK_NAMES = {
    Track.MANAGEMENT: Text("管理", "management"),
    Track.PROFESSIONAL: Text("专业", "professional"),
}


@dataclass(frozen=True)
class PositionFacts:
    """What is true of a position over some days. ``headcount`` is the number of people who may hold it at once."""

    title: str
    title_en: str
    unit_id: UUID
    track: Track
    grade: str
    headcount: int
    reports_to_id: UUID | None = None
