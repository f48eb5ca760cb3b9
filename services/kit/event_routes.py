"""Looking after the events that a service sends: who subscribes, what was not taken, sending it again (PLT-05)."""

import re
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.kit import dead_letters, subscriptions
from services.kit.callers import permit, permit_work
from services.kit.fields import Id, Label, Model
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import PageAsked, Read

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
    """Who wants to hear of what. The same ``name`` again changes address and types and keeps the secret."""

    name: Label = Field(description="Name of the subscriber, unique.", examples=[_NAME])
    url: TargetUrl = Field(description="Where events are posted; https.", examples=[_URL])
    types: list[EventType] = Field(
        description="Event types in full, prefixes with `.*`, or `*` for everything.",
        examples=[["org.employee.*", "org.unit.closed"]],
    )


class Subscription(Model):
    """A subscription. Its secrets are shown only when they are made."""

    id: Id = Field(description="Id of the subscription.", examples=["0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"])
    name: str = Field(description="Name of the subscriber.", examples=[_NAME])
    url: str = Field(description="Where events are posted.", examples=[_URL])
    types: list[str] = Field(description="What is subscribed to.", examples=[["org.employee.*"]])
    internal: bool = Field(description="Whether the subscriber is another service of Merit.", examples=[False])
    active: bool = Field(description="Whether events are being sent.", examples=[True])


class SubscriptionWithSecret(Subscription):
    """A subscription with the secret that signs its messages (Standard Webhooks), where it is new."""

    secret: str | None = Field(
        description="Secret of the signatures, shown this once; null where the subscription had one already.",
        examples=[_SIGNING],
    )


class SubscriptionSecret(Model):
    """A new secret. Until the next change messages carry a signature of the one before as well."""

    secret: str = Field(description="Secret of the signatures; shown this once.", examples=[_SIGNING])


class ReplayReport(Model):
    """How many deliveries are tried again."""

    count: int = Field(description="Number of deliveries that had failed for good.", examples=[3])


class DeadLetter(Model):
    """A job that failed for good."""

    id: int = Field(description="Number of the job.", examples=[4711])
    task: str = Field(description="What was to be done.", examples=["deliver_event"])
    lock: str | None = Field(description="Jobs of one lock run one after the other.", examples=["delivery:0197a3c2"])
    arguments: dict[str, str | int | bool | None] = Field(
        description="What it was called with: ids.", examples=[{"event_id": "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"}]
    )
    runs: int = Field(description="How often it was tried.", examples=[10])
    failed_at: datetime | None = Field(description="When its last run failed.", examples=["2026-04-22T01:00:00Z"])
    error: str | None = Field(description="Why its last run failed.", examples=["ConnectError"])


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
    @routes.get(
        "/subscriptions", operation_id=f"list_{service}_subscriptions", summary="List who is subscribed to events"
    )
    async def list_subscriptions(caller: Operator, session: Read) -> Page[Subscription]:
        """All subscriptions, by name."""
        found = await subscriptions.subscriptions(session)
        return Page[Subscription](items=[Subscription.model_validate(each) for each in found])

    @routes.post(
        "/subscriptions", operation_id=f"create_{service}_subscription", summary="Subscribe to events", status_code=201
    )
    @keeps_no_body  # the answer holds a secret
    async def subscribe(
        asked: SubscriptionRequest, uow: OperatorUnitOfWork, response: Response
    ) -> SubscriptionWithSecret:
        """Enter or change a subscription. Events are signed by Standard Webhooks and come in order per subject.

        The secret is shown once; whoever has lost it asks for a new one (rotate_secret).
        """
        made, secret = await subscriptions.subscribe(
            uow.session, name=asked.name, url=asked.url, types=asked.types, now=uow.now, cipher=uow.cipher
        )
        stored = await subscriptions.subscription_of(uow.session, made)
        after = {"url": asked.url, "types": asked.types}
        await uow.audit(f"{service}.subscription.created", subject=("subscription", made), after=after)
        response.headers["Location"] = f"/v1/{service}/subscriptions"
        view = Subscription.model_validate(stored)
        return SubscriptionWithSecret(**view.model_dump(), secret=secret)

    @routes.post(
        "/subscriptions/{subscription_id}/rotate_secret",
        operation_id=f"rotate_{service}_subscription_secret",
        summary="Give a subscriber a new secret",
    )
    @keeps_no_body  # the answer holds a secret
    async def rotate_secret(subscription_id: SubscriptionId, uow: OperatorUnitOfWork) -> SubscriptionSecret:
        """Messages are signed with the new and the previous secret until the next change."""
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
        """Send nothing more to this subscriber, not even what is waiting."""
        await subscriptions.unsubscribe(uow.session, subscription_id)
        await uow.audit(f"{service}.subscription.deleted", subject=("subscription", subscription_id))

    @routes.post(
        "/subscriptions/{subscription_id}/replay",
        operation_id=f"replay_{service}_subscription",
        summary="Send again what a subscriber did not take",
    )
    async def replay_deliveries(subscription_id: SubscriptionId, uow: OperatorUnitOfWork) -> ReplayReport:
        """Send again, in order, everything that this subscriber did not take for good."""
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
        """Jobs that failed for good, oldest first."""
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
        """Have one failed job run again in its old place."""
        known = await dead_letters.replay(uow.session, job)
        await _record_job(uow, f"{service}.dead_letter.replayed", job, known)

    @routes.post(
        "/dead_letters/{job}/discard",
        operation_id=f"discard_{service}_dead_letter",
        summary="Give a failed job up",
        status_code=204,
        response_class=Response,
    )
    async def discard(job: JobNumber, uow: OperatorUnitOfWork) -> None:
        """Give one failed job up; later jobs of its lock no longer wait for it."""
        known = await dead_letters.discard(uow.session, job)
        await _record_job(uow, f"{service}.dead_letter.discarded", job, known)


async def _record_job(uow: UnitOfWork, event: str, job: int, known: dead_letters.Known) -> None:
    """The trail knows records by UUIDs and jobs have numbers: a job stands in it under its number as a UUID."""
    await uow.audit(event, subject=("dead_letter", UUID(int=job)), before={"job": job, **vars(known)})
