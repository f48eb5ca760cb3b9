"""Fields that several requests and responses of appraisal share, each described once."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.appraisal.library.domain.grade import Grade
from services.kit.fields import ExactDecimal, Model, Prose

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"

AppealPath = Annotated[UUID, Path(description="Id of the appeal.", examples=[_ID])]
CalibrationPath = Annotated[UUID, Path(description="Id of the calibration.", examples=[_ID])]
CorrectionPath = Annotated[UUID, Path(description="Id of the correction.", examples=[_ID])]
CyclePath = Annotated[UUID, Path(description="Id of the cycle.", examples=[_ID])]
FormPath = Annotated[UUID, Path(description="Id of the form.", examples=[_ID])]
RatingFormPath = Annotated[UUID, Path(description="Id of the rating form.", examples=[_ID])]
ResultPath = Annotated[UUID, Path(description="Id of the result.", examples=[_ID])]

CycleId = Annotated[UUID, Field(description="Id of the cycle.", examples=[_ID])]
CycleCode = Annotated[str, Field(description="Code of the cycle.", examples=["2026-Q1"])]
CycleName = Annotated[str, Field(description="Name of the cycle.", examples=["2026 年第一季度考核"])]
FormId = Annotated[UUID, Field(description="Id of the form.", examples=[_ID])]
ResultId = Annotated[UUID, Field(description="Id of the result.", examples=[_ID])]
ResultVersion = Annotated[
    int, Field(ge=1, description="Version of the result; each decision about it creates a new one.", examples=[1])
]
SubjectId = Annotated[UUID, Field(description="Employee or unit that is appraised.", examples=[_ID])]
SubjectCode = Annotated[str, Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])]
SubjectName = Annotated[str, Field(description="Name of the subject.", examples=["周雨桐"])]
SubjectNameEn = Annotated[
    str,
    Field(
        description="Name of the subject in English; that in Chinese for people, suppliers and units without another.",
        examples=["周雨桐"],
    ),
]
UnitId = Annotated[UUID, Field(description="Unit of the subject's last form in the cycle.", examples=[_ID])]
UnitName = Annotated[str, Field(description="Name of that unit.", examples=["华东大区"])]
UnitNameEn = Annotated[
    str,
    Field(
        description="Name of that unit in English; that in Chinese where no other is entered.", examples=["East Region"]
    ),
]
PositionTitleEn = Annotated[
    str | None,
    Field(
        description="Title of the position in English; that in Chinese where no other is entered.",
        examples=["Sales representative"],
    ),
]
RevisionField = Annotated[
    int, Field(description="Revision of the record, for `If-Match` at the next change.", examples=[1])
]
Reason = Annotated[Prose, Field(description="Reason, kept and shown with the decision.", examples=["系统故障属实"])]
GradeField = Annotated[Grade, Field(description="Grade, from S (best) to D.", examples=["A"])]
Points = Annotated[ExactDecimal, Field(description="Total score in points, as text.", examples=["98.41"])]
PersonId = Annotated[UUID, Field(description="Account of the person.", examples=[_ID])]
PersonName = Annotated[str, Field(description="Name of the person.", examples=["林晓燕"])]
ActedAt = Annotated[datetime, Field(description="Time at which this was done.", examples=["2026-04-15T02:30:00Z"])]
FirstDay = Annotated[date, Field(description="First day, included.", examples=["2026-01-01"])]
LastDay = Annotated[date, Field(description="Last day of the span, included.", examples=["2026-03-31"])]


class DecisionReason(Model):
    """The reason for a decision."""

    reason: Reason
