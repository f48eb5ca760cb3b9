"""Explicit second reporting lines (ORG-08)."""

from datetime import date
from uuid import UUID

from fastapi import Response

from services.kit.fields import Id, Model, Prose
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.people.api.assignments import Ending
from services.org.people.store.tables import DottedLineRow
from services.org.people.usecases import dotted_lines
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import Days, Made, days_of

routes = router("/v1/org/dotted_lines", tag="dotted_lines")


class NewDottedLine(Model):
    """Who reports to whom besides the solid line; ``last_day`` null is open."""

    employee_id: Id
    superior_id: Id
    first_day: date
    last_day: date | None = None
    note: Prose | None = None


class DottedLine(Model):
    """A second reporting line."""

    id: Id
    employee_id: Id
    superior_id: Id
    valid: Days
    revision: int


@routes.post("", status_code=201)
async def draw(body: NewDottedLine, uow: HrUnitOfWork) -> Made:
    """Have somebody report to a second person; for HR over the one who reports."""
    made = await dotted_lines.draw(
        uow,
        employee_id=body.employee_id,
        superior_id=body.superior_id,
        valid=Period.closed(body.first_day, body.last_day),
        note=body.note,
    )
    return Made(id=made)


@routes.get("")
async def listed(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    as_of: date | None = None,
    employee_id: UUID | None = None,
    superior_id: UUID | None = None,
) -> Page[DottedLine]:
    """Lines in the order in which they were drawn; those of a day only if it is given."""
    found = await dotted_lines.listed(
        session, paging=paging, day=as_of, employee_id=employee_id, superior_id=superior_id
    )
    return Page[DottedLine](**found.written(lambda row: _line(row.DottedLineRow)))


@routes.get("/{line_id}")
async def one(line_id: UUID, session: Read, _caller: Reader, response: Response) -> DottedLine:
    """One line."""
    found = _line(await dotted_lines.one(session, line_id=line_id))
    tag(response, found.revision)
    return found


@routes.post("/{line_id}/end")
async def end(line_id: UUID, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """End a line."""
    await dotted_lines.end(
        uow,
        line_id=line_id,
        expected_revision=revision,
        last_day=body.last_day,
    )
    return Made(id=line_id)


def _line(row: DottedLineRow) -> DottedLine:
    return DottedLine(
        id=row.id,
        employee_id=row.employee_id,
        superior_id=row.superior_id,
        valid=days_of(row.valid),
        revision=row.revision,
    )
