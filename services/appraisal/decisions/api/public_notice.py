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
from services.appraisal.schemas import CyclePath, GradeField, ResultId, SubjectCode, SubjectName
from services.kit.errors import Language
from services.kit.fields import ExactDecimal, Id, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, Context, Now, PageAsked, Read

routes = router("/v1/appraisal/cycles", tag="results")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class PublicResult(Model):
    """A subject's grade as the department sees it."""

    result_id: ResultId
    subject_kind: SubjectKind = Field(description="Whether a person or a unit.", examples=["employee"])
    subject_code: SubjectCode
    subject_name: SubjectName
    department_id: Id = Field(description="The department in which it is shown.", examples=[_ID])
    unit_name: str = Field(description="The subject's unit.", examples=["华东大区"])
    grade: GradeField


class PublicNotice(Page[PublicResult]):
    """A page of the public notice, with its days."""

    public_notice_from: date = Field(description="First day of the notice, included.", examples=["2026-04-14"])
    public_notice_to: date = Field(description="Last day of the notice, included.", examples=["2026-04-20"])


class GradeShare(Model):
    """One grade's part of the people."""

    grade: Grade = Field(description="The grade, from S down.", examples=["S"])
    count: int = Field(description="People with this grade.", examples=[3])
    percent: ExactDecimal = Field(description="Their part in percent, 2 places.", examples=["12.50"])
    cumulative: ExactDecimal = Field(description="This grade and all better ones in percent.", examples=["12.50"])
    quota: ExactDecimal | None = Field(description="Cumulative quota in percent, if there is one.", examples=["10"])
    computed: int = Field(description="People with this grade as computed, before anybody adjusted it.", examples=[4])
    reached: int = Field(description="People of the quota's group with this grade or a better one, now.", examples=[3])
    allowed: int | None = Field(
        description="How many they may be: quota × people of the group, cut to whole people.", examples=[2]
    )
    exceeded: bool = Field(description="Whether they are more than allowed.", examples=[True])


class QuotaUnit(Model):
    """A unit whose people a quota is counted over."""

    id: Id = Field(description="The unit.", examples=[_ID])
    name: str = Field(description="Its name as the cycle froze it.", examples=["华东大区"])


class QuotaGroup(Model):
    """Whom a unit's quota is counted over: itself, or if it is small, it and its small siblings, or its parent."""

    units: list[QuotaUnit] = Field(description="The units, each with everything beneath it, by code.")
    people: int = Field(description="People in them.", examples=[12])
    explanation: str = Field(
        description="Why these, and how people are counted, in the reader's language.",
        examples=["本单元 3 人，不足 5 人，比例按 华东大区 共 12 人合并计算。允许人数 = 比例 × 人数，舍去小数取整。"],
    )


class GradeDistribution(Model):
    """How grades are distributed over a unit's subtree."""

    unit_id: UUID | None = Field(description="The unit; null for all that the caller oversees.", examples=[_ID])
    people: int = Field(description="People counted.", examples=[24])
    shares: list[GradeShare] = Field(description="One line a grade, the best first.")
    quota_group: QuotaGroup | None = Field(
        description="Whom the quota is counted over, as far as the caller's scope goes; null without a unit."
    )


@routes.get("/{cycle_id}/public_notice", summary="Read the public notice")
async def get_public_notice(
    cycle_id: CyclePath, caller: AnyCaller, session: Read, context: Context, now: Now, paging: PageAsked
) -> PublicNotice:
    """Names and grades in the caller's own department during the notice; HR sees those of their units."""
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
    unit_id: Annotated[UUID | None, Query(description="A unit's subtree; by default all in scope.")] = None,
) -> GradeDistribution:
    """How grades are distributed, computed and now, against the quota of the newest calibration about that unit.

    A unit with fewer people than the cycle's policy says shares its quota with its small siblings, or has its parent's.
    """
    found = await distribution.grade_distribution(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return GradeDistribution(
        unit_id=unit_id,
        people=found.people,
        shares=[GradeShare.model_validate(share) for share in found.shares],
        quota_group=None if found.group is None else _group(found.group, language),
    )


def _group(found: distribution.QuotaGroup, language: Language) -> QuotaGroup:
    units = [QuotaUnit(id=unit_id, name=name) for unit_id, name in found.units.items()]
    return QuotaGroup(units=units, people=found.people, explanation=found.explanation.in_language(language))
