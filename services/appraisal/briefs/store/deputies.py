"""Who acts for a unit's head today, by the delegations that org reported last (APR-08, ORG-09)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, any_, cast, delete, exists, literal, select

from services.appraisal.briefs.domain.brief import BriefState
from services.appraisal.briefs.store.tables import BriefRow, DeputyRow
from services.appraisal.tracking.domain.obligation import Owner
from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text
from services.kit.work.tasks import task

SIGN_FOR_HEAD: Final = "brief.sign_for_head"
_COLUMNS: Final = ("delegation_id", "delegator_id", "delegate_id", "unit_id", "valid_from", "valid_to")


async def learn(session: WriteSession, deputies: Iterable[Sequence[object]]) -> None:
    """Know these delegations (in the order of the columns) instead of those of before."""
    await session.execute(delete(DeputyRow))
    await copy_rows(session, DeputyRow.__tablename__, _COLUMNS, deputies)


async def acts_for(session: ReadSession, person: UUID, head: Owner, today: date) -> bool:
    """Whether a person acts for a head in the head's unit today."""
    if head.employee_id is None:
        return False
    row = DeputyRow
    found = exists().where(
        row.delegate_id == person,
        row.delegator_id == head.employee_id,
        row.unit_id.in_(head.unit_path),
        row.valid_from <= today,
        row.valid_to >= today,
    )
    return bool(await session.scalar(select(found)))


def of_deputy(person: UUID, today: date) -> ColumnElement[bool]:
    """The condition that a brief's head has a person act for them today."""
    row = DeputyRow
    return exists().where(
        row.delegate_id == person,
        row.delegator_id == BriefRow.head_id,
        row.unit_id == any_(BriefRow.unit_path),
        row.valid_from <= today,
        row.valid_to >= today,
    )


async def months_to_ask_for(session: ReadSession, today: date) -> list[date]:
    """The months of briefs that wait for a deputy who has no task yet."""
    return sorted((await session.execute(_unasked(today, BriefRow.month).distinct())).scalars())


def tasks_to_open(today: date, month: date, words: Text) -> Any:
    """A month's briefs that wait for a signature, each with a deputy who has no task yet, the titles and the link.

    ``words`` say which month it is.
    """
    return (
        _unasked(
            today,
            BriefRow.id,
            DeputyRow.delegate_id,
            literal("代负责人签署") + BriefRow.unit_name + literal(f" {words.zh}简报"),
            literal("Sign the brief of ") + BriefRow.unit_name_en + literal(f" about {words.en} for its head"),
            literal("/v1/appraisal/briefs/") + cast(BriefRow.id, String),
        )
        .distinct()
        .where(BriefRow.month == month)
    )


def _unasked(today: date, *columns: Any) -> Any:
    row = DeputyRow
    waits = exists().where(
        task.c.kind == SIGN_FOR_HEAD, task.c.subject_id == BriefRow.id, task.c.assignee_id == row.delegate_id
    )
    return (
        select(*columns)
        .join(row, row.delegator_id == BriefRow.head_id)
        .where(
            BriefRow.state == BriefState.DRAFTED.value,
            row.unit_id == any_(BriefRow.unit_path),
            row.valid_from <= today,
            row.valid_to >= today,
            ~waits,
        )
    )


async def close_tasks_of_former(session: WriteSession, today: date) -> None:
    """End the tasks of those who act for the head no more."""
    row = DeputyRow
    acts = exists().where(
        row.delegate_id == task.c.assignee_id,
        row.delegator_id == BriefRow.head_id,
        row.unit_id == any_(BriefRow.unit_path),
        row.valid_from <= today,
        row.valid_to >= today,
    )
    still = select(BriefRow.id).where(BriefRow.id == task.c.subject_id, acts).exists()
    await session.execute(delete(task).where(task.c.kind == SIGN_FOR_HEAD, ~still))
