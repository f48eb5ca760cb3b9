"""News of the other services that concern statements: a statement says at once that its inputs changed (INC-13)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.incentive.statements.domain.later_change import ChangeKind
from services.incentive.statements.store import later_changes as store
from services.kit.inbox import Effect, EventData
from services.kit.unit_of_work import UnitOfWork


class ResultChanged(EventData):
    """The data of ``appraisal.result.changed``, as far as they matter here."""

    cycle_id: UUID
    subject_id: UUID


class AssignmentChanged(EventData):
    """The data of ``org.assignment.…``: whose, and the days on which it now holds."""

    employee_id: UUID
    valid_from: date
    valid_to: date | None = None


async def _note_result(uow: UnitOfWork, data: ResultChanged) -> None:
    await store.add_news(uow, ChangeKind.RESULT, subject_id=data.subject_id, cycle_id=data.cycle_id)


async def _note_assignment(uow: UnitOfWork, data: AssignmentChanged) -> None:
    await store.add_news(
        uow,
        ChangeKind.ASSIGNMENT,
        subject_id=data.employee_id,
        valid_from=data.valid_from,
        valid_to=data.valid_to,
    )


async def _note_end(uow: UnitOfWork, data: AssignmentChanged) -> None:
    """What changed are the days after its new end."""
    if data.valid_to is not None:
        first = data.valid_to + timedelta(days=1)
        await store.add_news(uow, ChangeKind.ASSIGNMENT, subject_id=data.employee_id, valid_from=first)


_ASSIGNMENT: Final = Effect(AssignmentChanged, _note_assignment)
NOTE_CHANGES: Final[Mapping[str, Effect[Any]]] = {
    "appraisal.result.changed": Effect(ResultChanged, _note_result),
    "org.assignment.created": _ASSIGNMENT,
    "org.assignment.changed": _ASSIGNMENT,
    "org.assignment.ended": Effect(AssignmentChanged, _note_end),
    "org.assignment.rescinded": _ASSIGNMENT,
}
"""What events of the others do to statements."""
