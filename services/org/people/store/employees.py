"""People and the periods in which they work here (ORG-07)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, Select, Uuid, and_, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database import ReadSession, WriteSession, period
from services.kit.pages import Listing
from services.kit.periods import Period
from services.org.people.domain.employee import EmployeeSummary, MainAssignment, UnitSummary
from services.org.people.store.tables import AssignmentRow, EmployeeRow, EmploymentRow
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.store.path_index import within
from services.org.structure.store.structure import DAY, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow


async def find(session: ReadSession, employee_id: UUID) -> EmployeeRow | None:
    """A person."""
    return await session.get(EmployeeRow, employee_id)


async def find_for_update(session: WriteSession, employee_id: UUID) -> EmployeeRow | None:
    """A person, locked until the transaction ends: whoever changes employment or assignments takes this lock."""
    return await session.get(EmployeeRow, employee_id, with_for_update=True)


async def number_taken(session: ReadSession, number: str) -> bool:
    """Whether somebody has this number, now or ever."""
    return (await session.execute(select(EmployeeRow.id).where(EmployeeRow.number == number))).first() is not None


_EMPLOYMENTS: Final = (
    select(EmploymentRow)
    .where(EmploymentRow.employee_id == bindparam("employee_id"))
    .order_by(func.lower(EmploymentRow.valid))
)


async def employments(session: ReadSession, employee_id: UUID) -> list[EmploymentRow]:
    """The periods of work of a person, the first first."""
    return list((await session.execute(_EMPLOYMENTS, {"employee_id": employee_id})).scalars())


async def employed(session: ReadSession, employee_id: UUID) -> list[Period]:
    """The days on which a person works here."""
    return [period(row.valid) for row in await employments(session, employee_id)]


def as_of(day: date | BindParameter[date]) -> Select[*tuple[Any, ...]]:
    """Everybody employed on ``day``, as the columns of ``summary_of``."""
    return (
        select(
            EmployeeRow.id,
            EmployeeRow.number,
            EmployeeRow.name,
            EmployeeRow.email,
            EmployeeRow.revision,
            AssignmentRow.id.label("assignment_id"),
            AssignmentRow.kind,
            PositionRow.id.label("position_id"),
            PositionRow.code.label("position_code"),
            PositionVersionRow.title,
            UnitRow.id.label("unit_id"),
            UnitRow.code.label("unit_code"),
            UnitVersionRow.name.label("unit_name"),
            UnitPathRow.path.label("unit_path"),
        )
        .join(EmploymentRow, _employed_on(day))
        .outerjoin(AssignmentRow, _mainly_in(day))
        .outerjoin(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .outerjoin(
            PositionVersionRow,
            and_(PositionVersionRow.position_id == PositionRow.id, in_force(PositionVersionRow.valid, day)),
        )
        .outerjoin(UnitRow, UnitRow.id == PositionVersionRow.unit_id)
        .outerjoin(UnitVersionRow, and_(UnitVersionRow.unit_id == UnitRow.id, in_force(UnitVersionRow.valid, day)))
        .outerjoin(UnitPathRow, and_(UnitPathRow.unit_id == UnitRow.id, in_force(UnitPathRow.valid, day)))
    )


async def main_seat(session: ReadSession, employee_id: UUID, day: date) -> Row[UUID, UUID] | None:
    """Somebody employed on ``day`` and the position of the main seat, if there is one; None if not employed then."""
    query = (
        select(EmployeeRow.id, AssignmentRow.position_id)
        .join(EmploymentRow, _employed_on(day))
        .outerjoin(AssignmentRow, _mainly_in(day))
        .where(EmployeeRow.id == employee_id)
    )
    return (await session.execute(query)).first()


def _employed_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(EmploymentRow.employee_id == EmployeeRow.id, in_force(EmploymentRow.valid, day))


def _mainly_in(day: date | BindParameter[date]) -> ColumnElement[bool]:
    seat = AssignmentRow
    return and_(
        seat.employee_id == EmployeeRow.id, seat.kind.in_([kind.value for kind in MAIN]), in_force(seat.valid, day)
    )


def summary_of(row: Sequence[Any]) -> EmployeeSummary:
    """What a row of ``as_of`` tells."""
    employee_id, number, name, email, revision, assignment_id, kind, position_id, position_code, title, *rest = row
    unit_id, unit_code, unit_name, path = rest[:4]
    if assignment_id is None:
        return EmployeeSummary(employee_id, number, name, email, revision, None)
    unit = UnitSummary(unit_id, unit_code, unit_name) if unit_name else None
    seat = MainAssignment(assignment_id, AssignmentKind(kind), position_id, position_code, title, unit, path or [])
    return EmployeeSummary(employee_id, number, name, email, revision, seat)


_ONE: Final = as_of(DAY).where(EmployeeRow.id == bindparam("employee_id"))
_THESE: Final = as_of(DAY).where(EmployeeRow.id == any_(bindparam("employee_ids", type_=ARRAY(Uuid))))


async def one(session: ReadSession, employee_id: UUID, day: date) -> EmployeeSummary | None:
    """A person on ``day``, None if not employed then."""
    row = (await session.execute(_ONE, {"employee_id": employee_id, "day": day})).first()
    return None if row is None else summary_of(row)


async def these(session: ReadSession, employee_ids: Sequence[UUID], day: date) -> list[EmployeeSummary]:
    """People on ``day``, in the order of their ids given; all must be employed then."""
    found = await session.execute(_THESE, {"employee_ids": employee_ids, "day": day})
    known = {row[0]: summary_of(row) for row in found}
    return [known[employee_id] for employee_id in employee_ids]


def listing(*, number: str | None = None, path: Sequence[UUID] | None = None) -> Listing[EmployeeSummary]:
    """People employed on ``day``, by number; those of one number, or with the main seat in or beneath a unit."""
    query = as_of(DAY)
    if number is not None:
        query = query.where(EmployeeRow.number == number)
    if path is not None:
        query = query.where(within(UnitPathRow, path))
    return Listing(query, [EmployeeRow.number], summary_of)


EVERYBODY: Final = listing()


async def refs(session: ReadSession, employee_ids: Iterable[UUID]) -> dict[UUID, EmployeeRow]:
    """Several people by id."""
    query = select(EmployeeRow).where(EmployeeRow.id.in_(list(employee_ids)))
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def unit_path(session: ReadSession, employee_id: UUID, day: date) -> list[UUID]:
    """The path of the unit of a person's main seat on ``day``, or of the nearest one before or after; else empty."""
    values = {"employee_id": employee_id, "day": day}
    return list((await session.execute(_UNIT_PATH, values)).scalar() or [])


def _unit_path() -> Select[list[UUID]]:
    seat, place = AssignmentRow, UnitPathRow
    return (
        select(place.path)
        .join(PositionVersionRow, PositionVersionRow.unit_id == place.unit_id)
        .join(seat, seat.position_id == PositionVersionRow.position_id)
        .where(
            seat.employee_id == bindparam("employee_id"),
            seat.kind.in_([kind.value for kind in MAIN]),
            PositionVersionRow.valid.overlaps(seat.valid),
            place.valid.overlaps(PositionVersionRow.valid),
        )
        .order_by(
            in_force(seat.valid, DAY).desc(),
            in_force(PositionVersionRow.valid, DAY).desc(),
            in_force(place.valid, DAY).desc(),
            func.abs(func.lower(seat.valid) - DAY),
        )
        .limit(1)
    )


_UNIT_PATH: Final = _unit_path()
