"""The decisions that wait for a person: by the roles of their account, and in the units that they head (ORG-07)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Uuid, and_, case, cast, func, literal, null, or_, select

from services.kit.database.sessions import ReadSession
from services.kit.identity import Role
from services.kit.release import ReleaseState
from services.org.documents.store.tables import AmendmentRow, DocumentReviewRow, RoleDocumentRow, RoleDocumentVersionRow
from services.org.handover.domain.pending_work import (
    AMENDMENTS_WAIT_FOR,
    DOCUMENTS_WAIT_FOR,
    PendingApproval,
    PendingReview,
)
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.people.store.tables import AssignmentRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionVersionRow, UnitPathRow, UnitRow, UnitVersionRow

PLACE = UnitPathRow


async def approvals(
    session: ReadSession, employee_id: UUID, day: date, *, limit: int
) -> tuple[int, list[PendingApproval]]:
    """How many decisions wait that the person's account may make on ``day``, and the first of them."""
    both = _versions(employee_id, day).union_all(_amendments(employee_id, day)).subquery()
    order = (both.c.unit_code, both.c.kind, both.c.document_id, both.c.number, both.c.amendment_id)
    query = select(both, func.count().over().label("total")).order_by(*order).limit(limit)
    found = (await session.execute(query)).all()
    return (found[0].total if found else 0), [PendingApproval(*row[:-1]) for row in found]


async def reviews(session: ReadSession, employee_id: UUID, day: date, *, limit: int) -> tuple[int, list[PendingReview]]:
    """How many open reviews there are of units that the person heads on ``day``, and the most urgent of them."""
    row, unit, assignment = DocumentReviewRow, UnitVersionRow, AssignmentRow
    headed = (
        select(unit.unit_id)
        .join(assignment, assignment.position_id == unit.head_position_id)
        .where(assignment.employee_id == employee_id, in_force(assignment.valid, day), in_force(unit.valid, day))
    )
    query = (
        select(row.id, row.unit_id, UnitRow.code, row.trigger, row.due_on, func.count().over().label("total"))
        .join(UnitRow, UnitRow.id == row.unit_id)
        .where(row.unit_id.in_(headed), row.closed_on.is_(None))
        .order_by(row.due_on, row.id)
        .limit(limit)
    )
    found = (await session.execute(query)).all()
    return (found[0].total if found else 0), [PendingReview(*each[:-1]) for each in found]


def _versions(employee_id: UUID, day: date) -> Select[Any]:
    row = RoleDocumentVersionRow
    columns = (literal("role_document"), row.document_id, cast(null(), Uuid), row.number, row.state)
    query = select(*_named(columns)).join(RoleDocumentRow, RoleDocumentRow.id == row.document_id)
    return _decided_by(query, employee_id, day, row.state, DOCUMENTS_WAIT_FOR)


def _amendments(employee_id: UUID, day: date) -> Select[Any]:
    row = AmendmentRow
    columns = (literal("amendment"), row.document_id, row.id, cast(null(), Integer), row.state)
    query = select(*_named(columns)).join(RoleDocumentRow, RoleDocumentRow.id == row.document_id)
    return _decided_by(query, employee_id, day, row.state, AMENDMENTS_WAIT_FOR)


def _named(columns: tuple[Any, ...]) -> list[ColumnElement[Any]]:
    names = PendingApproval._fields[: len(columns)]
    return [column.label(name) for name, column in zip(names, columns, strict=True)]


def _decided_by(
    query: Select[Any], employee_id: UUID, day: date, state: Any, waits_for: Mapping[Any, Role]
) -> Select[Any]:
    """With the unit of the document, where the person's account has the role that the state waits for."""
    document, assignment = RoleDocumentRow, PositionVersionRow
    awaited = case({each.value: role.value for each, role in waits_for.items()}, value=state)
    reach = or_(RoleAssignmentRow.unit_id.is_(None), RoleAssignmentRow.unit_id == func.any(PLACE.path))
    granted = (
        select(RoleAssignmentRow.id)
        .join(AccountRow, AccountRow.id == RoleAssignmentRow.account_id)
        .where(AccountRow.employee_id == employee_id, AccountRow.disabled_at.is_(None))
        .where(RoleAssignmentRow.role == awaited, RoleAssignmentRow.state == ReleaseState.RELEASED.value, reach)
        .correlate(PLACE, RoleDocumentVersionRow, AmendmentRow)
        .exists()
    )
    return (
        query.outerjoin(
            assignment, and_(assignment.position_id == document.position_id, in_force(assignment.valid, day))
        )
        .join(PLACE, PLACE.unit_id == func.coalesce(document.unit_id, assignment.unit_id))
        .join(UnitRow, UnitRow.id == PLACE.unit_id)
        .add_columns(PLACE.unit_id.label("unit_id"), UnitRow.code.label("unit_code"))
        .where(in_force(PLACE.valid, day), state.in_([each.value for each in waits_for]), granted)
    )
