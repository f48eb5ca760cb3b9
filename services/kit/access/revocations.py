"""Accounts whose earlier tokens no longer count anywhere, within five seconds (ORG-12, design §6).

org keeps them. The other services ask it every two seconds (``revocations_of_org``) and learn of them by its events
besides, so that either way suffices. ``authenticate`` checks every caller: no route is left out.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import httpx2
from pydantic import AwareDatetime, BaseModel, ValidationError
from sqlalchemy import Column, DateTime, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.access.clients import NeighbourAway
from services.kit.database.sessions import KIT, Sessions, WriteSession
from services.kit.errors import Unauthenticated
from services.kit.fields import Moment
from services.kit.identity import Caller
from services.kit.polled import Polled
from services.kit.signatures import secrets_of, sign
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import UnitOfWork

revocation = Table(
    "revocation",
    KIT,
    Column("account_id", Uuid, primary_key=True),
    Column("not_before", DateTime(timezone=True), nullable=False),
)

PATH: Final = "/v1/org/revocations"
ASKING_SECONDS: Final = 1.0
NotBefore = Mapping[UUID, datetime]


class Revoked(Unauthenticated):
    """The token was issued before the account was disabled, re-linked, given another password or robbed of a role."""

    code = "revoked"
    zh = "您的账号或权限已变更，请重新登录。"
    en = "Your account or its roles have changed; sign in again."


@dataclass(frozen=True)
class Revocations:
    """What is known of withdrawn tokens, from one or several ``sources``."""

    sources: Sequence[Polled[NotBefore]]

    async def demand_current(self, caller: Caller) -> None:
        """Refuse a caller whose token is older than the last revocation.

        Raises:
            Revoked: sign in again.
            Unavailable: a source has been silent for longer than this installation allows.
        """
        for source in self.sources:
            not_before = (await source.value()).get(caller.account_id)
            if not_before is not None and (caller.issued_at is None or caller.issued_at < not_before):
                raise Revoked


async def revoke(session: WriteSession, account_id: UUID, not_before: datetime) -> None:
    """Refuse tokens of this account issued before ``not_before`` (machine time); later moments win."""
    fresh = insert(revocation).values(account_id=account_id, not_before=not_before)
    latest = func.greatest(revocation.c.not_before, fresh.excluded.not_before)
    await session.execute(fresh.on_conflict_do_update(index_elements=["account_id"], set_={"not_before": latest}))


def stored(sessions: Sessions, longest: timedelta) -> Callable[[], Awaitable[NotBefore]]:
    """How to read what this service has stored; tokens live no longer than ``longest``, so older rows do not matter."""

    async def read() -> NotBefore:
        columns = revocation.c
        query = select(columns.account_id, columns.not_before).where(columns.not_before > datetime.now(UTC) - longest)
        async with sessions.read() as session:
            return {row.account_id: row.not_before for row in await session.execute(query)}

    return read


class RevokedAccount(BaseModel):
    """An account whose tokens issued before ``not_before`` (machine time) no longer count."""

    account_id: UUID
    not_before: AwareDatetime


class RevokedAccounts(BaseModel):
    """What org answers at ``PATH``."""

    items: list[RevokedAccount]


def revocations_of_org(http: httpx2.AsyncClient, org_url: str, event_secret: str) -> Callable[[], Awaitable[NotBefore]]:
    """How to ask org; the request is signed with the secret that our services share."""

    async def read() -> NotBefore:
        headers = sign(str(uuid4()), b"", secrets_of(event_secret), datetime.now(UTC))
        try:
            answer = await http.get(org_url.rstrip("/") + PATH, headers=headers, timeout=ASKING_SECONDS)
            answer.raise_for_status()
            answered = RevokedAccounts.model_validate_json(answer.content)
        except (httpx2.HTTPError, ValidationError) as fault:
            raise NeighbourAway(service="org", reason=type(fault).__name__, retry_after=2) from fault
        return {each.account_id: each.not_before for each in answered.items}

    return read


class AccountRevoked(EventData):
    """The data of ``org.account.revoked``."""

    account_id: UUID
    not_before: Moment


async def _revoke(uow: UnitOfWork, data: AccountRevoked) -> None:
    await revoke(uow.session, data.account_id, data.not_before)


REVOKE_TOKENS = Effect(AccountRevoked, _revoke)
"""What ``org.account.revoked`` does in every service: the account's earlier tokens no longer count."""
