"""Looking after the events that a service sends: who subscribes, what was not taken, sending it again (PLT-05)."""

import re
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.kit.access.callers import permit, permit_work
from services.kit.database.pages import Page
from services.kit.events import subscriptions
from services.kit.fields import Id, Label, Model
from services.kit.identity import Caller, Role
from services.kit.jobs import dead_letters
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import keeps_no_body, located, router
from services.kit.work.unit_of_work import UnitOfWork

Operator = Annotated[Caller, permit(Role.ADMINISTRATOR, whole=True)]
OperatorUnitOfWork = Annotated[UnitOfWork, permit_work(Role.ADMINISTRATOR, whole=True)]

_NAME: Final = "payroll of the group"
_URL: Final = "https://payroll.example.com/merit/events"
_SIGNING: Final = "whsec_…"

_TYPE = re.compile(r"\*|[a-z_]+(\.[a-z_]+)*(\.\*)?")


def _https(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.fragment:
        raise PydanticCustomError("url_not_https", "an https address without user and fragment")
    return value


def _event_type(value: str) -> str:
    if not _TYPE.fullmatch(value):
        raise PydanticCustomError("event_type", "an event type, a prefix with .*, or *")
    return value


TargetUrl = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_https)]
EventType = Annotated[str, StringConstraints(max_length=128), AfterValidator(_event_type)]


class SubscriptionRequest(Model):
    """A subscriber and the events it receives. Sending the same ``name`` again changes address and types and keeps
    the secret.
    """

    name: Label = Field(description="Name of the subscriber, unique.", examples=[_NAME])
    url: TargetUrl = Field(description="Address to which events are posted; https.", examples=[_URL])
    types: list[EventType] = Field(
        description="Event types in full, prefixes with `.*`, or `*` for everything.",
        examples=[["org.employee.*", "org.unit.closed"]],
    )


class Subscription(Model):
    """A subscription. Its secrets are shown only when they are created."""

    id: Id = Field(description="Id of the subscription.", examples=["0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"])
    name: str = Field(description="Name of the subscriber.", examples=[_NAME])
    url: str = Field(description="Address to which events are posted.", examples=[_URL])
    types: list[str] = Field(description="Event types subscribed to.", examples=[["org.employee.*"]])
    internal: bool = Field(description="Whether the subscriber is another service of Merit.", examples=[False])
    active: bool = Field(description="Whether events are being sent.", examples=[True])


class SubscriptionWithSecret(Subscription):
    """A subscription with the secret that signs its messages (Standard Webhooks), if it is new."""

    secret: str | None = Field(
        description="Signing secret, shown only this once; null if the subscription had one already.",
        examples=[_SIGNING],
    )


class SubscriptionSecret(Model):
    """A new signing secret. Until the next change, messages also carry a signature made with the previous one."""

    secret: str = Field(description="Signing secret; shown only this once.", examples=[_SIGNING])


class ReplayReport(Model):
    """The number of deliveries that are tried again."""

    count: int = Field(description="Number of deliveries that had failed for good.", examples=[3])


class DeadLetter(Model):
    """A job that failed for good and is not tried again."""

    id: int = Field(description="Number of the job.", examples=[4711])
    task: str = Field(description="Task of the job.", examples=["deliver_event"])
    lock: str | None = Field(
        description="Lock of the job; jobs of one lock run one after the other.", examples=["delivery:0197a3c2"]
    )
    arguments: dict[str, str | int | bool | None] = Field(
        description="Arguments of the job: ids only.", examples=[{"event_id": "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"}]
    )
    runs: int = Field(description="Number of attempts.", examples=[10])
    failed_at: datetime | None = Field(
        description="Time at which its last run failed.", examples=["2026-04-22T01:00:00Z"]
    )
    error: str | None = Field(description="Error of its last run.", examples=["ConnectError"])


SubscriptionId = Annotated[UUID, Path(description="Id of the subscription.")]
JobNumber = Annotated[int, Path(description="Number of the failed job.", examples=[4711])]


def event_router(service: str) -> APIRouter:
    """``/v1/<service>/subscriptions`` and ``/v1/<service>/dead_letters``, for the administrator."""
    routes = router(f"/v1/{service}", tag="events")
    _add_subscriptions(routes, service)
    _add_deliveries(routes, service)
    _add_dead_letters(routes, service)
    return routes


