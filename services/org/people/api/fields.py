"""Fields and parameters that several routes about people share."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.kit.fields import Day, Id, Model, Prose

EXAMPLE_ID = "019b8f5e-7c1a-7d3e-9c55-3f0d2b6a4e21"

EmployeeId = Annotated[UUID, Path(description="Id of the employee.")]
AssignmentId = Annotated[UUID, Path(description="Id of the assignment.")]
AbsenceId = Annotated[UUID, Path(description="Id of the absence.")]
DottedLineId = Annotated[UUID, Path(description="Id of the dotted line.")]

EmployeeField = Annotated[Id, Field(description="Id of the employee.", examples=[EXAMPLE_ID])]
PositionField = Annotated[Id, Field(description="Id of the position.", examples=[EXAMPLE_ID])]
_FIRST = Field(description="First day, included.", examples=["2026-02-01"])
_LAST = Field(description="Last day, included; null if open-ended.", examples=["2026-06-30"])
_HIRED = Field(description="First day of the employment.", examples=["2026-02-01"])
_PROBATION = Field(description="Last day of probation, within the employment; null if none.", examples=["2026-04-30"])
ValidFrom = Annotated[Day, _FIRST]
ValidTo = Annotated[Day | None, _LAST]
AppliesFrom = Annotated[date, _FIRST]
"""``ValidFrom`` in an answer."""
AppliesTo = Annotated[date | None, _LAST]
"""``ValidTo`` in an answer."""
HiredOn = Annotated[Day, _HIRED]
EmployedFrom = Annotated[date, _HIRED]
"""``HiredOn`` in an answer."""
ProbationUntil = Annotated[Day | None, _PROBATION]
OnProbationUntil = Annotated[date | None, _PROBATION]
"""``ProbationUntil`` in an answer."""
LastDay = Annotated[Day, Field(description="Last day of the employment, included.", examples=["2026-06-30"])]
Note = Annotated[Prose | None, Field(description="Note for HR and auditors.", examples=["新渠道项目组"])]
Reason = Annotated[Prose, Field(description="Reason, kept in the audit trail.", examples=["个人原因"])]
OverfillReason = Annotated[
    Prose | None,
    Field(description="Reason why HR exceeds the headcount of a position; required to do so.", examples=["工作交接"]),
]
RevisionField = Annotated[int, Field(description="Revision, for `If-Match` when this is changed.", examples=[1])]


class Ending(Model):
    """The last day on which something applies."""

    valid_to: Annotated[Day, Field(description="Last day of the span, included.", examples=["2026-06-30"])]
