"""Signing in and staying signed in: short access tokens, refresh tokens good for one use (ORG-12).

These use cases open their own transactions: no transaction waits while a password is hashed, and what a refused
attempt must leave behind (it was counted, a stolen family is revoked) stays although the request is refused.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.kit.database.sessions import Sessions, WriteSession
from services.kit.errors import Unauthenticated
from services.kit.identity import Caller, RoleAssignment
from services.org.identity.store import accounts, role_assignments, service_clients, sign_ins
from services.org.identity.store.tables import AccountRow, RefreshTokenRow, SignInRow
from services.org.identity.usecases import sign_in_attempts
from services.org.identity.usecases.signing import ACCESS_LIFETIME, AUDIENCES, SigningKey

SIGN_IN_LIFETIME = timedelta(hours=12)
"""How long a session lasts before the password must be entered again."""


class SignInRefused(Unauthenticated):
    """Wrong login or password, a disabled account, or the account of a leaver; the answer does not say which."""

    code = "sign_in_refused"
    zh = "登录名或密码不正确，或账号已停用。忘记密码的，请联系系统管理员。"
    en = (
        "Login or password is wrong, or the account is disabled. If you have forgotten your password, ask "
        "your administrator."
    )


class RefreshRefused(Unauthenticated):
    """The refresh token is unknown, expired, used before or revoked."""

    code = "refresh_refused"
    zh = "登录已失效，请重新登录。"
    en = "The session has ended; sign in again."


@dataclass(frozen=True)
class Place:
    """The origin of a sign-in. ``device_token`` is what an earlier sign-in gave this device."""

    address: str
    user_agent: str
    device_token: str | None = None


@dataclass(frozen=True)
class Tokens:
    """What a sign-in gives. ``refresh_token`` is None for client systems, ``device_token`` at a renewal too."""

    access_token: str
    refresh_token: str | None
    device_token: str | None = None
    expires_in: int = int(ACCESS_LIFETIME.total_seconds())


async def sign_in(
    sessions: Sessions, *, key: SigningKey, login: str, password: str, place: Place, now: datetime, today: date
) -> Tokens:
    """Exchange login and password for tokens. ``now`` is machine time, ``today`` the business day.

    Raises:
        SignInRefused, TooManyAttempts.
    """
    async with sessions.read() as session:
        account = await accounts.of_login(session, login)
    device = key.device_of(place.device_token, account.id) if account else None
    paces = sign_in_attempts.paces_of_person(login, address=place.address, device=device)
    attempt = await sign_in_attempts.begin(sessions, paces, now)
    stored = account.password_hash if account else None
    right = await sign_in_attempts.proves(sessions, attempt, secret=password, stored_hash=stored, now=now)
    if not right or account is None:
        raise attempt.refusal(SignInRefused())
    async with sessions.write() as session:
        fresh = await accounts.find_for_update(session, account.id)
        if fresh is None or fresh.password_hash != stored or not await may_sign_in(session, fresh, today):
            raise SignInRefused
        family = SignInRow(
            account_id=fresh.id,
            started_at=now,
            ends_at=now + SIGN_IN_LIFETIME,
            address=place.address[:64],
            user_agent=place.user_agent[:200],
        )
        session.add(family)
        await session.flush()
        tokens = await _tokens(session, key=key, account=fresh, family_id=family.id, now=now)
    known = place.device_token if device else key.device_token(account.id, now=now)
    return replace(tokens, device_token=known)


async def refresh(sessions: Sessions, *, key: SigningKey, refresh_token: str, now: datetime, today: date) -> Tokens:
    """Exchange a refresh token for new tokens. A token used twice ends the whole sign-in, because it was copied.

    Raises:
        RefreshRefused: it is not good, or no longer.
    """
    async with sessions.write() as session:
        tokens = await _refreshed(session, key=key, token_hash=_hash(refresh_token), now=now, today=today)
    if tokens is None:
        raise RefreshRefused
    return tokens


async def end(session: WriteSession, *, refresh_token: str, now: datetime) -> None:
    """End the sign-in that a refresh token belongs to; an unknown token ends and reveals nothing."""
    found = await sign_ins.of_token(session, _hash(refresh_token))
    if found is not None and found[1].revoked_at is None:
        found[1].revoked_at, found[1].revoked_because = now, "signed_out"


async def service_token(
    sessions: Sessions, *, key: SigningKey, client_id: str, client_secret: str, address: str, now: datetime
) -> Tokens:
    """Exchanges a client system's secret for an access token.

    Raises:
        SignInRefused, TooManyAttempts.
    """
    async with sessions.read() as session:
        client = await service_clients.by_name(session, client_id)
    paces = sign_in_attempts.paces_of_client(client_id, address=address)
    attempt = await sign_in_attempts.begin(sessions, paces, now)
    stored = client.secret_hash if client else None
    right = await sign_in_attempts.proves(sessions, attempt, secret=client_secret, stored_hash=stored, now=now)
    if not right or client is None or client.disabled_at is not None:
        raise attempt.refusal(SignInRefused())
    caller = Caller(client.id, client.client_id, "service", scopes=frozenset(client.scopes))
    return Tokens(key.token(caller, audiences=client.audiences, now=now), None)


async def _refreshed(
    session: WriteSession, *, key: SigningKey, token_hash: bytes, now: datetime, today: date
) -> Tokens | None:
    found = await sign_ins.of_token(session, token_hash)
    if found is None:
        return None
    token, family = found
    if token.used_at is not None and family.revoked_at is None:
        family.revoked_at, family.revoked_because = now, "token_reused"
    if family.revoked_at is not None or family.ends_at <= now:
        return None
    account = await accounts.find_for_update(session, family.account_id)  # after a revocation under way, or before it
    if account is None or not await may_sign_in(session, account, today):
        return None
    token.used_at = now
    return await _tokens(session, key=key, account=account, family_id=family.id, now=now)


async def may_sign_in(session: WriteSession, account: AccountRow, today: date) -> bool:
    """Whether an account is neither disabled nor that of a leaver."""
    if account.disabled_at is not None:
        return False
    return account.employee_id is None or not await accounts.has_left(session, account.employee_id, today)


async def _tokens(
    session: WriteSession, *, key: SigningKey, account: AccountRow, family_id: UUID, now: datetime
) -> Tokens:
    held = (await role_assignments.roles_of(session, [account.id]))[account.id]
    roles = tuple(RoleAssignment(each.role, each.unit_id) for each in held if each.counts)
    caller = Caller(account.id, account.name, "person", account.employee_id, roles, session_id=family_id)
    secret = secrets.token_urlsafe(32)
    session.add(RefreshTokenRow(sign_in_id=family_id, token_hash=_hash(secret), issued_at=now))
    return Tokens(key.token(caller, audiences=AUDIENCES, now=now), secret)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
