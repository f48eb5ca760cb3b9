"""/v1/appraisal/schemes: what positions, units and suppliers are appraised on (APR-02)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.api.scheme_parts import FeedbackRules, GradeCutoffs, NewSection, SchemeSection
from services.appraisal.library.domain.scheme import COVERED_BY, Frequency, SubjectKind
from services.appraisal.library.domain.scheme_draft import SchemeDraft
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.library.usecases import schemes, weight_review
from services.appraisal.permissions import HrUnitOfWork, Librarian
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, Day, ExactDecimal, Label, Model, Prose
from services.kit.result_uses import ResultUse
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/schemes", tag="schemes")


class SchemeContent(Model):
    """The content of a version of a scheme."""

    name: Label = Field(description="Name in Chinese.", examples=["销售岗位季度考核方案"])
    name_en: Label = Field(description="Name in English.", examples=["Quarterly scheme for sales"])
    subject_kind: SubjectKind = Field(
        default=SubjectKind.EMPLOYEE, description="Kind of subject: employee, unit or supplier.", examples=["employee"]
    )
    frequency: Frequency = Field(default=Frequency.QUARTER, description="Frequency of appraisal.", examples=["quarter"])
    positions: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list,
        description="Codes of the positions covered, if employees are appraised.",
        examples=[["REP"]],
    )
    units: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list, description="Codes of the units covered, if units are appraised.", examples=[[]]
    )
    supplier_classes: Annotated[list[SupplierClass], Field(max_length=3)] = Field(
        default_factory=list, description="Classes of the suppliers covered, if suppliers are appraised.", examples=[[]]
    )
    sections: Annotated[list[NewSection], Field(min_length=1, max_length=20)] = Field(
        description="Sections of the form; their weights sum to 100."
    )
    feedback: FeedbackRules = Field(
        default_factory=FeedbackRules, description="Weights of the relations, and the smallest group of 360 feedback."
    )
    grades: GradeCutoffs = Field(default_factory=GradeCutoffs, description="Lowest total for each grade.")
    missing_inputs: Literal["block", "exclude"] = Field(
        default="block",
        description="Effect of a missing actual at scoring: block the cycle, or exclude the item.",
        examples=["block"],
    )
    adjustment_limit: ExactDecimal = Field(
        default=Decimal(10),
        description="Limit of the sum of a form's adjustments, ±, in points.",
        examples=["10"],
    )
    result_uses: Annotated[list[ResultUse], Field(max_length=len(ResultUse))] = Field(
        default_factory=list, description="Uses of the results, in any order.", examples=[["bonus", "training"]]
    )

    @property
    def subjects(self) -> list[str]:
        """The codes of the positions, units or classes of suppliers covered."""
        covered: list[str] = getattr(self, COVERED_BY[self.subject_kind])
        return covered

    def draft(self, code: str) -> SchemeDraft:
        """The same for the domain, for the scheme of that code."""
        return SchemeDraft(
            code=code,
            name=Text(self.name, self.name_en),
            subject_kind=self.subject_kind,
            frequency=self.frequency,
            sections=tuple(section.draft() for section in self.sections),
            feedback=self.feedback.policy(),
            grades=self.grades.scale(),
            missing_inputs=self.missing_inputs,
            adjustment_limit=self.adjustment_limit,
            result_uses=tuple(use for use in ResultUse if use in self.result_uses),
        )


class NewScheme(SchemeContent):
    """A scheme, or the next version of the scheme with this code, which then ends the day before."""

    code: CodeText = Field(description="Code of the scheme.", examples=["QE-SALES"])
    valid_from: Day = Field(description="First day on which it applies.", examples=["2026-01-01"])


class Scheme(Model):
    """One version of a scheme."""

    id: UUID = Field(description="Id of this version.", examples=["0198d5a0-0000-7000-8000-000000000002"])
    code: str = Field(description="Code of the scheme.", examples=["QE-SALES"])
    version: int = Field(description="Number of this version, from 1.", examples=[1])
    name: str = Field(description="Name in Chinese.", examples=["销售岗位季度考核方案"])
    name_en: str = Field(description="Name in English.", examples=["Quarterly scheme for sales"])
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    frequency: Frequency = Field(description="Frequency of appraisal.", examples=["quarter"])
    valid_from: date = Field(description="First day on which it applies.", examples=["2026-01-01"])
    valid_to: date | None = Field(
        description="Last day on which it applies; null if open-ended.", examples=["2026-06-30"]
    )
    positions: list[str] = Field(description="Codes of the positions covered.", examples=[["REP"]])
    units: list[str] = Field(description="Codes of the units covered.", examples=[[]])
    supplier_classes: list[SupplierClass] = Field(description="Classes of the suppliers covered.", examples=[[]])
    sections: list[SchemeSection] = Field(description="Sections of the form in order.")
    feedback: FeedbackRules = Field(description="Weights of the relations, and the smallest group of 360 feedback.")
    grades: GradeCutoffs = Field(description="Lowest total for each grade.")
    missing_inputs: Literal["block", "exclude"] = Field(
        description="Effect of a missing actual at scoring: block the cycle, or exclude the item.", examples=["block"]
    )
    adjustment_limit: ExactDecimal = Field(
        description="Limit of the sum of a form's adjustments, ±, in points.", examples=["10"]
    )
    result_uses: list[ResultUse] = Field(description="Uses of the results.", examples=[["bonus", "training"]])

    superseded_at: datetime | None = Field(
        description="Time since which another version has replaced it; null if it was not replaced.", examples=[None]
    )

    reviewed_on: date | None = Field(
        description="Day on which somebody last confirmed its weights; null: not yet.", examples=[None]
    )
    review_due_on: date | None = Field(
        description="Day from which the half-yearly review of its weights is due; null for versions with an end.",
        examples=["2026-07-01"],
    )

    @classmethod
    def of(cls, version: SchemeVersion) -> "Scheme":
        """A scheme's version as the API shows it."""
        scheme, grades = version.scheme, version.scheme.grades
        covered = {
            field: list(version.subjects) if kind is scheme.subject_kind else [] for kind, field in COVERED_BY.items()
        }
        return cls(
            id=version.id,
            code=scheme.code,
            version=scheme.version,
            name=scheme.name.zh,
            name_en=scheme.name.en,
            subject_kind=scheme.subject_kind,
            frequency=scheme.frequency,
            valid_from=version.valid.start,
            valid_to=version.valid.last,
            positions=covered["positions"],
            units=covered["units"],
            supplier_classes=[SupplierClass(each) for each in covered["supplier_classes"]],
            sections=[SchemeSection.of(section) for section in scheme.sections],
            feedback=FeedbackRules.of(scheme.feedback),
            grades=GradeCutoffs(s=grades.s, a=grades.a, b=grades.b, c=grades.c),
            missing_inputs=scheme.missing_inputs,
            adjustment_limit=scheme.adjustment_limit,
            result_uses=list(scheme.result_uses),
            superseded_at=version.superseded_at,
            reviewed_on=version.reviewed_on,
            review_due_on=version.review_due_on,
        )


