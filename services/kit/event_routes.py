"""Looking after the events that a service sends: who subscribes, what was not taken, sending it again (PLT-05)."""

import re
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from services.kit import audit, dead_letters, subscriptions
from services.kit.callers import permit
from services.kit.database import WriteSession
from services.kit.fields import Id, Label, Model
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import Now, PageAsked, Read, Write

Operator = Annotated[Caller, permit(Role.ADMINISTRATOR)]

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


class NewSubscription(Model):
    """Who wants to hear what. Sending the same ``name`` again changes address and types and keeps the secret."""

    name: Label
    url: TargetUrl
    types: list[EventType]


class SubscriptionView(Model):
    """A subscription; its secrets are shown only when they are made."""

    id: Id
    name: str
    url: str
    types: list[str]
    internal: bool
    active: bool


class SubscriptionMade(SubscriptionView):
    """A subscription with the secret that signs its messages (Standard Webhooks)."""

    secret: str


class SecretMade(Model):
    """A new secret. Until the next change messages carry a signature of the one before as well."""

    secret: str


class Replayed(Model):
    """How many jobs were set going again."""

    count: int


class DeadLetterView(Model):
    """A job that failed for good; ``error`` is why its last run failed, ``arguments`` are ids."""

    id: int
    task: str
    lock: str | None
    arguments: dict[str, str | int | bool | None]
    runs: int
    failed_at: datetime | None
    error: str | None


def event_router(service: str) -> APIRouter:
    """``/v1/<service>/subscriptions`` and ``/v1/<service>/dead_letters``, for the administrator."""
    routes = router(f"/v1/{service}", tag="events")
    _add_subscriptions(routes)
    _add_dead_letters(routes)
    return routes


def _add_subscriptions(routes: APIRouter) -> None:
    @routes.get("/subscriptions")
    async def list_subscriptions(caller: Operator, session: Read) -> Page[SubscriptionView]:
        """All subscriptions, by name."""
        found = await subscriptions.subscriptions(session)
        return Page[SubscriptionView](items=[SubscriptionView.model_validate(each) for each in found])

    @routes.post("/subscriptions", status_code=201)
    @keeps_no_body  # the answer holds a secret
    async def subscribe(asked: NewSubscription, caller: Operator, session: Write, now: Now) -> SubscriptionMade:
        """Enter or change a subscription."""
        made = await subscriptions.subscribe(session, name=asked.name, url=asked.url, types=asked.types, now=now)
        stored = await subscriptions.subscription_of(session, made)
        await _record(session, caller, "subscribe", made, now, {"url": asked.url, "types": asked.types})
        view = SubscriptionView.model_validate(stored)
        return SubscriptionMade(**view.model_dump(), secret=stored.secrets[0])

    @routes.post("/subscriptions/{subscription_id}/rotate_secret")
    @keeps_no_body  # the answer holds a secret
    async def rotate_secret(subscription_id: UUID, caller: Operator, session: Write, now: Now) -> SecretMade:
        """Give the subscriber a new secret."""
        secret = await subscriptions.rotate_secret(session, subscription_id)
        await _record(session, caller, "rotate_secret", subscription_id, now)
        return SecretMade(secret=secret)

    @routes.post("/subscriptions/{subscription_id}/unsubscribe", status_code=204, response_class=Response)
    async def unsubscribe(subscription_id: UUID, caller: Operator, session: Write, now: Now) -> None:
        """Send nothing more to this subscriber."""
        await subscriptions.unsubscribe(session, subscription_id)
        await _record(session, caller, "unsubscribe", subscription_id, now)

    @routes.post("/subscriptions/{subscription_id}/replay")
    async def replay_deliveries(subscription_id: UUID, caller: Operator, session: Write, now: Now) -> Replayed:
        """Send again, in order, everything that this subscriber did not take for good."""
        count = await subscriptions.replay_deliveries(session, subscription_id)
        await _record(session, caller, "replay", subscription_id, now, {"count": count})
        return Replayed(count=count)


def _add_dead_letters(routes: APIRouter) -> None:
    @routes.get("/dead_letters")
    async def list_dead_letters(
        caller: Operator, session: Read, paging: PageAsked, task: str | None = None
    ) -> Page[DeadLetterView]:
        """Jobs that failed for good, oldest first; ``task`` narrows to one task."""
        seen = paging.after()
        found = await dead_letters.dead_letters(
            session, task=task, after=int(seen[0]) if seen else 0, limit=paging.limit + 1
        )
        items = [DeadLetterView.model_validate(letter) for letter in found[: paging.limit]]
        more = len(found) > paging.limit
        return Page[DeadLetterView](items=items, next=paging.cursor_after([items[-1].id]) if more else None)

    @routes.post("/dead_letters/{job}/replay", status_code=204, response_class=Response)
    async def replay(job: int, caller: Operator, session: Write, now: Now) -> None:
        """Have one failed job run again in its old place."""
        known = await dead_letters.replay(session, job)
        await _record_job(session, caller, "replay", job, known, now)

    @routes.post("/dead_letters/{job}/discard", status_code=204, response_class=Response)
    async def discard(job: int, caller: Operator, session: Write, now: Now) -> None:
        """Give one failed job up; later jobs of its lock no longer wait for it."""
        known = await dead_letters.discard(session, job)
        await _record_job(session, caller, "discard", job, known, now)


async def _record(
    session: WriteSession,
    caller: Caller,
    action: str,
    resource_id: UUID,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    await audit.record(
        session,
        caller=caller,
        action=action,
        resource="subscription",
        resource_id=resource_id,
        now=now,
        after=after,
    )


async def _record_job(
    session: WriteSession, caller: Caller, action: str, job: int, known: dead_letters.Known, now: datetime
) -> None:
    """The trail knows records by UUIDs and jobs have numbers: a job stands in it under its number as a UUID."""
    await audit.record(
        session,
        caller=caller,
        action=action,
        resource="dead_letter",
        resource_id=UUID(int=job),
        before={"job": job, **vars(known)},
        now=now,
    )
