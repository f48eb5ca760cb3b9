"""Forms as stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from services.appraisal.cycles.store.cycles import within_scope
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.database import ReadSession, WriteSession
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page


async def find(session: ReadSession, form_id: UUID) -> tuple[FormRow, CycleRow] | None:
    """A form with its cycle."""
    query = select(FormRow, CycleRow).join(CycleRow, CycleRow.id == FormRow.cycle_id).where(FormRow.id == form_id)
    row = (await session.execute(query.execution_options(populate_existing=True))).first()
    return (row[0], row[1]) if row else None


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """The condition that a form exists for the caller: his own, his people's, or in his scope."""
    ways = [within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR)]
    if caller.employee_id is not None:
        ways += [FormRow.owner_id == caller.employee_id, FormRow.manager_chain.contains([caller.employee_id])]
    return or_(*ways)


async def hold(session: WriteSession, form_id: UUID) -> None:
    """Read a form anew and keep others from it until this transaction ends."""
    query = select(FormRow).where(FormRow.id == form_id).with_for_update()
    await session.execute(query.execution_options(populate_existing=True))


async def listed(
    session: ReadSession, caller: Caller, paging: Paging, *, cycle_id: UUID, kind: SubjectKind | None
) -> Rows[Any]:
    """The forms of a cycle that the caller may see, by subject's code."""
    query = select(FormRow, CycleRow).join(CycleRow, CycleRow.id == FormRow.cycle_id)
    query = query.where(FormRow.cycle_id == cycle_id, seen_by(caller))
    if kind is not None:
        query = query.where(FormRow.subject_kind == kind.value)
    return await page(session, query, keys=[FormRow.subject_code, FormRow.id], paging=paging)


async def own(session: ReadSession, employee_id: UUID, paging: Paging) -> Rows[Any]:
    """The forms of a person and of the units that he heads."""
    query = select(FormRow, CycleRow).join(CycleRow, CycleRow.id == FormRow.cycle_id)
    return await page(session, query.where(FormRow.owner_id == employee_id), keys=[FormRow.id], paging=paging)


async def not_agreed(session: ReadSession, cycle_id: UUID, scheme_ids: list[UUID]) -> list[FormRow]:
    """The first hundred forms under these schemes whose goals were never agreed."""
    query = select(FormRow).where(
        FormRow.cycle_id == cycle_id, FormRow.scheme_id.in_(scheme_ids), FormRow.agreed_revision.is_(None)
    )
    return list((await session.execute(query.order_by(FormRow.subject_code).limit(100))).scalars())


async def scheme_ids(session: ReadSession, cycle_id: UUID) -> list[UUID]:
    """The schemes that a cycle's forms use."""
    return list(
        (await session.execute(select(FormRow.scheme_id).where(FormRow.cycle_id == cycle_id).distinct())).scalars()
    )
