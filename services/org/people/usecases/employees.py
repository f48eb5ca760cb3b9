"""People: hire, correct, rehire; asked for as of any date (ORG-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.codec import fields_of
from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork
from services.org.people.domain.employee import EmployeeSummary
from services.org.people.store import employees as rows
from services.org.people.store.tables import EmployeeRow, EmploymentRow
from services.org.structure.store import structure
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import require_hr


class EmployeeUnknown(NotFound):
    """There is no such person on that day."""

    code = "employee_unknown"
    zh = "找不到该员工，或其在所查日期不在职，或您无权查看。"
    en = "There is no such employee on that day, or you may not see them."


class EmployeeNumberTaken(Conflict):
    """Somebody else has or had this number."""

    code = "employee_number_taken"
    zh = "工号“{found}”已被使用，请换一个。"
    en = "The employee number '{found}' is taken; choose another one."


class StillEmployed(Conflict):
    """A person cannot be hired for days on which he already works here."""

    code = "still_employed"
    zh = "该员工在 {day} 已在职，请核对日期。"
    en = "The person is already employed on {day}; check the date."


class NotEmployed(Conflict):
    """The person does not work here on that day."""

    code = "not_employed"
    zh = "该员工在 {day} 不在职，请核对日期。"
    en = "The person is not employed on {day}; check the date."


class ProbationOutside(Invalid):
    """Probation must end while the person works here."""

    code = "probation_outside"
    zh = "试用期截止日须在在职期间内。"
    en = "Probation must end within the employment."


@dataclass(frozen=True)
class Hire:
    """The start of an employment. ``probation_until`` is its last day, None without probation."""

    hired_on: date
    probation_until: date | None = None

    def __post_init__(self) -> None:
        """Raises ProbationOutside."""
        if self.probation_until is not None and self.probation_until < self.hired_on:
            expected = Text(f"不早于 {self.hired_on}", f"not before {self.hired_on}")
            raise ProbationOutside(field_errors=[FieldError("/probation_until", str(self.probation_until), expected)])


async def hire(uow: UnitOfWork, *, number: str, name: str, email: str | None, start: Hire) -> UUID:
    """Take on somebody who never worked here; the first seat follows as an assignment.

    Raises:
        EmployeeNumberTaken: somebody else has it.
    """
    await structure.share(uow.session)  # before the number: an import that gives it out holds the structure first
    if await rows.number_taken(uow.session, number):
        expected = Text("未使用的工号", "a number not in use")
        raise EmployeeNumberTaken(found=number, field_errors=[FieldError("/number", number, expected)])
    row = EmployeeRow(number=number, name=name, email=email, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    _employ(uow.session, row.id, start)
    await uow.record(
        "org.employee.hired",
        subject=("employee", row.id),
        after={"number": number, "name": name, **fields_of(start)},
        data={"hired_on": start.hired_on},
    )
    return row.id


async def correct(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int,
    changes: Mapping[str, object],
) -> None:
    """Set name, email or the end of the present probation.

    Raises:
        EmployeeUnknown, Stale, NotEmployed, ProbationOutside, OutOfScope.
    """
    await structure.share(uow.session)
    row = await for_update(uow.session, employee_id)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, uow.today))
    structure.touch(row, expected_revision)
    before: dict[str, object] = {name: getattr(row, name) for name in changes if name != "probation_until"}
    if "probation_until" in changes:
        employment = await employment_on(uow.session, employee_id, uow.today)
        before["probation_until"] = employment.probation_until
        until = changes["probation_until"]
        if isinstance(until, date) and not period(employment.valid).contains(until):
            expected = Text("在职期间内的日期", "a day within the employment")
            raise ProbationOutside(field_errors=[FieldError("/probation_until", str(until), expected)])
        employment.probation_until = until if isinstance(until, date) else None
    if "name" in changes:
        row.name = str(changes["name"])
    if "email" in changes:
        row.email = None if changes["email"] is None else str(changes["email"])
    await uow.record("org.employee.changed", subject=("employee", employee_id), before=before, after=changes)


async def rehire(
    uow: UnitOfWork,
    *,
    employee_id: UUID,
    expected_revision: int | None,
    start: Hire,
) -> None:
    """Take somebody on again; the earlier employment and its assignments stay as they were.

    Raises:
        EmployeeUnknown, Stale, StillEmployed, OutOfScope.
    """
    await structure.share(uow.session)
    row = await for_update(uow.session, employee_id)
    require_hr(uow.caller, await rows.unit_path(uow.session, employee_id, start.hired_on))
    structure.touch(row, expected_revision)
    for employed in await rows.employed(uow.session, employee_id):
        shared = employed.overlap(Period(start.hired_on))
        if shared is not None:
            expected = Text("上次离职之后的日期", "a day after the last employment")
            raise StillEmployed(day=shared.start, field_errors=[FieldError("/hired_on", str(start.hired_on), expected)])
    _employ(uow.session, employee_id, start)
    await uow.record(
        "org.employee.hired",
        subject=("employee", employee_id),
        after=fields_of(start),
        data={"hired_on": start.hired_on},
    )


async def for_update(session: WriteSession, employee_id: UUID) -> EmployeeRow:
    """A person, locked so that nobody else changes employment or assignments meanwhile.

    Raises:
        EmployeeUnknown: there is none of this id.
    """
    row = await rows.find_for_update(session, employee_id)
    if row is None:
        raise EmployeeUnknown
    return row


async def one(session: ReadSession, *, employee_id: UUID, day: date) -> EmployeeSummary:
    """A person as of ``day``, with the main seat.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    found = await rows.one(session, employee_id, day)
    if found is None:
        raise EmployeeUnknown
    return found


async def listed(
    session: ReadSession, *, day: date, paging: Paging, number: str | None = None, unit_id: UUID | None = None
) -> Rows[EmployeeSummary]:
    """People employed on ``day``, by number; those of one number, or whose main seat is beneath a unit."""
    if number is None and unit_id is None:
        return await rows.EVERYBODY.page(session, paging, day=day)
    path = None if unit_id is None else await unit_rows.path(session, unit_id, day)
    return await rows.listing(number=number, path=path).page(session, paging, day=day)


async def employments(
    session: ReadSession, *, caller: Caller, employee_id: UUID, today: date
) -> list[EmploymentRow] | None:
    """When a person worked here; None for a caller who is neither the person, nor HR over him today, nor an auditor."""
    is_privy = caller.employee_id == employee_id or caller.has_over((), Role.HR, Role.AUDITOR)
    if not is_privy and caller.has(Role.HR, Role.AUDITOR):
        is_privy = caller.has_over(await rows.unit_path(session, employee_id, today), Role.HR, Role.AUDITOR)
    return await rows.employments(session, employee_id) if is_privy else None


def _employ(session: WriteSession, employee_id: UUID, start: Hire) -> None:
    span = days(Period(start.hired_on))
    session.add(EmploymentRow(employee_id=employee_id, valid=span, probation_until=start.probation_until))


async def employment_on(session: WriteSession, employee_id: UUID, day: date) -> EmploymentRow:
    """The period of work of a person that has ``day``.

    Raises:
        NotEmployed: there is none.
    """
    for employment in await rows.employments(session, employee_id):
        if period(employment.valid).contains(day):
            return employment
    expected = Text("在职期间内的日期", "a day on which the person works here")
    raise NotEmployed(day=day, field_errors=[FieldError("/last_day", str(day), expected)])
