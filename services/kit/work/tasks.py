"""Tasks: what waits for a person, opened and closed in the transaction that causes it (PLT-02).

    await open_task(uow, "run.approve", subject=("run", run.id), assignee=whoever_may(RUN, RunAction.APPROVE),
                    title=Text(…), link=f"/v1/incentive/runs/{run.id}", due_at=due)
    await close_tasks(uow, "run.approve", subject=("run", run.id))

A row exists as long as the task is open: closing deletes it, and the audit trail records who did what. So a table of
tasks never reveals that and when an anonymous rater answered. Only their assignee sees ``private`` tasks.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    Index,
    Integer,
    Select,
    String,
    Table,
    Uuid,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Text as LongText
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.calendar.stored_days import calendar_of
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import KIT, ReadSession, new_id
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

task = Table(
    "task",
    KIT,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("kind", String(64), nullable=False),
    Column("subject_type", String(64), nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("assignee_id", Uuid),
    Column("role", String(16)),
    Column("unit_path", ARRAY(Uuid), nullable=False),
    Column("excluded_ids", ARRAY(Uuid), nullable=False),
    Column("title_zh", LongText, nullable=False),
    Column("title_en", LongText, nullable=False),
    Column("link", String(400), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True)),
    Column("term_amount", Integer),
    Column("term_unit", String(16)),
    Column("private", Boolean, nullable=False),
    CheckConstraint("(assignee_id IS NULL) <> (role IS NULL)", name="person_or_role"),
    Index(None, "subject_type", "subject_id", "kind"),
    Index(None, "assignee_id", "due_at"),
    Index(None, "role", "due_at"),
)

_OPEN: Final = insert(task)


MOST_QUOTED = 40
"""So many characters of what somebody wrote are part of the title of a task."""


@dataclass(frozen=True)
class Assignee:
    """The assignee: one person, or everyone who has ``role`` over the unit at the end of the path.

    ``employee_id`` may be the account of somebody who is no employee.
    ``unit_path`` runs from the root down to the unit; empty means the whole organisation. ``excluded_ids`` are accounts
    or employees who hold the role but may not act: whoever took an earlier step, and the person concerned.
    """

    employee_id: UUID | None = None
    role: Role | None = None
    unit_path: Sequence[UUID] = ()
    excluded_ids: Collection[UUID] = ()


@dataclass(frozen=True)
class Task:
    """A task. ``due_at`` is the first instant that is too late, None if there is no deadline."""

    id: UUID
    kind: str
    subject_type: str
    subject_id: UUID
    title: Text
    link: str
    opened_at: datetime
    due_at: datetime | None


def shortened(words: str) -> str:
    """The beginning of what somebody wrote, for the title of a task."""
    line = " ".join(words.split())
    return line if len(line) <= MOST_QUOTED else f"{line[: MOST_QUOTED - 1]}…"


async def open_task(
    uow: UnitOfWork,
    kind: str,
    *,
    subject: tuple[str, UUID],
    assignee: Assignee | Sequence[Assignee],
    title: Text,
    link: str,
    due_at: datetime | None = None,
    term: Term | None = None,
    private: bool = False,
) -> None:
    """Open a task. ``kind`` is ``<noun>.<verb>``; ``link`` is the route that shows the subject.

    Of several assignees each may act (``whoever_may`` names those of a transition).

    The deadline is either ``due_at`` or a ``term`` from now; one in working days moves when the calendar changes.

    Raises:
        CalendarUnknown: the term runs into days that the calendar does not know.
    """
    if term is not None:
        due_at = term.due_at(uow.local_now, await calendar_of(uow.session, uow.today, term))
    noun, subject_id = subject
    waiting = {
        "kind": kind,
        "subject_type": noun,
        "subject_id": subject_id,
        "title_zh": title.zh,
        "title_en": title.en,
        "link": link,
        "opened_at": uow.now,
        "due_at": due_at,
        "term_amount": term.amount if term else None,
        "term_unit": term.unit if term else None,
        "private": private,
    }
    each = [assignee] if isinstance(assignee, Assignee) else assignee
    await uow.session.execute(_OPEN, [{"id": new_id(), **_assigned(one), **waiting} for one in each])


def _assigned(assignee: Assignee) -> dict[str, object]:
    return {
        "assignee_id": assignee.employee_id,
        "role": assignee.role,
        "unit_path": list(assignee.unit_path),
        "excluded_ids": sorted(assignee.excluded_ids),
    }


async def close_tasks(uow: UnitOfWork, *kinds: str, subject: tuple[str, UUID], assignee_id: UUID | None = None) -> None:
    """Nothing of these kinds (of any, without) waits on the subject any more; of one person only, where named."""
    noun, subject_id = subject
    conditions: list[ColumnElement[bool]] = [task.c.subject_type == noun, task.c.subject_id == subject_id]
    if kinds:
        conditions.append(task.c.kind.in_(kinds))
    if assignee_id is not None:
        conditions.append(task.c.assignee_id == assignee_id)
    await uow.session.execute(delete(task).where(*conditions))


async def open_tasks(
    uow: UnitOfWork,
    kind: str,
    *,
    noun: str,
    wanted: Select[UUID, Any, str, str, str],
    private: bool = False,
    due_at: datetime | None = None,
) -> None:
    """Let something wait for each of many people, in one statement.

    ``wanted`` selects the subject's id, the employee, the title in Chinese and in English, and the link. ``noun`` is
    the subjects' own. All of these tasks have the same deadline, if any.
    """
    each = wanted.subquery()
    values = {
        "id": func.gen_random_uuid(),  # random, so that ids do not tell an order
        "kind": literal(kind),
        "subject_type": literal(noun),
        **dict(zip(("subject_id", "assignee_id", "title_zh", "title_en", "link"), each.c, strict=True)),
        "unit_path": literal([], ARRAY(Uuid)),
        "excluded_ids": literal([], ARRAY(Uuid)),
        "opened_at": literal(uow.now, DateTime(timezone=True)),
        "due_at": literal(due_at, DateTime(timezone=True)),
        "private": literal(private),
    }
    await uow.session.execute(insert(task).from_select(list(values), select(*values.values())))


async def close_tasks_among(uow: UnitOfWork, *kinds: str, subjects: Select[UUID]) -> None:
    """Nothing of these kinds (of any, without) waits any more on any of the subjects whose ids are selected."""
    conditions: list[ColumnElement[bool]] = [task.c.subject_id.in_(subjects)]
    if kinds:
        conditions.append(task.c.kind.in_(kinds))
    await uow.session.execute(delete(task).where(*conditions))


async def set_deadline(uow: UnitOfWork, *kinds: str, subjects: Select[UUID], due_at: datetime | None) -> None:
    """Give open tasks of these kinds on the selected subjects another deadline, or none."""
    mine = (task.c.kind.in_(kinds), task.c.subject_id.in_(subjects))
    await uow.session.execute(update(task).where(*mine).values(due_at=due_at))


def subjects_waiting(caller: Caller, kind: str) -> Select[UUID]:
    """The ids of the subjects on which a task of this kind waits for the caller: who is to decide may read them."""
    return select(task.c.subject_id).where(task.c.kind == kind, waits_for(caller))


async def list_tasks(
    session: ReadSession, caller: Caller, *, now: datetime, overdue: bool | None, kind: str | None, paging: Paging
) -> Rows[Task]:
    """What waits for the caller, the earliest deadline first, what has none last."""
    # A list goes on from the values of its keys, which must never be null: no deadline is the last moment there is.
    due = func.coalesce(task.c.due_at, datetime.max.replace(tzinfo=now.tzinfo))
    query = select(task).where(waits_for(caller), ~_shown_already(caller))
    if kind is not None:
        query = query.where(task.c.kind == kind)
    if overdue is not None:
        late = and_(task.c.due_at.is_not(None), task.c.due_at <= now)
        query = query.where(late if overdue else ~late)
    return await page(
        session,
        query,
        _read,
        keys=[due, task.c.id],
        paging=paging,
    )


def _read(row: Any) -> Task:
    return Task(
        row.id, row.kind, row.subject_type, row.subject_id, Text(row.title_zh, row.title_en), row.link, row.opened_at,
        row.due_at,
    )  # fmt: skip


async def reschedule(uow: UnitOfWork, changed: Sequence[date]) -> int:
    """Recount the deadlines in working days after these days of the calendar changed; returns the number moved."""
    if not changed:
        return 0
    first = min(changed)
    query = select(task).where(task.c.term_unit == TimeUnit.WORKING_DAYS, task.c.due_at >= first)
    moved = 0
    for row in (await uow.session.execute(query)).all():
        term, opened = Term(row.term_amount, TimeUnit(row.term_unit)), row.opened_at.astimezone(uow.zone)
        due_at = term.due_at(opened, await calendar_of(uow.session, opened.date(), term))
        if due_at != row.due_at:
            await uow.session.execute(update(task).where(task.c.id == row.id).values(due_at=due_at))
            moved += 1
    return moved


def waits_for(caller: Caller, of: FromClause = task) -> ColumnElement[bool]:
    """Whether a task waits for the caller."""
    themselves = [each for each in (caller.account_id, caller.employee_id) if each is not None]
    held = [and_(of.c.role == grant.role, _over(of, grant.unit_id)) for grant in caller.role_assignments]
    return and_(or_(of.c.assignee_id.in_(themselves), *held), ~of.c.excluded_ids.overlap(themselves))


def _over(of: FromClause, unit_id: UUID | None) -> ColumnElement[bool]:
    """Whether a role over this unit (None: over everything) covers the task's unit."""
    return of.c.id.is_not(None) if unit_id is None else of.c.unit_path.contains([unit_id])


def _shown_already(caller: Caller) -> ColumnElement[bool]:
    """Whether a task that waits for a role of the caller waits for them by name or by another role too."""
    twin = task.alias("twin")
    same = [twin.c[name] == task.c[name] for name in ("subject_type", "subject_id", "kind")]
    first = or_(twin.c.assignee_id.is_not(None), twin.c.id < task.c.id)
    return and_(task.c.role.is_not(None), exists().where(*same, first, waits_for(caller, twin)))
