"""News of the other services that concern statements: a statement says at once that its inputs changed (INC-13)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.incentive.statements.domain.later_change import ChangeKind
from services.incentive.statements.store import later_changes as store
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import UnitOfWork


class ResultChanged(EventData):
    """The data of ``appraisal.result.changed``, as far as they matter here."""

    cycle_id: UUID
    subject_id: UUID


class DaysChanged(EventData):
    """The data of ``org.assignment.…`` and ``org.absence.…``: whose, and the days on which it now holds."""

    employee_id: UUID
    valid_from: date
    valid_to: date | None = None


async def _note_result(uow: UnitOfWork, data: ResultChanged) -> None:
    await store.add_news(uow, ChangeKind.RESULT, subject_id=data.subject_id, cycle_id=data.cycle_id)


def _note(kind: ChangeKind) -> Effect[DaysChanged]:
    async def act(uow: UnitOfWork, data: DaysChanged) -> None:
        first, last = data.valid_from, data.valid_to
        await store.add_news(uow, kind, subject_id=data.employee_id, valid_from=first, valid_to=last)

    return Effect(DaysChanged, act)


def _note_end(kind: ChangeKind) -> Effect[DaysChanged]:
    """What changed are the days after its new end."""

    async def act(uow: UnitOfWork, data: DaysChanged) -> None:
        if data.valid_to is not None:
            await store.add_news(uow, kind, subject_id=data.employee_id, valid_from=data.valid_to + timedelta(days=1))

    return Effect(DaysChanged, act)


NOTE_CHANGES: Final[Mapping[str, Effect[Any]]] = {
    "appraisal.result.changed": Effect(ResultChanged, _note_result),
    **{
        f"org.{kind.value}.{verb}": note(kind)
        for kind in (ChangeKind.ASSIGNMENT, ChangeKind.ABSENCE)
        for verb, note in (("created", _note), ("changed", _note), ("ended", _note_end), ("rescinded", _note))
    },
}
"""What events of the others do to statements."""
