"""/v1/appraisal/scheme_coverage: which scheme applies to what on a day, and why (APR-02)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.library.domain import coverage
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.usecases.places import list_coverage
from services.appraisal.permissions import Overseer
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Day, Model
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/scheme_coverage", tag="schemes")


class SchemeCoverage(Model):
    """A position, unit or class of suppliers, with the version of the scheme that covers it on the day; null if none
    does.
    """

    subject_kind: SubjectKind = Field(
        description="Kind of subject. employee: a position, whose holders are appraised; unit; supplier: a class.",
        examples=["employee"],
    )
    code: str = Field(description="Code of the position or unit, or class of suppliers.", examples=["REP"])
    name: str = Field(
        description="Title of the position, name of the unit or class, in Chinese.", examples=["销售代表"]
    )
    name_en: str = Field(
        description="Title of the position, name of the unit or class, in English.", examples=["Sales representative"]
    )
    scheme_id: UUID | None = Field(description="Id of the version.", examples=["0198d5a0-0000-7000-8000-000000000002"])
    scheme_code: str | None = Field(description="Code of the scheme.", examples=["QE-SALES"])
    version: int | None = Field(description="Number of the version.", examples=[1])
    valid_from: date | None = Field(description="First day of the coverage.", examples=["2026-01-01"])
    valid_to: date | None = Field(
        description="Last day of the coverage; null if open-ended, or without a scheme.", examples=[None]
    )
    reason: str = Field(
        description="Explanation why this scheme applies, or none, in the reader's language.",
        examples=["岗位 REP 自 2026-01-01 起列入季度方案“销售岗位季度考核方案”第 1 版"],
    )

    @classmethod
    def of(cls, found: coverage.Coverage, language: Language) -> "SchemeCoverage":
        """One as the API shows it."""
        return cls(
            subject_kind=found.subject_kind,
            code=found.subject_code,
            **found.subject_name.as_fields("name"),
            scheme_id=found.scheme_id,
            scheme_code=found.scheme_code,
            version=found.version,
            valid_from=found.valid.start if found.valid else None,
            valid_to=found.valid.last if found.valid else None,
            reason=found.reason.in_language(language),
        )


@routes.get("", summary="List which scheme applies to whom")
async def list_scheme_coverage(
    caller: Overseer,
    session: Read,
    paging: PageAsked,
    language: AcceptedLanguage,
    as_of: Annotated[Day, Query(description="The day.")],
    frequency: Annotated[Frequency, Query(description="Only coverage at this frequency.")] = Frequency.QUARTER,
) -> Page[SchemeCoverage]:
    """Every position and unit in the caller's scope with the scheme that applies on a day, or none, and the reason.

    Positions and units are those published by org, as of their last day in the coming year.
    """
    found = await list_coverage(session, caller=caller, paging=paging, frequency=frequency, as_of=as_of)
    return Page[SchemeCoverage].model_validate(found.written(lambda each: SchemeCoverage.of(each, language)))
