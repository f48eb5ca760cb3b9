"""Positions: kinds of seat in a unit (ORG-02)."""

from collections.abc import Sequence
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


def users_in_words(holders: Sequence[str], subordinates: Sequence[str], units: Sequence[str]) -> list[Text]:
    """What uses a position, for people: numbers of employees, codes of positions and units; nothing for empty ones."""
    named = (
        (Text("人员 {}", "the people {}"), holders),
        (Text("下级岗位 {}", "the subordinate positions {}"), subordinates),
        (Text("以其为负责人岗位的单元 {}", "the units that it heads, {}"), units),
    )
    return [Text(noun.zh.format("、".join(codes)), noun.en.format(", ".join(codes))) for noun, codes in named if codes]
