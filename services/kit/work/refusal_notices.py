"""A refusal waits for the person who proposed what was refused, until they have read why (PLT-02).

``<noun>.read_refusal`` is a task like any other: its link leads to the record with the reason. Nothing else follows
from it, so the person closes it themselves, which the audit trail records.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, NotFound, Text
from services.kit.release import Signature
from services.kit.work.tasks import Assignee, open_task, task, waits_for
from services.kit.work.unit_of_work import UnitOfWork

VERB: Final = "read_refusal"


class TaskUnknown(NotFound):
    """No such task waits for the caller."""

    code = "task_unknown"
    zh = "找不到该待办，或其不由您办理。"
    en = "There is no such task, or it is not yours."


class TaskNeedsAction(Conflict):
    """Only news is closed by reading it; everything else is closed by doing it."""

    code = "task_needs_action"
    zh = "该待办须办理后自动关闭，不能直接关闭。"
    en = "This task closes once what it asks for is done; it cannot be closed by itself."


async def tell_refusal(
    uow: UnitOfWork, *, subject: tuple[str, UUID], proposer: Signature, title: Text, link: str
) -> None:
    """Let the person who proposed something read why it was refused; not where they took it back themselves."""
    if proposer.is_of(uow.caller):
        return
    who = Assignee(employee_id=proposer.employee_id or proposer.account_id)
    await open_task(uow, f"{subject[0]}.{VERB}", subject=subject, assignee=who, title=title, link=link)


async def asked_in(session: ReadSession, kind: str, subject: tuple[str, UUID]) -> tuple[Text, str] | None:
    """The title and the link of a task of this kind that waits on the subject."""
    query = select(task.c.title_zh, task.c.title_en, task.c.link).where(
        task.c.kind == kind, task.c.subject_type == subject[0], task.c.subject_id == subject[1]
    )
    found = (await session.execute(query.limit(1))).first()
    return None if found is None else (Text(found.title_zh, found.title_en), found.link)


def refused(what: Text) -> Text:
    """The title of the news that ``what`` was refused."""
    return Text(f"已退回，请查阅原因：{what.zh}", f"Refused, read why: {what.en}")


async def close_notice(uow: UnitOfWork, *, service: str, task_id: UUID) -> None:
    """The caller has read the news.

    Raises:
        TaskUnknown, TaskNeedsAction.
    """
    query = select(task).where(task.c.id == task_id, waits_for(uow.caller)).with_for_update()
    found = (await uow.session.execute(query)).first()
    if found is None:
        raise TaskUnknown
    if not found.kind.endswith(f".{VERB}"):
        raise TaskNeedsAction
    await uow.session.execute(delete(task).where(task.c.id == task_id))
    subject = (found.subject_type, found.subject_id)
    after = {"kind": found.kind, "title": found.title_zh}
    await uow.audit(f"{service}.{found.subject_type}.refusal_read", subject=subject, after=after)
