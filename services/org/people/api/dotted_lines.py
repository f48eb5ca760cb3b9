"""Explicit second reporting lines (ORG-08)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model
from services.kit.periods import Period
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.org.people.api.fields import (
    EXAMPLE_ID,
    AppliesFrom,
    AppliesTo,
    DottedLineId,
    EmployeeField,
    Ending,
    Note,
    RevisionField,
    ValidFrom,
    ValidTo,
)
from services.org.people.domain.directory import DottedLineEntry
from services.org.people.usecases import dotted_lines
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import PersonRef, person_ref

routes = router("/v1/org/dotted_lines", tag="dotted_lines")


class NewDottedLine(Model):
    """A dotted reporting line to be created, in addition to the solid one."""

    employee_id: EmployeeField
    superior_id: Annotated[Id, Field(description="Id of the second superior.", examples=[EXAMPLE_ID])]
    valid_from: ValidFrom
    valid_to: ValidTo = None
    note: Note = None


class DottedLine(Model):
    """A dotted (second) reporting line."""

    id: Annotated[Id, Field(description="Id of the dotted line.", examples=[EXAMPLE_ID])]
    employee: Annotated[PersonRef, Field(description="Employee who reports.")]
    superior: Annotated[PersonRef, Field(description="Superior by the dotted line.")]
    valid_from: AppliesFrom
    valid_to: AppliesTo
    revision: RevisionField


@routes.post("", status_code=201, summary="Add a dotted line")
async def create_dotted_line(body: NewDottedLine, uow: HrUnitOfWork) -> DottedLine:
    """Creates a dotted line to a second superior. For HR over the employee who reports."""
    made = await dotted_lines.create(
        uow,
        employee_id=body.employee_id,
        superior_id=body.superior_id,
        valid=Period.closed(body.valid_from, body.valid_to),
        note=body.note,
    )
    return await _tagged(uow.session, made)


@routes.get("", summary="List dotted lines")
async def list_dotted_lines(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    as_of: Annotated[Day | None, Query(description="Only those of this day; all, past and future, by default.")] = None,
    employee_id: Annotated[UUID | None, Query(description="Only dotted lines from this employee.")] = None,
    superior_id: Annotated[UUID | None, Query(description="Only dotted lines to this superior.")] = None,
) -> Page[DottedLine]:
    """Dotted lines in the order in which they were recorded."""
    found = await dotted_lines.listed(
        session, paging=paging, day=as_of, employee_id=employee_id, superior_id=superior_id
    )
    return Page[DottedLine](**found.written(_line))


@routes.get("/{line_id}", summary="Get a dotted line")
async def get_dotted_line(line_id: DottedLineId, session: Read, _caller: Reader) -> DottedLine:
    """A dotted line."""
    return await _tagged(session, line_id)


@routes.post("/{line_id}/end", summary="End a dotted line")
async def end_dotted_line(line_id: DottedLineId, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> DottedLine:
    """Sets the last day of a dotted line."""
    await dotted_lines.end(uow, line_id=line_id, revision=revision, valid_to=body.valid_to)
    return await _tagged(uow.session, line_id)


async def _tagged(session: Read, line_id: UUID) -> DottedLine:
    found = await dotted_lines.one(session, line_id=line_id)
    return _line(found)


def _line(entry: DottedLineEntry) -> DottedLine:
    return DottedLine(
        id=entry.id,
        employee=person_ref(entry.employee),
        superior=person_ref(entry.superior),
        valid_from=entry.valid.start,
        valid_to=entry.valid.last,
        revision=entry.revision,
    )
