"""People as of any day (ORG-07)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.people.domain.directory import PersonName
from services.org.people.domain.employee import (
    EVERYBODY,
    EmployeeFilter,
    EmployeeRecord,
    EmployeeSummary,
    EmploymentState,
    MainAssignment,
    UnitSummary,
)
from services.org.people.domain.employment import Employment
from services.org.people.domain.probation import ProbationState
from services.org.people.store.tables import AssignmentRow, EmployeeRow, EmploymentRow, ProbationReviewRow
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.store.path_index import within
from services.org.structure.store.structure import DAY, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow

NOT_PASSED: Final = (ProbationState.OPEN.value, ProbationState.FAILED.value)
"""In these states of a review the person is still on probation, however late it is."""


async def employed(session: ReadSession, employee_id: UUID) -> list[Period]:
    """The days on which a person is employed."""
    query = select(EmploymentRow.valid).where(EmploymentRow.employee_id == employee_id)
    return [period(valid) for valid in (await session.execute(query)).scalars()]


def as_of(day: date | BindParameter[date], *, employed: bool = True) -> Select[*tuple[Any, ...]]:
    """Everyone, or everyone employed on ``day``, as the columns of ``summary_of``."""
    version, place, name = PositionVersionRow, UnitPathRow, UnitVersionRow
    everybody = (
        select(
            EmployeeRow.id,
            EmployeeRow.number,
            EmployeeRow.name,
            EmployeeRow.email,
            EmployeeRow.revision,
            AssignmentRow.id.label("assignment_id"),
            AssignmentRow.kind,
            AssignmentRow.position_id,
            _one(PositionRow.code, PositionRow.id == AssignmentRow.position_id).label("position_code"),
            version.title,
            version.title_en,
            version.unit_id,
            _one(UnitRow.code, UnitRow.id == version.unit_id).label("unit_code"),
            _one(
                array([name.name, name.name_en]), and_(name.unit_id == version.unit_id, in_force(name.valid, day))
            ).label("unit_names"),
            place.path.label("unit_path"),
        )
        .outerjoin(AssignmentRow, _mainly_in(day))
        .outerjoin(version, and_(version.position_id == AssignmentRow.position_id, in_force(version.valid, day)))
        .outerjoin(place, and_(place.unit_id == version.unit_id, in_force(place.valid, day)))
    )
    return everybody.join(EmploymentRow, _employed_on(day)) if employed else everybody


def _one(column: InstrumentedAttribute[str] | array[Any], condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    """What hangs on a row by its key, read beside it: a join more doubles the time in which the server plans."""
    return select(column).where(condition).scalar_subquery()


async def main_position(session: ReadSession, employee_id: UUID, day: date) -> tuple[UUID, UUID | None] | None:
    """A person employed on ``day`` and their main position, if any; None if not employed then."""
    query = (
        select(EmployeeRow.id, AssignmentRow.position_id)
        .join(EmploymentRow, _employed_on(day))
        .outerjoin(AssignmentRow, _mainly_in(day))
        .where(EmployeeRow.id == employee_id)
    )
    found = (await session.execute(query)).first()
    return None if found is None else (found[0], found[1])


def _employed_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(EmploymentRow.employee_id == EmployeeRow.id, in_force(EmploymentRow.valid, day))


def _mainly_in(day: date | BindParameter[date]) -> ColumnElement[bool]:
    row = AssignmentRow
    return and_(
        row.employee_id == EmployeeRow.id, row.kind.in_([kind.value for kind in MAIN]), in_force(row.valid, day)
    )


def summary_of(row: Sequence[Any]) -> EmployeeSummary:
    """The content of a row of ``as_of``."""
    employee_id, number, name, email, revision, assignment_id, kind, position_id, position_code, *rest = row
    title, title_en, unit_id, unit_code, unit_names, path = rest[:6]
    if assignment_id is None:
        return EmployeeSummary(employee_id, number, name, email, revision, None)
    unit = UnitSummary(unit_id, unit_code, *unit_names) if unit_names else None
    held = assignment_id, AssignmentKind(kind), position_id, position_code
    main = MainAssignment(*held, title, title_en, unit, path or [])
    return EmployeeSummary(employee_id, number, name, email, revision, main)


_WORKED: Final = aliased(EmploymentRow)
_OF_EMPLOYMENT: Final = 4  # columns


def _recorded(*, employed: bool) -> Select[*tuple[Any, ...]]:
    """One person, in as many rows as there are employments, or in one."""
    query = as_of(DAY, employed=employed).where(EmployeeRow.id == bindparam("employee_id"))
    worked = (_WORKED.id, _WORKED.valid, _WORKED.probation_until, _WORKED.termination_reason)
    joined = query.outerjoin(_WORKED, _WORKED.employee_id == EmployeeRow.id).add_columns(*worked)
    return joined.order_by(func.lower(_WORKED.valid), _WORKED.id)


_ONE: Final = _recorded(employed=True)
_ANYBODY: Final = _recorded(employed=False)
_THESE: Final = as_of(DAY).where(EmployeeRow.id == any_(bindparam("employee_ids", type_=ARRAY(Uuid))))


async def one(session: ReadSession, employee_id: UUID, day: date, *, employed: bool = True) -> EmployeeRecord | None:
    """A person on ``day``; None if they must be ``employed`` then and are not."""
    query = _ONE if employed else _ANYBODY
    found = (await session.execute(query, {"employee_id": employee_id, "day": day})).all()
    if not found:
        return None
    worked = (row[-_OF_EMPLOYMENT:] for row in found)
    employments = [Employment(row_id, period(valid), *rest) for row_id, valid, *rest in worked if row_id is not None]
    return EmployeeRecord(summary_of(found[0]), employments)


async def these(session: ReadSession, employee_ids: Sequence[UUID], day: date) -> list[EmployeeSummary]:
    """People on ``day``, in the order of their ids given; all must be employed then."""
    found = await session.execute(_THESE, {"employee_ids": employee_ids, "day": day})
    known = {row[0]: summary_of(row) for row in found}
    return [known[employee_id] for employee_id in employee_ids]


def _listing(
    filters: EmployeeFilter, path: Sequence[UUID] | None = None, among: Sequence[UUID] | None = None
) -> Listing[EmployeeSummary]:
    query = _in_state(filters.state)
    if filters.text is not None:
        named = EmployeeRow.name.icontains(filters.text, autoescape=True)
        query = query.where(or_(named, EmployeeRow.number.istartswith(filters.text, autoescape=True)))
    if filters.number is not None:
        query = query.where(EmployeeRow.number == filters.number)
    if filters.position_id is not None:
        query = query.where(AssignmentRow.position_id == filters.position_id)
    if path is not None:
        query = query.where(within(UnitPathRow, path))
    if among is not None:
        query = query.where(EmployeeRow.id == any_(literal(list(among), ARRAY(Uuid))))
    return Listing(query, [EmployeeRow.number], summary_of)


def _in_state(state: EmploymentState) -> Select[*tuple[Any, ...]]:
    if state is EmploymentState.EMPLOYED:
        return as_of(DAY)
    if state is EmploymentState.ON_PROBATION:
        return as_of(DAY).where(or_(EmploymentRow.probation_until >= DAY, undecided_on(DAY)))
    row = EmploymentRow
    theirs = select(row.id).where(row.employee_id == EmployeeRow.id).correlate(EmployeeRow)
    ended, present = theirs.where(func.upper(row.valid) <= DAY), theirs.where(in_force(row.valid, DAY))
    return as_of(DAY, employed=False).where(or_(ended.exists(), ~theirs.exists()), ~present.exists())


def undecided_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Whether the probation of an employment was over before ``day`` and is still not passed."""
    row = ProbationReviewRow
    return exists().where(row.employment_id == EmploymentRow.id, row.state.in_(NOT_PASSED), row.due_on < day)


