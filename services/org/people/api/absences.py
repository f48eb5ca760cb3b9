"""Leaves of absence (ORG-07)."""

from datetime import date
from uuid import UUID

from services.kit.fields import Id, Model
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, Today
from services.org.people.api.assignments import Ending
from services.org.people.domain.absence import AbsenceKind
from services.org.people.store.tables import AbsenceRow
from services.org.people.usecases import absences
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import Days, Made, days_of

routes = router("/v1/org/absences", tag="absences")


class NewAbsence(Model):
    """Who is away, why, and from when to when; ``last_day`` null while the return is open."""

    employee_id: Id
    kind: AbsenceKind
    first_day: date
    last_day: date | None = None


class Absence(Model):
    """Somebody away for a time. ``version`` is what If-Match names when it is ended."""

    id: Id
    employee_id: Id
    kind: AbsenceKind
    valid: Days
    revision: int


@routes.post("", status_code=201)
async def record(body: NewAbsence, uow: HrUnitOfWork) -> Made:
    """Note that somebody is away and keeps the seat."""
    made = await absences.record(
        uow,
        employee_id=body.employee_id,
        kind=body.kind,
        valid=Period.closed(body.first_day, body.last_day),
    )
    return Made(id=made)


@routes.get("")
async def listed(
    session: Read, caller: Reader, paging: PageAsked, today: Today, employee_id: UUID, as_of: date | None = None
) -> Page[Absence]:
    """The absences of a person, for that person, HR and auditors."""
    found = await absences.listed(
        session, caller=caller, employee_id=employee_id, day=as_of, today=today, paging=paging
    )
    return Page[Absence](**found.written(lambda row: _absence(row.AbsenceRow)))


@routes.post("/{absence_id}/end")
async def end(absence_id: UUID, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> Made:
    """Let somebody come back earlier."""
    await absences.end(
        uow,
        absence_id=absence_id,
        expected_revision=revision,
        last_day=body.last_day,
    )
    return Made(id=absence_id)


def _absence(row: AbsenceRow) -> Absence:
    return Absence(
        id=row.id,
        employee_id=row.employee_id,
        kind=AbsenceKind(row.kind),
        valid=days_of(row.valid),
        revision=row.revision,
    )
