"""The versions of a career ladder (ORG-10)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.org.ladders.domain.career_ladder import CareerLadder


@dataclass(frozen=True)
class LadderVersion:
    """What a ladder says from ``valid_from`` until its next version."""

    number: int
    valid_from: date
    content: CareerLadder
    reason: str
    created_at: datetime
    created_by: UUID
    created_by_name: str


@dataclass(frozen=True)
class Ladder:
    """A ladder with the version in force on the day asked about."""

    id: UUID
    revision: int
    version: LadderVersion
