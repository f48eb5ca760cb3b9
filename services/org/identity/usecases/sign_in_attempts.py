"""Attempts to prove a name with a password or a secret, checked one at a time while they are
being guessed (ORG-12).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from services.kit.database.sessions import Sessions, WriteSession
from services.kit.errors import DomainError, RateLimited
from services.kit.senders import sender_of
from services.org.identity.domain.sign_in_attempt import (
    CLIENT,
    NAME,
    NAME_AND_PLACE,
    PLACE,
    RANKED,
    SPARED,
    TOLD_FROM,
    Pace,
    take_turn,
)
from services.org.identity.store import sign_in_attempts as rows
from services.org.identity.usecases import passwords

_NO_WAIT = timedelta()


class TooManyAttempts(RateLimited):
    """Too many wrong passwords for this name from here; the right one still gets in."""

    code = "too_many_attempts"
    zh = "密码错误次数过多，请核对登录名和密码，{seconds} 秒后再试。"
    en = "Too many wrong passwords; check login and password and try again in {seconds} seconds."


@dataclass(frozen=True)
class Attempt:
    """One attempt that is being checked: what it counts under, whether it is one of many, whether it had to wait.

    ``rank`` is how many attempts its sender has made within the window.
    """

    keys: tuple[str, ...]
    is_one_of_many: bool
    is_slow: bool
    rank: int

    def refusal(self, plain: DomainError) -> DomainError:
        """What a wrong password is answered with: ``plain``, or that there were too many."""
        return _too_many(timedelta(seconds=30)) if self.is_one_of_many else plain


def paces_of_person(login: str, *, address: str, device: str | None) -> dict[str, Pace]:
    """The key under which an attempt is counted; a device that has signed in as ``login`` before is counted
    separately.
    """
    name, sender = login.casefold(), sender_of(address)
    if device is not None:
        return {rows.key_of("device", name, device): NAME_AND_PLACE}
    return {
        rows.key_of("name and address", name, sender): NAME_AND_PLACE,
        rows.key_of("name", name): NAME,
        rows.key_of("address", sender): PLACE,
    }


def paces_of_client(client_id: str, *, address: str) -> dict[str, Pace]:
    """What an attempt of a client system counts under."""
    sender = sender_of(address)
    return {
        rows.key_of("client and address", client_id, sender): CLIENT,
        rows.key_of("clients of address", sender): RANKED,
    }


async def begin(sessions: Sessions, paces: Mapping[str, Pace], now: datetime) -> Attempt:
    """Count an attempt before its password is looked at, so that many at once count as many, and wait for its turn.

    Raises:
        TooManyAttempts: others of the same name and place wait already, as many as there is time for.
    """
    async with sessions.write() as session:
        before = await rows.for_update(session, list(paces), now)
        turns = {key: take_turn(before[key], pace, now) for key, pace in paces.items()}
        refused = [turn.retry_after for turn in turns.values() if turn.wait is None]
        if not refused:
            await rows.save(session, {key: turn.attempts for key, turn in turns.items()})
    if refused:
        raise _too_many(max(refused))
    own = {key: turn for key, turn in turns.items() if not paces[key].of_others}
    rank = max(turn.attempts.count for turn in own.values())
    held_back = own if rank <= SPARED else turns
    wait = max(turn.wait or _NO_WAIT for turn in held_back.values())
    first = next(iter(turns.values()))
    if wait:
        await asyncio.sleep(wait.total_seconds())
    return Attempt(tuple(paces), first.attempts.count > TOLD_FROM, wait > _NO_WAIT, rank)


async def proves(sessions: Sessions, attempt: Attempt, *, secret: str, stored_hash: str | None, now: datetime) -> bool:
    """Whether a password or secret is right; a right one does not count as an attempt."""
    if not await passwords.matches(secret, stored_hash, slow=attempt.is_slow, rank=attempt.rank):
        return False
    async with sessions.write() as session:
        counts = await rows.for_update(session, attempt.keys, now)
        await rows.save(session, {key: each.taken_back() for key, each in counts.items()})
    return True


async def forget(session: WriteSession, now: datetime) -> None:
    """Drop the counts of attempts that are over."""
    await rows.forget(session, now)


def _too_many(wait: timedelta) -> TooManyAttempts:
    seconds = ceil(wait.total_seconds())
    return TooManyAttempts(seconds=seconds, retry_after=seconds)
