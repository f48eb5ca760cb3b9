"""What a cycle froze of the organisation, and how forms are read off it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from services.appraisal.cycles.store.tables import (
    SnapshotAssignmentRow,
    SnapshotEmployeeRow,
    SnapshotPositionRow,
    SnapshotUnitRow,
)
from services.appraisal.participants.domain.assignment import Assignment
from services.appraisal.participants.store.tables import ExclusionRow
from services.appraisal.schema import Base
from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import ReadSession, WriteSession, period

BATCH = 2000
COLUMNS: dict[type[Base], tuple[str, ...]] = {
    SnapshotUnitRow: ("cycle_id", "unit_id", "code", "name", "name_en", "kind", "path", "head_employee_id"),
    SnapshotPositionRow: ("cycle_id", "position_id", "code", "title", "title_en"),
    SnapshotEmployeeRow: ("cycle_id", "employee_id", "number", "name", "left_on"),
    SnapshotAssignmentRow: (
        "cycle_id", "assignment_id", "employee_id", "position_id", "unit_id", "unit_path", "kind", "days",
        "manager_id", "manager_chain",
    ),
}  # fmt: skip


@dataclass
class Intake:
    """Takes a snapshot's rows one at a time and writes them in batches."""

    session: WriteSession
    waiting: dict[type[Base], list[Sequence[Any]]] = field(default_factory=dict)

    async def add(self, table: type[Base], row: Sequence[Any]) -> None:
        """Keep one row, in the order of ``COLUMNS``."""
        rows = self.waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= BATCH:
            await copy_rows(self.session, table.__tablename__, COLUMNS[table], rows)
            rows.clear()

    async def finish(self) -> None:
        """Write what is left."""
        for table, rows in self.waiting.items():
            if rows:
                await copy_rows(self.session, table.__tablename__, COLUMNS[table], rows)
        self.waiting.clear()


async def clear(session: WriteSession, cycle_id: UUID) -> None:
    """Forget an earlier, unfinished attempt."""
    for table in (*COLUMNS, ExclusionRow):
        await session.execute(delete(table).where(table.cycle_id == cycle_id))  # type: ignore[attr-defined,arg-type]  # all have it


async def set_leaving(session: WriteSession, cycle_id: UUID, employee_id: UUID, left_on: date | None) -> None:
    """Use the last day of a person's later employment."""
    hers = (SnapshotEmployeeRow.cycle_id == cycle_id) & (SnapshotEmployeeRow.employee_id == employee_id)
    await session.execute(update(SnapshotEmployeeRow).where(hers).values(left_on=left_on))


async def units(session: ReadSession, cycle_id: UUID) -> dict[UUID, SnapshotUnitRow]:
    """Every unit; thousands at most."""
    query = select(SnapshotUnitRow).where(SnapshotUnitRow.cycle_id == cycle_id)
    return {row.unit_id: row for row in (await session.execute(query)).scalars()}


async def positions(session: ReadSession, cycle_id: UUID) -> dict[UUID, tuple[str, str, str]]:
    """Code and title in both languages of every position."""
    row = SnapshotPositionRow
    query = select(row.position_id, row.code, row.title, row.title_en).where(row.cycle_id == cycle_id)
    return {found.position_id: (found.code, found.title, found.title_en) for found in await session.execute(query)}


async def employees_after(session: ReadSession, cycle_id: UUID, after: UUID | None) -> list[SnapshotEmployeeRow]:
    """The next batch of employees by id."""
    query = select(SnapshotEmployeeRow).where(SnapshotEmployeeRow.cycle_id == cycle_id)
    if after is not None:
        query = query.where(SnapshotEmployeeRow.employee_id > after)
    return list((await session.execute(query.order_by(SnapshotEmployeeRow.employee_id).limit(BATCH))).scalars())


async def assignments_of(
    session: ReadSession, cycle_id: UUID, employees: Sequence[UUID]
) -> dict[UUID, list[Assignment]]:
    """The assignments of a batch of employees, in order of time."""
    columns = SnapshotAssignmentRow.__table__.c
    query = select(*columns).where(columns.cycle_id == cycle_id, columns.employee_id.in_(employees))
    found: dict[UUID, list[Assignment]] = {employee: [] for employee in employees}
    for row in await session.execute(query.order_by(columns.days)):
        found[row.employee_id].append(
            Assignment(
                assignment_id=row.assignment_id,
                position_id=row.position_id,
                unit_id=row.unit_id,
                unit_path=tuple(row.unit_path),
                kind=row.kind,
                days=period(row.days),
                manager_id=row.manager_id,
                manager_chain=tuple(row.manager_chain),
            )
        )
    return found


async def superior_of(
    session: ReadSession, cycle_id: UUID, employee_id: UUID, day: date
) -> tuple[UUID | None, list[UUID]] | None:
    """The manager and the chain of managers of a person's main assignment on a day."""
    columns = SnapshotAssignmentRow.__table__.c
    query = select(columns.manager_id, columns.manager_chain).where(
        columns.cycle_id == cycle_id,
        columns.employee_id == employee_id,
        columns.kind.in_(("primary", "rotation")),
        columns.days.contains(day),
    )
    row = (await session.execute(query.order_by(columns.kind.desc()).limit(1))).first()
    return None if row is None else (row.manager_id, row.manager_chain)


async def names(session: ReadSession, cycle_id: UUID, employees: Sequence[UUID]) -> dict[UUID, str]:
    """The names under which a cycle knows some people."""
    query = select(SnapshotEmployeeRow.employee_id, SnapshotEmployeeRow.name).where(
        SnapshotEmployeeRow.cycle_id == cycle_id, SnapshotEmployeeRow.employee_id.in_(employees)
    )
    return {row.employee_id: row.name for row in await session.execute(query)}


async def employee(session: ReadSession, cycle_id: UUID, employee_id: UUID) -> SnapshotEmployeeRow:
    """A person who must be in the snapshot."""
    query = select(SnapshotEmployeeRow).where(
        SnapshotEmployeeRow.cycle_id == cycle_id, SnapshotEmployeeRow.employee_id == employee_id
    )
    return (await session.execute(query)).scalar_one()
