"""/v1/appraisal/cycles: the public notice of results, and how grades are distributed (APR-12, APR-13)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.decisions.usecases import distribution, public_notice
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, Overseer
from services.appraisal.schemas import (
    CyclePath,
    GradeField,
    ResultId,
    SubjectCode,
    SubjectName,
    SubjectNameEn,
    UnitNameEn,
)
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import ExactDecimal, Id, Model
from services.kit.web.application import AcceptedLanguage, Context, Now, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/cycles", tag="results")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class PublicResult(Model):
    """A subject's grade as shown to the department."""

    result_id: ResultId
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    department_id: Id = Field(description="Department in which it is shown.", examples=[_ID])
    department_name: str | None = Field(
        description="Name of that department in the cycle's snapshot; null if it is not there.", examples=["营销中心"]
    )
    department_name_en: str | None = Field(
        description="Name of that department in English; that in Chinese where no other is entered.",
        examples=["Marketing Centre"],
    )
    unit_name: str = Field(description="Unit of the subject.", examples=["华东大区"])
    unit_name_en: UnitNameEn
    grade: GradeField


class PublicNotice(Page[PublicResult]):
    """A page of the public notice, with its days."""

    public_notice_from: date = Field(description="First day of the notice, included.", examples=["2026-04-14"])
    public_notice_to: date = Field(description="Last day of the notice, included.", examples=["2026-04-20"])


class GradeShare(Model):
    """The share of people with one grade."""

    grade: Grade = Field(description="Grade, from S down.", examples=["S"])
    count: int = Field(description="Number of people with this grade.", examples=[3])
    percent: ExactDecimal = Field(description="Share of people in percent, 2 places.", examples=["12.50"])
    cumulative: ExactDecimal = Field(
        description="Share of this grade and all better ones, in percent.", examples=["12.50"]
    )
    quota: ExactDecimal | None = Field(description="Cumulative quota in percent, if there is one.", examples=["10"])
    computed: int = Field(
        description="Number of people with this grade as computed, before any adjustment.", examples=[4]
    )
    reached: int = Field(
        description="Number of people in the quota's group who now have this grade or a better one.", examples=[3]
    )
    allowed: int | None = Field(
        description="Number of people allowed: quota × people of the group, rounded down.", examples=[2]
    )
    exceeded: bool = Field(description="Whether the allowed number is exceeded.", examples=[True])


class QuotaUnit(Model):
    """A unit whose people count towards a quota."""

    id: Id = Field(description="The unit.", examples=[_ID])
    name: str = Field(description="Name of the unit in the cycle's snapshot, in Chinese.", examples=["华东大区"])
    name_en: str = Field(description="Name of the unit in the cycle's snapshot, in English.", examples=["East Region"])


class QuotaGroup(Model):
    """The people over whom a unit's quota is counted: the unit itself; if it is small, it and its small siblings, or
    its parent.
    """

    units: list[QuotaUnit] = Field(description="Units, each with everything below it, by code.")
    people: int = Field(description="Number of people in them.", examples=[12])
    explanation: str = Field(
        description="Explanation of the choice of units and of the count, in the reader's language.",
        examples=["本单元 3 人，不足 5 人，比例按 华东大区 共 12 人合并计算。允许人数 = 比例 × 人数，舍去小数取整。"],
    )


class GradeDistribution(Model):
    """The distribution of grades over a unit's subtree."""

    unit_id: UUID | None = Field(description="Unit; null for everything that the caller oversees.", examples=[_ID])
    people: int = Field(description="Number of people counted.", examples=[24])
    shares: list[GradeShare] = Field(description="Shares by grade, the best first.")
    quota_group: QuotaGroup | None = Field(
        description="People over whom the quota is counted, within the caller's scope; null without a unit."
    )


@routes.get("/{cycle_id}/public_notice", summary="Read the public notice")
async def get_public_notice(
    cycle_id: CyclePath, caller: AnyCaller, session: Read, context: Context, now: Now, paging: PageAsked
) -> PublicNotice:
    """Names and grades in the caller's own department during the public notice; HR sees those of its units."""
    notice, found = await public_notice.get_public_notice(
        session, caller=caller, cycle_id=cycle_id, zone=context.zone, now=now, paging=paging
    )
    days = {"public_notice_from": notice.first, "public_notice_to": notice.last}
    return PublicNotice.model_validate({**found.written(PublicResult.model_validate), **days})


@routes.get("/{cycle_id}/distribution", summary="Read the distribution of grades")
async def get_grade_distribution(
    cycle_id: CyclePath,
    caller: Overseer,
    session: Read,
    language: AcceptedLanguage,
    unit_id: Annotated[
        UUID | None, Query(description="Unit whose subtree is counted; by default everything in scope.")
    ] = None,
) -> GradeDistribution:
    """The distribution of grades, as computed and now, compared with the quota of the unit's newest calibration.

    A unit with fewer people than the cycle's policy requires shares its quota with its small siblings, or uses its
    parent's.
    """
    found = await distribution.grade_distribution(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return GradeDistribution(
        unit_id=unit_id,
        people=found.people,
        shares=[GradeShare.model_validate(share) for share in found.shares],
        quota_group=None if found.group is None else _group(found.group, language),
    )


def _group(found: distribution.QuotaGroup, language: Language) -> QuotaGroup:
    units = [QuotaUnit(id=unit_id, **name.as_fields("name")) for unit_id, name in found.units.items()]
    return QuotaGroup(units=units, people=found.people, explanation=found.explanation.in_language(language))
