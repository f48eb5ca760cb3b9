"""What a cycle takes over of people whom org recorded after it opened (APR-04)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.tables import CycleRow, SnapshotEmployeeRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.store.exclusions import AFTER_OPENING
from services.appraisal.participants.store.snapshots import COLUMNS
from services.appraisal.participants.store.tables import ExclusionRow
from services.appraisal.schema import Base
from services.kit.database.sessions import ReadSession, WriteSession, new_id

_RUNNING = (CycleState.GOAL_SETTING.value, CycleState.EVALUATING.value)


async def running_after(session: ReadSession, day: date) -> list[UUID]:
    """The cycles in goal setting or evaluation whose last day is not before ``day``."""
    query = select(CycleRow.id).where(CycleRow.state.in_(_RUNNING), func.upper(CycleRow.period) > day)
    return list((await session.execute(query.order_by(CycleRow.id))).scalars())


async def known(session: ReadSession, cycle_id: UUID) -> set[UUID]:
    """All people in a cycle's snapshot."""
    query = select(SnapshotEmployeeRow.employee_id).where(SnapshotEmployeeRow.cycle_id == cycle_id)
    return set((await session.execute(query)).scalars())


async def list_late(session: WriteSession, cycle_id: UUID, person: tuple[UUID, str, str], path: Sequence[UUID]) -> None:
    """List a person (id, number, name) as recorded after opening."""
    employee_id, number, name = person
    session.add(
        ExclusionRow(
            id=new_id(),
            cycle_id=cycle_id,
            subject_kind=SubjectKind.EMPLOYEE.value,
            subject_id=employee_id,
            code=number,
            name=name,
            unit_path=list(path),
            reason=AFTER_OPENING,
        )
    )
    await session.flush()


async def add_rows(session: WriteSession, table: type[Base], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows of a snapshot, in the order of ``COLUMNS``, that it does not have yet."""
    if rows:
        values = [dict(zip(COLUMNS[table], row, strict=True)) for row in rows]
        await session.execute(insert(table).on_conflict_do_nothing(), values)
