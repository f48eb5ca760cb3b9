"""/v1/appraisal/cycles/{id}/exclusions: who is not appraised, and why (APR-04)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES, Exclusion
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.usecases import exclusions
from services.appraisal.permissions import Overseer
from services.appraisal.schemas import CyclePath, Reason, SubjectName, SubjectNameEn
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Model
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/cycles", tag="cycles")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
ExclusionReason = Literal[
    "no_main_assignment",
    "left_in_the_period",
    "too_few_days",
    "no_scheme",
    "no_unit",
    "not_classified",
    "recorded_after_opening",
    "taken_out",
]


class CycleExclusion(Model):
    """A subject that is not appraised, with the reason."""

    subject_kind: SubjectKind = Field(description="Kind of subject.", examples=["employee"])
    subject_id: UUID = Field(description="Id of the employee, unit or supplier.", examples=[_ID])
    subject_code: str = Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    reason: ExclusionReason = Field(description="Reason for the exclusion, as a code.", examples=["no_main_assignment"])
    reason_text: str = Field(description="Reason in the reader's language.", examples=["期内无主岗"])
    note: str | None = Field(description="Note of the person who excluded them.", examples=[None])
    decided_by_name: str | None = Field(
        description="Name of the person who excluded them; null if the cycle's rules did.", examples=[None]
    )
    decided_at: datetime | None = Field(description="Time of the exclusion.", examples=[None])

    @classmethod
    def of(cls, exclusion: Exclusion, language: Language) -> "CycleExclusion":
        """An exclusion as the API shows it."""
        text = EXCLUSION_NAMES[exclusion.reason].in_language(language)
        return cls.model_validate({**vars(exclusion), "reason_text": text})


class SubjectExclusionRequest(Model):
    """A subject to exclude from the cycle, with the reason."""

    subject_kind: SubjectKind = Field(
        default=SubjectKind.EMPLOYEE, description="Kind of subject: employee, unit or supplier.", examples=["employee"]
    )
    subject_id: UUID = Field(description="Id of the employee, unit or supplier.", examples=[_ID])
    reason: Reason


@routes.get("/{cycle_id}/exclusions", summary="List exclusions from a cycle")
async def list_cycle_exclusions(
    cycle_id: CyclePath,
    caller: Overseer,
    session: Read,
    paging: PageAsked,
    language: AcceptedLanguage,
    reason: Annotated[ExclusionReason | None, Query(description="Only exclusions for this reason.")] = None,
) -> Page[CycleExclusion]:
    """Subjects who are not appraised in this cycle, with the reasons."""
    found = await exclusions.list_exclusions(session, caller=caller, cycle_id=cycle_id, reason=reason, paging=paging)
    return Page[CycleExclusion].model_validate(found.written(lambda each: CycleExclusion.of(each, language)))
