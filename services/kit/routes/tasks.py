"""``/v1/<service>/my/tasks``: what waits for the caller in this service, with deadlines and links (PLT-02)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Id, Model
from services.kit.web.application import AcceptedLanguage, Now, PageAsked, Read
from services.kit.web.routing import router
from services.kit.work.refusal_notices import close_notice
from services.kit.work.tasks import Task, list_tasks


class TaskSubject(Model):
    """The record that a task is about."""

    type: str = Field(description="Kind of the record: the singular noun of its routes.", examples=["run"])
    id: Id = Field(description="Id of the record.", examples=["0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"])


class TaskSummary(Model):
    """A task that waits for the caller."""

    id: Id = Field(description="Id of the task.", examples=["0197a3c2-9b11-7d02-8c44-5e6f7a8b9c0d"])
    kind: str = Field(description="Kind of task: `<noun>.<verb>`.", examples=["run.approve"])
    title: str = Field(
        description="Task in words, in the language of `Accept-Language`.", examples=["审批奖金核算 2026-Q1"]
    )
    subject: TaskSubject = Field(description="Record that the task is about.")
    link: str = Field(
        description="Route to the record.",
        examples=["/v1/incentive/runs/0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"],
    )
    opened_at: datetime = Field(
        description="Time since which the task has been waiting.", examples=["2026-04-22T01:00:00Z"]
    )
    due_at: datetime | None = Field(
        description="Deadline: the first moment that is too late; null if there is none.",
        examples=["2026-04-27T16:00:00Z"],
    )
    is_overdue: bool = Field(description="Whether the deadline has passed.", examples=[False])


def task_router(service: str) -> APIRouter:
    """The route of one service's tasks."""
    routes = router(f"/v1/{service}/my", tag="tasks")

    @routes.get(
        "/tasks",
        operation_id=f"list_my_{service}_tasks",
        summary=f"List my tasks in {service}",
        response_model=Page[TaskSummary],
    )
    async def list_my_tasks(
        session: Read,
        caller: AnyCaller,
        now: Now,
        language: AcceptedLanguage,
        paging: PageAsked,
        overdue: Annotated[
            bool | None, Query(description="true: only overdue tasks; false: only tasks that are not overdue.")
        ] = None,
        kind: Annotated[
            str | None, Query(max_length=64, description="Only tasks of this kind, such as `run.approve`.")
        ] = None,
    ) -> dict[str, Any]:
        """The caller's tasks, the earliest deadline first; tasks without a deadline come last."""
        found = await list_tasks(session, caller, now=now, overdue=overdue, kind=kind, paging=paging)
        return found.written(lambda each: _summary(each, now, language))

    @routes.delete(
        "/tasks/{task_id}",
        operation_id=f"close_my_{service}_task",
        summary=f"Close a notice among my tasks in {service}",
        status_code=204,
        response_class=Response,
    )
    async def close_my_task(
        uow: AnyCallerUnitOfWork, task_id: Annotated[Id, Path(description="Id of the task.")]
    ) -> None:
        """Closes a `….read_refusal` task once the caller has read why something was refused. Other tasks close by
        themselves when what they ask for is done.
        """
        await close_notice(uow, service=service, task_id=task_id)

    return routes


def _summary(task: Task, now: datetime, language: Language) -> TaskSummary:
    return TaskSummary(
        id=task.id,
        kind=task.kind,
        title=task.title.in_language(language),
        subject=TaskSubject(type=task.subject_type, id=task.subject_id),
        link=task.link,
        opened_at=task.opened_at,
        due_at=task.due_at,
        is_overdue=task.due_at is not None and task.due_at <= now,
    )