async def is_under_review(session: ReadSession, employee_id: UUID) -> bool:
    """Whether a review of the person's probation is open."""
    row = ProbationReviewRow
    query = select(exists().where(row.employee_id == employee_id, row.state == ProbationState.OPEN.value))
    return bool(await session.scalar(query))


_EVERYBODY: Final = _listing(EVERYBODY)


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    day: date,
    filters: EmployeeFilter,
    path: Sequence[UUID] | None,
    among: Sequence[UUID] | None,
) -> Rows[EmployeeSummary]:
    """A page of people as of ``day`` by number; in or below the unit at ``path`` and ``among`` ids, if given."""
    listing = _EVERYBODY if filters == EVERYBODY else _listing(filters, path, among)
    return await listing.page(session, paging, day=day)


async def names(session: ReadSession, employee_ids: Iterable[UUID]) -> dict[UUID, PersonName]:
    """Several people by id."""
    row = EmployeeRow
    query = select(row.id, row.number, row.name).where(row.id.in_(list(employee_ids)))
    return {found[0]: PersonName(*found) for found in await session.execute(query)}


async def unit_path(session: ReadSession, employee_id: UUID, day: date) -> list[UUID]:
    """The path of the unit of somebody's main assignment on ``day``, or of the nearest before or after; else empty."""
    values = {"employee_id": employee_id, "day": day}
    return list((await session.execute(_UNIT_PATH, values)).scalar() or [])


def _unit_path() -> Select[list[UUID]]:
    row, place = AssignmentRow, UnitPathRow
    return (
        select(place.path)
        .join(PositionVersionRow, PositionVersionRow.unit_id == place.unit_id)
        .join(row, row.position_id == PositionVersionRow.position_id)
        .where(
            row.employee_id == bindparam("employee_id"),
            row.kind.in_([kind.value for kind in MAIN]),
            PositionVersionRow.valid.overlaps(row.valid),
            place.valid.overlaps(PositionVersionRow.valid),
        )
        .order_by(
            in_force(row.valid, DAY).desc(),
            in_force(PositionVersionRow.valid, DAY).desc(),
            in_force(place.valid, DAY).desc(),
            func.abs(func.lower(row.valid) - DAY),
        )
        .limit(1)
    )


_UNIT_PATH: Final = _unit_path()
