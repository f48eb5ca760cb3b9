"""The common parts of decisions on results: the request, and the fields that show the decision."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.appraisal.library.domain.grade import Grade
from services.appraisal.schemas import DecisionReason, ResultVersion
from services.appraisal.scoring.domain.decision import Decision
from services.kit.fields import Score

DecisionText = Annotated[str | None, Field(description="Reason for the decision; null until then.", examples=[None])]
DecidedBy = Annotated[
    UUID | None,
    Field(
        description="Account of the person who decided; null until then.",
        examples=[None],
    ),
]
DecidedByName = Annotated[
    str | None, Field(description="Name of the person who decided; null until then.", examples=[None])
]
DecidedAt = Annotated[datetime | None, Field(description="Time of the decision; null until then.", examples=[None])]
NewVersion = Annotated[
    int | None,
    Field(description="Version of the result created by the decision, if any.", examples=[None]),
]


class ResultDecision(DecisionReason):
    """The new outcome of a result: exactly one of another grade, another total, or a
    calculation from present inputs.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grade": "A", "result_version": 1, "reason": "系统故障属实"}]}
    )

    result_version: ResultVersion
    grade: Grade | None = Field(default=None, description="New grade; the total is unchanged.", examples=["A"])
    total: Score | None = Field(
        default=None, description="New total, 0 to 120; the grade follows from it.", examples=["84.99"]
    )
    rescore: bool = Field(
        default=False,
        description="Calculate again from present actuals; 360 groups are kept as counted.",
        examples=[False],
    )

    def decision(self) -> Decision:
        """The decision.

        Raises:
            OneDecision: not exactly one of the three was given.
        """
        return Decision(self.grade, self.total, self.rescore)
