"""/v1/appraisal/briefs: the monthly brief of a unit (APR-08)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.briefs.domain import brief as domain
from services.appraisal.briefs.domain.brief import BriefState
from services.appraisal.briefs.usecases import briefs
from services.appraisal.library.api.scheme_parts import UnitEn
from services.appraisal.library.domain.attainment import Unattained
from services.appraisal.permissions import AnyCaller, BriefWriter
from services.appraisal.schemas import RevisionField, UnitName, UnitNameEn
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import ExactDecimal, Model, MonthLabel, Percent, Prose
from services.kit.periods import calendar_period
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/briefs", tag="briefs")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
BriefPath = Annotated[UUID, Path(description="The brief.", examples=[_ID])]


class NewBrief(Model):
    """A brief about a month that has ended."""

    unit_id: UUID = Field(description="The unit.", examples=[_ID])
    month: MonthLabel = Field(description="The month.")


class BriefText(Model):
    """What people add to the figures; left out: as it is."""

    analysis: Prose | None = Field(
        default=None, description="What the figures mean, and why.", examples=["春节影响线索量，转化率回升。"]
    )
    measures: Prose | None = Field(
        default=None, description="Measures for the next month.", examples=["1. 4 月 10 日前完成投放复盘。"]
    )


class BriefSigning(Model):
    """What whoever signs says."""

    reason: Prose | None = Field(
        default=None,
        description="Why somebody else signs than the head; needed then.",
        examples=["部门负责人休假，由上级代签"],
    )


class BriefIndicator(Model):
    """An indicator of the unit in the month."""

    code: str = Field(description="Code of the indicator.", examples=["S01"])
    name: str = Field(description="Its name in Chinese.", examples=["销售额"])
    name_en: str = Field(description="Its name in English.", examples=["Sales"])
    unit: str = Field(description="Unit of its figures.", examples=["元"])
    unit_en: UnitEn
    actual: ExactDecimal | None = Field(description="Actual of the month.", examples=["310000"])
    so_far: ExactDecimal | None = Field(description="Actual since the cycle began.", examples=["910000"])
    target: ExactDecimal | None = Field(description="Target of the cycle.", examples=["1000000"])
    attainment: Percent | None = Field(description="Attainment so far, in percent.", examples=["91.00"])
    gap: ExactDecimal | None = Field(description="So far less target.", examples=["-90000"])
    unattained: Unattained | None = Field(
        description="Reason why there is no attainment; null if there is one.", examples=[None]
    )


class BriefObligation(Model):
    """An obligation that arose in the unit in the month, or was still open at its end."""

    title: str = Field(description="What it is about.", examples=["提交专项分析报告：华东大区“线索转化率”预警"])
    reason: str = Field(description="Why.", examples=["较上月下降：本月 8，上月 10，下降 20%，超过 15%"])
    owner_name: str | None = Field(description="Who owes it.", examples=["陈志强"])
    due_at: datetime = Field(description="The first instant that is too late.", examples=["2026-04-08T16:00:00Z"])
    late: bool = Field(description="Whether it was overdue at the end of the month.", examples=[False])
    open_at_end: bool = Field(description="Whether it was still open at the end of the month.", examples=[True])


class BriefSignature(Model):
    """Who signed."""

    name: str = Field(description="Name of whoever signed.", examples=["陈志强"])
    signed_at: datetime = Field(description="When.", examples=["2026-04-03T02:00:00Z"])
    reason: str | None = Field(description="Why it was not the head.", examples=["部门负责人休假，由上级代签"])
    hash: str = Field(description="SHA-256 of what was signed, in hexadecimal.", examples=["9f86d081884c7d65"])
    on_behalf_of: str | None = Field(
        description="Name of the head who had delegated it to whoever signed; null otherwise.", examples=[None]
    )


class Brief(Model):
    """The brief of a unit about a month."""

    id: UUID = Field(description="The brief.", examples=[_ID])
    unit_id: UUID = Field(description="The unit.", examples=[_ID])
    unit_code: str = Field(description="Its code.", examples=["D12"])
    unit_name: UnitName
    unit_name_en: UnitNameEn
    month: MonthLabel = Field(description="The month.")
    head_id: UUID | None = Field(description="The head when it was drafted; null: none.", examples=[_ID])
    head_name: str | None = Field(description="Name of the head.", examples=["陈志强"])
    indicators: list[BriefIndicator] = Field(description="Indicators against targets.")
    obligations: list[BriefObligation] = Field(
        description="Obligations of the month in the unit and beneath it, and those still open at its end."
    )
    analysis: str = Field(description="What the figures mean; empty: nothing yet.", examples=["转化率回升。"])
    measures: str = Field(description="Measures for the next month; empty: nothing yet.", examples=["完成投放复盘。"])
    state: BriefState = Field(description="Where it stands.", examples=["drafted"])
    revision: RevisionField
    drafted_at: datetime = Field(description="When it was drafted.", examples=["2026-04-01T01:00:00Z"])
    signature: BriefSignature | None = Field(description="Who signed it; null: nobody yet.", examples=[None])


@routes.post("", status_code=201, summary="Draft a monthly brief")
async def draft_brief(body: NewBrief, uow: BriefWriter, language: AcceptedLanguage) -> Brief:
    """Draft a unit's brief about a month that has ended; the system drafts last month's by itself."""
    month = calendar_period(body.month).start
    found = await briefs.draft(uow, unit_id=body.unit_id, month=month)
    return written(found, language)


@routes.get("", summary="List monthly briefs")
async def list_briefs(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    language: AcceptedLanguage,
    today: Today,
    unit_id: Annotated[UUID | None, Query(description="Only of this unit.")] = None,
    month: Annotated[MonthLabel | None, Query(description="Only about this month.")] = None,
    state: Annotated[BriefState | None, Query(description="Only in this state.")] = None,
) -> Page[Brief]:
    """Briefs of the caller's own unit and those below, and of heads for whom the caller acts.

    HR, auditors and executives see those of their units.
    """
    first: date | None = None if month is None else calendar_period(month).start
    found = await briefs.list_briefs(
        session, caller=caller, paging=paging, unit_id=unit_id, month=first, state=state, today=today
    )
    return Page[Brief].model_validate(found.written(lambda each: written(each, language)))


@routes.get("/{brief_id}", summary="Read a monthly brief")
async def get_brief(
    brief_id: BriefPath, caller: AnyCaller, session: Read, language: AcceptedLanguage, today: Today
) -> Brief:
    """One brief."""
    return written(await briefs.read(session, caller=caller, brief_id=brief_id, today=today), language)


@routes.patch("/{brief_id}", summary="Complete a monthly brief")
async def update_brief(
    brief_id: BriefPath,
    body: BriefText,
    uow: BriefWriter,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Brief:
    """Write down what the figures mean, and the measures for the next month."""
    found = await briefs.edit(uow, brief_id=brief_id, revision=revision, analysis=body.analysis, measures=body.measures)
    return written(found, language)


@routes.post("/{brief_id}/refresh", summary="Draft the figures of a brief anew")
async def refresh_brief(brief_id: BriefPath, uow: BriefWriter, revision: IfMatch, language: AcceptedLanguage) -> Brief:
    """Take the figures as they are now; what people wrote stays."""
    return written(await briefs.refresh(uow, brief_id=brief_id, revision=revision), language)


@routes.post("/{brief_id}/sign", summary="Sign a monthly brief")
@answers_with(
    state="signed",
    signature={
        "name": "陈志强",
        "signed_at": "2026-04-03T02:00:00Z",
        "reason": None,
        "hash": "9f86d081884c7d65",
        "on_behalf_of": None,
    },
)
async def sign_brief(
    brief_id: BriefPath,
    body: BriefSigning,
    uow: BriefWriter,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Brief:
    """Sign exactly what was seen; it is archived and never changes. A superior or HR may, with a reason.

    Somebody to whom the head has delegated authority in the unit signs on the head's behalf, and the signature says so.
    """
    found = await briefs.sign(uow, brief_id=brief_id, revision=revision, reason=body.reason)
    return written(found, language)


def written(found: domain.Brief, language: Language) -> Brief:
    """A brief as the API shows it."""
    same = ("id", "unit_id", "unit_code", "analysis", "measures", "state", "revision", "drafted_at")
    return Brief(
        **{name: getattr(found, name) for name in same},
        unit_name=found.unit_name.zh,
        unit_name_en=found.unit_name.en,
        month=f"{found.month:%Y-%m}",
        head_id=found.head.employee_id,
        head_name=found.head.name,
        indicators=[
            BriefIndicator.model_validate(
                {**vars(each), **each.name.as_fields("name"), **each.measure.as_fields("unit")}
            )
            for each in found.facts.indicators
        ],
        obligations=[
            BriefObligation.model_validate(
                {**vars(each), "title": each.title.in_language(language), "reason": each.reason.in_language(language)}
            )
            for each in found.facts.obligations
        ],
        signature=None if found.signature is None else BriefSignature.model_validate(vars(found.signature)),
    )
