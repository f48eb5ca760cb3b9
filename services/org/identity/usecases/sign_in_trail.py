"""Sign-ins and their failures in the audit trail (PLT-04): who, when, from where, and why they were refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from services.kit.audit import trail
from services.kit.database.sessions import Sessions, WriteSession
from services.kit.errors import RateLimited, Unauthenticated
from services.kit.identity import Caller
from services.org.identity.store import accounts, service_clients

UNKNOWN: Final = Caller(UUID(int=0), "unknown")
"""Represents a name that no account has. The name itself is not kept: sometimes it is a password typed by mistake."""


@asynccontextmanager
async def of_person(sessions: Sessions, *, login: str, now: datetime) -> AsyncIterator[None]:
    """Record the sign-in that happens in this block, or that it was refused."""
    async with _recorded(sessions, login=login, kind="account", now=now):
        yield


@asynccontextmanager
async def of_client(sessions: Sessions, *, client_id: str, now: datetime) -> AsyncIterator[None]:
    """Record that a client system was refused. That our own services get a token every few minutes is no news."""
    async with _recorded(sessions, login=client_id, kind="service_client", now=now):
        yield


@asynccontextmanager
async def _recorded(sessions: Sessions, *, login: str, kind: str, now: datetime) -> AsyncIterator[None]:
    try:
        yield
    except (Unauthenticated, RateLimited) as refusal:
        async with sessions.write() as session:
            await _line(session, "org.session.refused", login=login, kind=kind, now=now, code=refusal.code)
        raise
    if kind == "account":
        async with sessions.write() as session:
            await _line(session, "org.session.started", login=login, kind=kind, now=now)


async def _line(session: WriteSession, action: str, *, login: str, kind: str, now: datetime, code: str = "") -> None:
    who = await _person(session, login) if kind == "account" else await _client(session, login)
    await trail.record(
        session,
        caller=who,
        action=action,
        resource=kind,
        resource_id=who.account_id,
        now=now,
        after={"code": code} if code else None,
    )


async def _person(session: WriteSession, login: str) -> Caller:
    row = await accounts.of_login(session, login)
    return UNKNOWN if row is None else Caller(row.id, row.name)


async def _client(session: WriteSession, client_id: str) -> Caller:
    row = await service_clients.by_name(session, client_id)
    return UNKNOWN if row is None else Caller(row.id, row.client_id, "service")
