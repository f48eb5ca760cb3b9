"""Cycles as stored."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, cast, func, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from services.appraisal.cycles.domain.cycle import Cycle, CycleAction, CycleFilter, CyclePolicy, CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store.tables import POLICIES, CycleRow, FormRow, SnapshotUnitRow, cycle_of
from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, bounds
from services.kit.errors import NotFound, Text, existing
from services.kit.periods import Period
from services.kit.work.history import decision_shown, last_decisions


class NoCycle(NotFound):
    """There is no such cycle; nobody is kept from reading one."""

    code = "no_cycle"
    zh = "找不到该考核周期，请刷新列表后重试。"
    en = "There is no such cycle."


async def find(session: ReadSession, cycle_id: UUID) -> CycleRow:
    """A cycle as it is now, also after a move that this transaction made itself.

    Raises:
        NoCycle: there is none of that id.
    """
    return existing(await session.get(CycleRow, cycle_id, populate_existing=True), NoCycle)


async def code_exists(session: ReadSession, code: str) -> bool:
    """Whether a cycle that was not cancelled has this code."""
    query = select(CycleRow.id).where(CycleRow.code == code, CycleRow.state != CycleState.CANCELLED.value)
    return (await session.execute(query)).first() is not None


async def locked(session: WriteSession, cycle_id: UUID) -> CycleRow:
    """A cycle that nobody moves until this transaction ends; rows that refer to it can be added meanwhile.

    Raises:
        NoCycle: there is none of that id.
    """
    query = select(CycleRow).where(CycleRow.id == cycle_id).with_for_update(key_share=True)
    return existing((await session.execute(query.execution_options(populate_existing=True))).scalar(), NoCycle)


async def shared(session: WriteSession, cycle_id: UUID) -> CycleRow:
    """A cycle whose state stays what it is until this transaction ends; others may hold it so as well.

    Raises:
        NoCycle: there is none of that id.
    """
    query = select(CycleRow).where(CycleRow.id == cycle_id).with_for_update(read=True)
    return existing((await session.execute(query.execution_options(populate_existing=True))).scalar(), NoCycle)


async def hold_job(session: WriteSession, cycle_id: UUID) -> CycleRow:
    """A cycle that no other job works on until this transaction ends, while people are answered as ever.

    Raises:
        NoCycle: there is none of that id.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"cycle:{cycle_id}", 0))))
    return await find(session, cycle_id)


async def revise(session: WriteSession, cycle_id: UUID) -> None:
    """Raise a cycle's revision because a result in it changed: those who decide about the cycle must have seen the
    change.
    """
    await session.execute(update(CycleRow).where(CycleRow.id == cycle_id).values(revision=CycleRow.revision + 1))


_CYCLES: Final = select(
    CycleRow.id, CycleRow.code, CycleRow.name, CycleRow.frequency, CycleRow.unit_id, CycleRow.unit_name,
    CycleRow.unit_name_en, CycleRow.state, CycleRow.revision, CycleRow.goals_due_on, CycleRow.ratings_due_on,
    CycleRow.failure, CycleRow.created_at, cast(CycleRow.policy, String).label("policy"), *bounds(CycleRow.period),
    *bounds(CycleRow.public_notice),
)  # fmt: skip
_FIELDS: Final = len(_CYCLES.selected_columns)


@lru_cache(maxsize=64)
def _policy(written: str) -> CyclePolicy:
    """A policy from its JSON text: the cycles of a company have few different ones."""
    return POLICIES.load(json.loads(written))


def _cycle(row: Sequence[Any]) -> Cycle:
    *columns, policy, first, end, notice_from, notice_end = row[:_FIELDS]
    notice = None if notice_from is None else Period(notice_from, notice_end)
    return cycle_of(*(*columns, _policy(policy), Period(first, end), notice))


_ONE: Final = _CYCLES.where(CycleRow.id == bindparam("cycle_id"))


async def read(session: ReadSession, cycle_id: UUID) -> Cycle:
    """A cycle as a value, for who only reads it.

    Raises:
        NoCycle: there is none of that id.
    """
    return _cycle(existing((await session.execute(_ONE, {"cycle_id": cycle_id})).first(), NoCycle))


_CANCELLED: Final = ("cancelled_at", "cancelled_by_name", "cancellation_reason")
_ALL: Final = Listing(_CYCLES, [CycleRow.id], _cycle)


async def listed(session: ReadSession, paging: Paging, wanted: CycleFilter) -> Rows[Cycle]:
    """Cycles in the order in which they were created."""
    if wanted == CycleFilter():
        return await _ALL.page(session, paging)
    equal = {
        CycleRow.state: wanted.state,
        CycleRow.frequency: wanted.frequency,
        CycleRow.code: wanted.code,
        CycleRow.unit_id: wanted.unit_id,
    }
    query = _CYCLES.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.as_of is not None:
        query = query.where(CycleRow.period.contains(wanted.as_of))
    return await Listing(query, [CycleRow.id], _cycle).page(session, paging)


async def with_cancellations(session: ReadSession, found: Sequence[Cycle]) -> list[Cycle]:
    """These with who cancelled them, when and why."""
    ids = [each.id for each in found if each.state is CycleState.CANCELLED]
    made = await last_decisions(session, CycleRow, ids, CycleAction.CANCEL) if ids else {}
    return [replace(each, **decision_shown(made[each.id], _CANCELLED)) if each.id in made else each for each in found]


async def unit_path(session: ReadSession, cycle_id: UUID, unit_id: UUID) -> tuple[Text, list[UUID]] | None:
    """Name and path of a unit as the cycle froze it."""
    row = await session.get(SnapshotUnitRow, (cycle_id, unit_id))
    return (Text(row.name, row.name_en), row.path) if row else None


async def unit_names(session: ReadSession, cycle_id: UUID, unit_ids: Sequence[UUID]) -> dict[UUID, Text]:
    """The names of units as the cycle froze them."""
    row = SnapshotUnitRow
    query = select(row.unit_id, row.name, row.name_en).where(row.cycle_id == cycle_id, row.unit_id.in_(unit_ids))
    rows = await session.execute(query.order_by(row.code))
    return {found.unit_id: Text(found.name, found.name_en) for found in rows}


def within(path: InstrumentedAttribute[list[UUID]], units: tuple[UUID, ...] | None) -> ColumnElement[bool]:
    """The condition that a row's unit path lies in the subtree of one of ``units``; None is the whole organisation."""
    return true() if units is None else path.overlap(list(units))


async def published_for_update(session: WriteSession) -> list[CycleRow]:
    """The cycles whose results are in public notice, locked."""
    query = select(CycleRow).where(CycleRow.state == CycleState.PUBLISHED.value).order_by(CycleRow.id).with_for_update()
    return list((await session.execute(query)).scalars())


async def counts_by_goal_state(
    session: ReadSession, cycle_id: UUID, units: tuple[UUID, ...] | None
) -> dict[GoalState, int]:
    """How many forms are in which state of their goals."""
    query = (
        select(FormRow.state, func.count().label("forms"))
        .where(FormRow.cycle_id == cycle_id, FormRow.excluded_at.is_(None), within(FormRow.unit_path, units))
        .group_by(FormRow.state)
    )
    return {GoalState(row.state): row.forms for row in await session.execute(query)}
