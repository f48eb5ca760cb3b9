"""The same POST sent twice acts once: the answer is stored in the transaction of the effect (design §4).

While the first request is running, the second is refused, not queued; an advisory lock held by the first's transaction
detects this. Only successful answers are stored: a refusal changed nothing and is decided again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.kit.database.sessions import KIT, WriteSession
from services.kit.errors import Conflict, FieldError, Invalid, Malformed, Text

MAX_KEY = 200

idempotency_key = Table(
    "idempotency_key",
    KIT,
    Column("account_id", Uuid, primary_key=True),
    Column("key", String(MAX_KEY), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index(None, "at"),
)

_TRY: Final = select(func.pg_try_advisory_xact_lock(bindparam("lock", type_=BigInteger)))
_KEPT: Final = select(*(idempotency_key.c[name] for name in ("fingerprint", "status", "headers", "body"))).where(
    idempotency_key.c.account_id == bindparam("account_id"), idempotency_key.c.key == bindparam("key")
)
_KEEP: Final = insert(idempotency_key)

# Run by the worker every hour.
FORGET = "DELETE FROM idempotency_key WHERE at < now() - interval '2 days'"


class KeyMissing(Malformed):
    """A route that posts or pays was called without Idempotency-Key."""

    code = "idempotency_key_missing"
    zh = "该操作须携带请求头 Idempotency-Key。"
    en = "This operation needs an Idempotency-Key header."


class KeyReused(Invalid):
    """The key was used before for another request."""

    code = "idempotency_key_reused"
    zh = "该 Idempotency-Key 已用于另一项请求，请换一个。"
    en = "This Idempotency-Key was used for another request; choose a new one."


class StillAtWork(Conflict):
    """The first request with this key has not finished."""

    code = "idempotency_in_flight"
    zh = "携带同一 Idempotency-Key 的请求正在处理，请稍后再试。"
    en = "A request with this Idempotency-Key is in progress; try again in a moment."


@dataclass(frozen=True)
class Answer:
    """A finished request's answer, to be given again."""

    status: int
    headers: dict[str, str]
    body: bytes


def fingerprint(method: str, target: str, body: bytes) -> bytes:
    """What makes two requests the same: method, path with query, body."""
    return hashlib.sha256(b"\n".join((method.encode(), target.encode(), body))).digest()


def checked(key: str | None, *, required: bool) -> str | None:
    """The key as sent, if it may be used.

    Raises:
        KeyMissing: there is none and ``required``.
        KeyReused: never; KeyMissing also for an empty or overlong key.
    """
    if key is None and not required:
        return None
    if not key or len(key) > MAX_KEY or not key.isprintable():
        expected = Text(f"1 至 {MAX_KEY} 个字符", f"1 to {MAX_KEY} characters")
        raise KeyMissing(field_errors=[FieldError("header/Idempotency-Key", key and key[:40], expected)])
    return key


async def begin(session: WriteSession, *, account_id: UUID, key: str, print_: bytes) -> Answer | None:
    """Take the key for this transaction, or give the stored answer of the request that had it.

    Raises:
        StillAtWork: another transaction holds the key.
        KeyReused: the stored request was a different one.
    """
    lock = int.from_bytes(hashlib.sha256(account_id.bytes + key.encode()).digest()[:8], signed=True)
    if not (await session.execute(_TRY, {"lock": lock})).scalar_one():
        raise StillAtWork(retry_after=1)
    row = (await session.execute(_KEPT, {"account_id": account_id, "key": key})).first()
    if row is None:
        return None
    if row.fingerprint != print_:
        expected = Text("新的 Idempotency-Key", "a new Idempotency-Key")
        raise KeyReused(field_errors=[FieldError("header/Idempotency-Key", key, expected)])
    return Answer(row.status, row.headers, row.body)


async def finish(
    session: WriteSession, *, account_id: UUID, key: str, print_: bytes, answer: Answer, at: datetime
) -> None:
    """Store the answer beside the effect. ``at`` is machine time; keys are kept for at least a day."""
    kept = {
        "account_id": account_id,
        "key": key,
        "fingerprint": print_,
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
        "at": at,
    }
    await session.execute(_KEEP, kept)
