"""Applying templates: positions with draft role documents, authority limits, career ladders (ORG-11)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text, existing
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import NewLimit
from services.org.authority.domain.limit_change import LimitChange
from services.org.authority.usecases import limit_changes
from services.org.documents.usecases import role_documents
from services.org.documents.usecases.document_subjects import Subject
from services.org.ladders.domain.career_ladder import CareerLadder
from services.org.ladders.domain.ladder_version import Ladder
from services.org.ladders.usecases import career_ladders
from services.org.structure.domain.position import PositionFacts
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases import positions
from services.org.structure.usecases.scope import require_hr
from services.org.structure.usecases.units import UnitUnknown
from services.org.templates.domain.templates import PositionTemplate, Template, TemplateLibrary
from services.org.templates.store.templates import starter_templates


class NoAuthorities(Invalid):
    """The template carries no authority limits."""

    code = "no_authorities"
    zh = "范本“{entry}”没有可采用的权限。"
    en = "The template '{entry}' has no authorities to apply."


@dataclass(frozen=True)
class AppliedTemplate:
    """The positions and draft role documents that applying a template created."""

    position_ids: tuple[UUID, ...]
    document_ids: tuple[UUID, ...]


def library() -> TemplateLibrary:
    """The templates that come with Merit."""
    return starter_templates()


async def apply_to_unit(uow: UnitOfWork, *, unit_id: UUID, code: str, valid_from: date) -> AppliedTemplate:
    """Apply a template or a bundle to a unit: its positions from a day, and a draft document for each.

    A position's code is made of the unit's and the template's; superiors within the bundle are kept, the others report
    to the head of the unit.

    Raises:
        TemplateUnknown, UnitUnknown, OutOfScope, PositionCodeTaken, DocumentExists, ReferenceNotInForce.
    """
    parts = library().parts(code)
    unit = existing(await unit_rows.find(uow.session, unit_id), UnitUnknown)
    require_hr(uow.caller, await unit_rows.path(uow.session, unit_id, valid_from))
    documents = [] if parts.charter is None else [await _draft(uow, Subject(None, unit_id), parts.charter)]
    ids: dict[str, UUID] = {}
    for template in parts.positions:
        if template.position is not None:
            facts = _facts(template, template.position, unit_id, ids)
            position_code = f"{unit.code}-{template.code}"[:64]
            ids[template.code] = await positions.create(uow, code=position_code, facts=facts, valid_from=valid_from)
            documents.append(await _draft(uow, Subject(ids[template.code], None), template))
    await uow.audit(
        "org.template.applied",
        subject=("unit", unit_id),
        after={"code": code, "valid_from": valid_from, "positions": list(ids)},
    )
    return AppliedTemplate(tuple(ids.values()), tuple(documents))


async def apply_to_position(uow: UnitOfWork, *, position_id: UUID, code: str, valid_from: date) -> list[LimitChange]:
    """Propose all authority limits that a template carries for a position, from a day.

    Raises:
        TemplateUnknown, NoAuthorities, and what ``limit_changes.propose`` raises.
    """
    document = library().entry(code).document
    if not document.authorities:
        expected = Text("带有权限的范本", "a template with authorities")
        raise NoAuthorities(entry=code, field_errors=[FieldError("/code", code, expected)])
    proposed = []
    for authority in document.authorities:
        wanted = NewLimit(authority.authority_type, authority.limit, Period(valid_from), f"templates/{code}")
        proposed.append(await limit_changes.propose(uow, position_id=position_id, wanted=wanted))
    return proposed


async def apply_ladder(uow: UnitOfWork, *, template: str, code: str | None, valid_from: date) -> Ladder:
    """Create a career ladder from a template, under its own code or another.

    Raises:
        TemplateUnknown, OutOfScope, LadderCodeTaken.
    """
    found = library().ladder(template)
    ladder = CareerLadder(code or found.code, found.name, found.steps)
    wanted = career_ladders.Wanted(ladder, valid_from, f"templates/{template}")
    return await career_ladders.create(uow, wanted=wanted)


def _facts(template: Template, position: PositionTemplate, unit_id: UUID, ids: dict[str, UUID]) -> PositionFacts:
    return PositionFacts(
        title=template.document.title.zh,
        title_en=template.document.title.en,
        unit_id=unit_id,
        track=position.track,
        grade=position.grade,
        headcount=position.headcount,
        reports_to_id=ids.get(position.reports_to) if position.reports_to else None,
        core_talent=position.core_talent,
    )


async def _draft(uow: UnitOfWork, subject: Subject, template: Template) -> UUID:
    version = await role_documents.draft(uow, subject=subject, parent_id=None, content=template.document)
    return version.document_id
