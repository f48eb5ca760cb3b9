"""Incidents in three levels: who answers, and within what time (APR-07)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.appraisal.tracking.domain.obligation import ObligationState
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text


class IncidentLevel(StrEnum):
    """How grave an incident is."""

    GENERAL = "general"
    MAJOR = "major"
    CRISIS = "crisis"


LEVEL_NAMES: Final = {
    IncidentLevel.GENERAL: Text("一般问题", "general incident"),
    IncidentLevel.MAJOR: Text("重大事件", "major incident"),
    IncidentLevel.CRISIS: Text("危机事件", "crisis"),
}


class Answers(StrEnum):
    """Who answers."""

    HEAD = "head"
    SUPERIOR = "superior"
    EXECUTIVE = "executive"


ANSWERS_NAMES: Final = {
    Answers.HEAD: Text("部门负责人", "head of the unit"),
    Answers.SUPERIOR: Text("负责人的上级", "superior of the head"),
    Answers.EXECUTIVE: Text("高管", "executive"),
}


@dataclass(frozen=True)
class Response:
    """Who answers an incident of a level, and within what time of its report."""

    by: Answers
    term: Term


@dataclass(frozen=True)
class IncidentPolicy:
    """Who answers incidents of each level, and within what time the head of the unit analyses each in a report."""

    general: Response
    major: Response
    crisis: Response
    report_within: Term

    def response(self, level: IncidentLevel) -> Response:
        """Who answers an incident of a level."""
        return {
            IncidentLevel.GENERAL: self.general,
            IncidentLevel.MAJOR: self.major,
            IncidentLevel.CRISIS: self.crisis,
        }[level]


DELIVERED: Final = IncidentPolicy(
    general=Response(Answers.HEAD, Term(24, TimeUnit.HOURS)),
    major=Response(Answers.SUPERIOR, Term(12, TimeUnit.HOURS)),
    crisis=Response(Answers.EXECUTIVE, Term(2, TimeUnit.HOURS)),
    report_within=Term(72, TimeUnit.HOURS),
)
"""The policy until somebody sets another: version 1."""


@dataclass(frozen=True)
class SetPolicy:
    """A version of the policy, with who set it and why; None for the one that is delivered."""

    policy: IncidentPolicy
    version: int
    reason: str | None = None
    set_by_name: str | None = None
    set_at: datetime | None = None


@dataclass(frozen=True)
class Incident:
    """Something that went wrong in a unit; ``unit_path`` runs from the root to it.

    ``response_state`` and ``report_state``: how far the response and the head's report are, which whoever reported the
    incident may know, though not what was handed in or decided.
    """

    id: UUID
    unit_id: UUID
    unit_name: Text
    unit_path: tuple[UUID, ...]
    level: IncidentLevel
    title: str
    description: str
    occurred_at: datetime
    reported_by_name: str
    reported_at: datetime
    response_state: ObligationState = ObligationState.OPEN
    report_state: ObligationState = ObligationState.OPEN
