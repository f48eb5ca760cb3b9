"""Templates of departments, positions and career ladders, and their application (ORG-11)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.kit.database.codec import DomainModel
from services.kit.fields import CodeText, Day, Id, Model
from services.kit.web.routing import located, router
from services.org.authority.api.authority_limit_changes import PATH as CHANGES
from services.org.authority.api.authority_limit_changes import AuthorityLimitChange, limit_change
from services.org.documents.api.role_documents import Content
from services.org.documents.domain.role_document import SubjectKind
from services.org.ladders.api.career_ladder_steps import BilingualLabel, LadderStep, steps_shown
from services.org.ladders.api.career_ladders import AS_OF_ITS_DAY, CareerLadder, ladder_shown
from services.org.permissions import AuthoritySetterUnitOfWork, CompanyHrUnitOfWork, HrUnitOfWork, Reader
from services.org.schemas import Bilingual
from services.org.structure.domain.position import Track
from services.org.templates.domain.templates import Group
from services.org.templates.domain.templates import Template as TemplateOfLibrary
from services.org.templates.usecases import templates

routes = router("/v1/org/templates", tag="templates")
ladder_templates = router("/v1/org/career_ladder_templates", tag="templates")
of_units = router("/v1/org/units", tag="units")
of_limits = router(CHANGES, tag="authority_limits")
of_ladders = router("/v1/org/career_ladders", tag="career_ladders")

Code = Annotated[str, Path(description="Code of the template.", examples=["seven_manager"])]
VALID_FROM = Field(description="First day of the span.", examples=["2026-02-01"])


class PositionTemplate(Model):
    """The properties of a position that are not in its document."""

    track: Track = Field(description="Track: management or professional.", examples=["management"])
    grade: str = Field(description="Grade of the position.", examples=["M2"])
    headcount: int = Field(description="Planned number of people.", examples=[1])
    reports_to: str | None = Field(
        description="Code of the template of the position to which it reports.", examples=["seven_manager"]
    )
    core_talent: bool = Field(description="Whether it is a position of core talent.", examples=[True])


class TemplateSummary(DomainModel):
    """A template without its document."""

    code: str = Field(description="Code of the template.", examples=["seven_manager"])
    group: Group = Field(description="What it is for.", examples=["department_of_seven"])
    subject: SubjectKind = Field(description="Kind of subject that its document describes.", examples=["position"])
    title: Bilingual = Field(description="Title in both languages.", examples=[{"zh": "市场经理", "en": "Manager"}])
    position: PositionTemplate | None = Field(description="Position; null for charters of units.")


class Template(TemplateSummary):
    """A template with its document."""

    document: Content = Field(description="Role document, in both languages.")


class TemplateBundle(Model):
    """A department template with its positions, applied in one request."""

    code: str = Field(description="Code of the bundle.", examples=["department_of_seven"])
    name: Bilingual = Field(description="Name in both languages.", examples=[{"zh": "七岗市场部", "en": "Seven"}])
    summary: Bilingual = Field(
        description="Description of the contents.", examples=[{"zh": "七个岗位", "en": "Seven positions"}]
    )
    charter: str | None = Field(description="Template of the unit's charter.", examples=["charter_marketing"])
    positions: list[str] = Field(description="Templates of its positions, superiors first.")


class TemplateLibrary(Model):
    """All templates that can be applied to a unit."""

    entries: list[TemplateSummary] = Field(description="Templates.")
    bundles: list[TemplateBundle] = Field(description="Bundles.")


class CareerLadderTemplate(Model):
    """A career ladder to start from."""

    code: str = Field(description="Code of the template.", examples=["marketing"])
    name: BilingualLabel = Field(description="Name in both languages.", examples=[{"zh": "市场", "en": "Marketing"}])
    steps: list[LadderStep] = Field(description="Steps, from lower to higher in each track.")


class TemplateApplication(Model):
    """The template or bundle to apply, and its first day."""

    code: CodeText = Field(description="Code of the template or bundle.", examples=["department_of_seven"])
    valid_from: Day = VALID_FROM


class AppliedTemplate(Model):
    """The records created from a template."""

    position_ids: list[Id] = Field(description="Ids of the new positions, superiors first.")
    document_ids: list[Id] = Field(description="Ids of the new draft role documents.")


class AuthorityTemplateApplication(Model):
    """A template of authority limits to be applied to a position."""

    position_id: Id = Field(description="Position.")
    code: CodeText = Field(description="Code of the template.", examples=["seven_manager"])
    valid_from: Day = VALID_FROM


class ProposedAuthorityLimits(Model):
    """The limits proposed from a template."""

    changes: list[AuthorityLimitChange] = Field(description="Proposed limits, each to be released by another person.")


class LadderTemplateApplication(Model):
    """A career ladder to be created from a template."""

    template: CodeText = Field(description="Code of the template.", examples=["marketing"])
    code: CodeText | None = Field(
        default=None, description="Another code for the ladder; the template's by default.", examples=["marketing_cn"]
    )
    valid_from: Day = VALID_FROM


@routes.get("", summary="List templates")
async def list_templates(_caller: Reader) -> TemplateLibrary:
    """All templates and bundles."""
    library = templates.library()
    bundles = [
        TemplateBundle(
            code=each.code,
            name=Bilingual.model_validate(each.name),
            summary=Bilingual.model_validate(each.summary),
            charter=each.charter,
            positions=list(each.positions),
        )
        for each in library.bundles
    ]
    return TemplateLibrary(entries=[_summary(entry) for entry in library.entries], bundles=bundles)


@routes.get("/{code}", summary="Get a template")
async def get_template(code: Code, _caller: Reader) -> Template:
    """A template with its document, in both languages."""
    entry = templates.library().entry(code)
    return Template(**dict(_summary(entry)), document=entry.document)


@ladder_templates.get("", summary="List career ladder templates")
async def list_career_ladder_templates(_caller: Reader) -> list[CareerLadderTemplate]:
    """The career ladder templates supplied with Merit."""
    return [
        CareerLadderTemplate(
            code=ladder.code, name=BilingualLabel.model_validate(ladder.name), steps=steps_shown(ladder.steps)
        )
        for ladder in templates.library().ladders
    ]


@of_units.post("/{unit_id}/apply_template", status_code=201, summary="Apply a template to a unit")
@located("/v1/org/positions?unit_id={unit_id}&as_of={body.valid_from}")
async def apply_template(
    unit_id: Annotated[UUID, Path(description="The unit.")],
    body: TemplateApplication,
    uow: HrUnitOfWork,
) -> AppliedTemplate:
    """Creates the positions of a template or bundle in a unit, with a draft role document for each."""
    applied = await templates.apply_to_unit(uow, unit_id=unit_id, code=body.code, valid_from=body.valid_from)
    return AppliedTemplate.model_validate(applied)


@of_limits.post("/apply_template", status_code=201, summary="Propose the authority limits of a template")
@located(f"{CHANGES}?position_id={{body.position_id}}")
async def apply_authority_template(
    body: AuthorityTemplateApplication, uow: AuthoritySetterUnitOfWork
) -> ProposedAuthorityLimits:
    """Proposes the limits of a template for a position. For HR and executives over its unit, but not for one's own
    position; another of them releases each.
    """
    changes = await templates.apply_to_position(
        uow, position_id=body.position_id, code=body.code, valid_from=body.valid_from
    )
    return ProposedAuthorityLimits(changes=[limit_change(each) for each in changes])


@of_ladders.post("/apply_template", status_code=201, summary="Create a career ladder from a template")
@located(AS_OF_ITS_DAY)
async def apply_career_ladder_template(body: LadderTemplateApplication, uow: CompanyHrUnitOfWork) -> CareerLadder:
    """Creates a career ladder from a template, under its own code or another. For HR over the whole organisation."""
    return ladder_shown(await templates.apply_ladder(uow, **dict(body)))


def _summary(entry: TemplateOfLibrary) -> TemplateSummary:
    position = entry.position
    return TemplateSummary(
        code=entry.code,
        group=entry.group,
        subject=entry.document.subject,
        title=Bilingual.model_validate(entry.document.title),
        position=None if position is None else PositionTemplate.model_validate(position),
    )
