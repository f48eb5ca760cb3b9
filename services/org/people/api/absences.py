"""Absences (ORG-07)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model
from services.kit.periods import Period
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import located, router
from services.org.people.api.fields import (
    EXAMPLE_ID,
    AbsenceId,
    AppliesFrom,
    AppliesTo,
    EmployeeField,
    Ending,
    RevisionField,
    ValidFrom,
    ValidTo,
)
from services.org.people.domain.absence import AbsenceKind
from services.org.people.domain.directory import AbsenceEntry
from services.org.people.usecases import absences
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import PersonRef, person_ref

routes = router("/v1/org/absences", tag="absences")

Kind = Annotated[AbsenceKind, Field(description="Reason for the absence.", examples=["sick"])]


class NewAbsence(Model):
    """An absence with its reason and days; ``valid_to`` is null while the return is open."""

    employee_id: EmployeeField
    kind: Kind
    valid_from: ValidFrom
    valid_to: ValidTo = None


class Absence(Model):
    """An absence of an employee."""

    id: Annotated[Id, Field(description="Id of the absence.", examples=[EXAMPLE_ID])]
    employee: Annotated[PersonRef, Field(description="Person.")]
    kind: Kind
    valid_from: AppliesFrom
    valid_to: AppliesTo
    revision: RevisionField


@routes.post("", status_code=201, summary="Record an absence")
@located("/v1/org/absences?employee_id={employee.id}")
async def create_absence(body: NewAbsence, uow: HrUnitOfWork) -> Absence:
    """Records an absence during which the person keeps the assignment; a stand-in gets an acting assignment."""
    valid = Period.closed(body.valid_from, body.valid_to)
    absence_id = await absences.record(uow, employee_id=body.employee_id, kind=body.kind, valid=valid)
    return await _written(uow.session, absence_id)


@routes.get("", summary="List absences")
async def list_absences(
    session: Read,
    caller: Reader,
    paging: PageAsked,
    today: Today,
    employee_id: Annotated[UUID, Query(description="Only those of this employee.")],
    as_of: Annotated[Day | None, Query(description="Only absences on this day; all by default.")] = None,
) -> Page[Absence]:
    """The absences of a person. For that person, HR over them and auditors."""
    found = await absences.listed(
        session, caller=caller, employee_id=employee_id, day=as_of, today=today, paging=paging
    )
    return Page[Absence](**found.written(_absence))


@routes.post("/{absence_id}/end", summary="End an absence")
async def end_absence(absence_id: AbsenceId, body: Ending, uow: HrUnitOfWork, revision: IfMatch) -> Absence:
    """Ends an absence earlier."""
    await absences.end(uow, absence_id=absence_id, revision=revision, valid_to=body.valid_to)
    return await _written(uow.session, absence_id)


async def _written(session: Read, absence_id: UUID) -> Absence:
    return _absence(await absences.one(session, absence_id=absence_id))


def _absence(entry: AbsenceEntry) -> Absence:
    return Absence(
        id=entry.id,
        employee=person_ref(entry.employee),
        kind=entry.kind,
        valid_from=entry.valid.start,
        valid_to=entry.valid.last,
        revision=entry.revision,
    )