class WeightConfirmation(Model):
    """The outcome of a half-yearly review that changes nothing."""

    reason: Prose = Field(description="Why the weights stay as they are.", examples=["半年复核，权重仍适用"])


@routes.post("", summary="Add a scheme or its next version", status_code=201)
async def create_scheme(body: NewScheme, uow: HrUnitOfWork) -> Scheme:
    """Adds a scheme or its next version.

    Weights have to sum to exactly 100 at each level. HR over some units can cover only positions and units within
    them, and no suppliers.
    """
    draft = body.draft(body.code)
    version = await schemes.create(uow, draft=draft, valid_from=body.valid_from, subjects=body.subjects)
    return Scheme.of(version)


@routes.get("", summary="List versions of schemes")
async def list_schemes(
    _: Librarian,
    session: Read,
    paging: PageAsked,
    code: Annotated[str | None, Query(max_length=64, description="Only versions of this scheme.")] = None,
    subject: Annotated[
        str | None,
        Query(
            max_length=64,
            description="Only schemes that cover the position, unit or class of suppliers with this code.",
        ),
    ] = None,
    frequency: Annotated[Frequency | None, Query(description="Only schemes of this frequency.")] = None,
    as_of: Annotated[Day | None, Query(description="Only versions that apply on this day.")] = None,
) -> Page[Scheme]:
    """Versions of schemes by code and number."""
    found = await schemes.list_versions(
        session, paging=paging, code=code, subject=subject, frequency=frequency, as_of=as_of
    )
    return Page[Scheme].model_validate(found.written(Scheme.of))


@routes.get("/{scheme_id}", summary="Read one version of a scheme")
async def get_scheme(
    scheme_id: Annotated[UUID, Path(description="Id of the version.")], _: Librarian, session: Read
) -> Scheme:
    """One version of a scheme, as used by its forms."""
    return Scheme.of(await schemes.get(session, scheme_id))


@routes.post("/{scheme_id}/confirm_weights", summary="Confirm the weights of a scheme")
async def confirm_scheme_weights(
    scheme_id: Annotated[UUID, Path(description="Id of the version whose weights were reviewed.")],
    body: WeightConfirmation,
    uow: HrUnitOfWork,
) -> Scheme:
    """Keeps the weights of the newest version for another half year; to change them, add a version."""
    return Scheme.of(await weight_review.confirm_weights(uow, scheme_id=scheme_id, reason=body.reason))