def _add_subscriptions(routes: APIRouter, service: str) -> None:
    @routes.get("/subscriptions", operation_id=f"list_{service}_subscriptions", summary="List subscriptions")
    async def list_subscriptions(caller: Operator, session: Read) -> Page[Subscription]:
        """All subscriptions, by name."""
        found = await subscriptions.subscriptions(session)
        return Page[Subscription](items=[Subscription.model_validate(each) for each in found])

    @routes.post(
        "/subscriptions", operation_id=f"create_{service}_subscription", summary="Subscribe to events", status_code=201
    )
    @keeps_no_body  # the answer holds a secret
    @located(f"/v1/{service}/subscriptions")
    async def subscribe(asked: SubscriptionRequest, uow: OperatorUnitOfWork) -> SubscriptionWithSecret:
        """Creates or changes a subscription.

        Events are signed according to Standard Webhooks and arrive in order for each subject. The secret is shown
        only once; if it is lost, request a new one (rotate_secret).
        """
        made, secret = await subscriptions.subscribe(
            uow.session, name=asked.name, url=asked.url, types=asked.types, now=uow.now, cipher=uow.cipher
        )
        stored = await subscriptions.subscription_of(uow.session, made)
        after = {"url": asked.url, "types": asked.types}
        await uow.audit(f"{service}.subscription.created", subject=("subscription", made), after=after)
        view = Subscription.model_validate(stored)
        return SubscriptionWithSecret(**view.model_dump(), secret=secret)

    @routes.post(
        "/subscriptions/{subscription_id}/rotate_secret",
        operation_id=f"rotate_{service}_subscription_secret",
        summary="Rotate the secret of a subscription",
    )
    @keeps_no_body  # the answer holds a secret
    async def rotate_secret(subscription_id: SubscriptionId, uow: OperatorUnitOfWork) -> SubscriptionSecret:
        """Creates a new secret. Until the next change, messages are signed with both the new and the previous one."""
        secret = await subscriptions.rotate_secret(uow.session, subscription_id, cipher=uow.cipher)
        await uow.audit(f"{service}.subscription.secret_rotated", subject=("subscription", subscription_id))
        return SubscriptionSecret(secret=secret)


def _add_deliveries(routes: APIRouter, service: str) -> None:
    @routes.delete(
        "/subscriptions/{subscription_id}",
        operation_id=f"delete_{service}_subscription",
        summary="End a subscription",
        status_code=204,
        response_class=Response,
    )
    async def unsubscribe(subscription_id: SubscriptionId, uow: OperatorUnitOfWork) -> None:
        """Stops all messages to this subscriber, including those still waiting."""
        await subscriptions.unsubscribe(uow.session, subscription_id)
        await uow.audit(f"{service}.subscription.deleted", subject=("subscription", subscription_id))

    @routes.post(
        "/subscriptions/{subscription_id}/replay",
        operation_id=f"replay_{service}_subscription",
        summary="Resend failed deliveries of a subscription",
    )
    async def replay_deliveries(subscription_id: SubscriptionId, uow: OperatorUnitOfWork) -> ReplayReport:
        """Sends again, in order, all events whose delivery to this subscriber failed for good."""
        count = await subscriptions.replay_deliveries(uow.session, subscription_id)
        await uow.audit(
            f"{service}.subscription.replayed", subject=("subscription", subscription_id), after={"count": count}
        )
        return ReplayReport(count=count)


def _add_dead_letters(routes: APIRouter, service: str) -> None:
    @routes.get("/dead_letters", operation_id=f"list_{service}_dead_letters", summary="List jobs that failed for good")
    async def list_dead_letters(
        caller: Operator,
        session: Read,
        paging: PageAsked,
        task: Annotated[str | None, Query(max_length=128, description="Only jobs of this task.")] = None,
    ) -> Page[DeadLetter]:
        """Jobs that failed for good and wait for a person to run or discard them, oldest first."""
        seen = paging.after()
        found = await dead_letters.dead_letters(
            session, task=task, after=int(seen[0]) if seen else 0, limit=paging.limit + 1
        )
        items = [DeadLetter.model_validate(letter) for letter in found[: paging.limit]]
        more = len(found) > paging.limit
        return Page[DeadLetter](items=items, next=paging.cursor_after([items[-1].id]) if more else None)

    @routes.post(
        "/dead_letters/{job}/replay",
        operation_id=f"replay_{service}_dead_letter",
        summary="Run a failed job again",
        status_code=204,
        response_class=Response,
    )
    async def replay(job: JobNumber, uow: OperatorUnitOfWork) -> None:
        """Runs one failed job again, in its original place in the queue."""
        known = await dead_letters.replay(uow.session, job)
        await _record_job(uow, f"{service}.dead_letter.replayed", job, known)

    @routes.post(
        "/dead_letters/{job}/discard",
        operation_id=f"discard_{service}_dead_letter",
        summary="Discard a failed job",
        status_code=204,
        response_class=Response,
    )
    async def discard(job: JobNumber, uow: OperatorUnitOfWork) -> None:
        """Discards one failed job; later jobs of its lock no longer wait for it."""
        known = await dead_letters.discard(uow.session, job)
        await _record_job(uow, f"{service}.dead_letter.discarded", job, known)


async def _record_job(uow: UnitOfWork, event: str, job: int, known: dead_letters.Known) -> None:
    """The trail identifies records by UUIDs but jobs have numbers: a job appears in it with its number as a UUID."""
    await uow.audit(event, subject=("dead_letter", UUID(int=job)), before={"job": job, **vars(known)})
