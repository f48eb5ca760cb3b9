"""The number of requests in progress: for one caller, and towards one service (PLT-01, PLT-08).

Whoever finds no place waits in line for a moment, before a service also for longer if a place can be expected soon
enough, and is then refused, so that a crowd costs the one who sends it and a service works on no more than it can
finish in time (decision 0044). The places of sign-ins are apart: whoever overloads a list must not keep others from
signing in.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import NamedTuple

from gateway.line import Line
from gateway.presence import Presence
from gateway.settings import GatewaySettings
from services.kit.errors import Unavailable
from services.kit.identity import service_name
from services.kit.web.places import FairPlaces

_RETRY_SECONDS = 1
LONGEST_KEPT = 2048
"""Longer payloads of tokens, which nobody has verified yet, are read anew each time and take no memory."""


class ServiceBusy(Unavailable):
    """The service has as many requests as it can answer in time; this one never reached it."""

    code = "service_busy"
    zh = "“{service}”服务繁忙，本次请求未执行，请稍后重试。"
    en = "The {service} service is busy; the request was not carried out. Try again shortly."


class TooManyAtOnce(Unavailable):
    """The caller already has as many requests in progress as allowed; this one reached no service."""

    code = "too_many_at_once"
    zh = "同时进行的请求过多（上限 {limit} 个），本次请求未执行，请稍后重试。"
    en = "You have too many requests in progress (the limit is {limit}); this one was not carried out. Try again."


def caller_of(authorization: str | None, address: str) -> Hashable:
    """Whose request it is: the account that the token names, without one the address.

    The token is not verified here. One that names somebody else is refused by the service within milliseconds, so it
    cannot keep that person's places occupied.
    """
    payload = (authorization or "").partition(".")[2].partition(".")[0]
    subject = subject_of(payload) if len(payload) <= LONGEST_KEPT else subject_of.__wrapped__(payload)
    return address if subject is None else (address, subject)


@lru_cache(maxsize=4096)
def subject_of(payload: str) -> int | None:
    """Whom the payload of a token names: the same comes many times."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return hash(subject) if isinstance(subject, str) else None


class SigningIn(NamedTuple):
    """Whoever offers a password, a secret or a refresh token, by sender alone: they are nobody yet, whatever token
    they bring. Guesses wait for their turn, so that one sender may have half of a service's places, never all of them.
    """

    sender: str


class CallerTurns:
    """The slots of every caller with requests in progress."""

    def __init__(self, settings: GatewaySettings) -> None:
        """No requests are in progress."""
        self._settings = settings
        self._lines: dict[Hashable, Line] = {}

    @asynccontextmanager
    async def turn(self, caller: Hashable, *, patience: float, presence: Presence) -> AsyncIterator[None]:
        """One of the caller's places for the block; raises TooManyAtOnce."""
        limit = self._limit(caller)
        line = self._lines.get(caller)
        if line is None:
            line = self._lines[caller] = Line(limit)
        line.users += 1
        try:
            if not await line.take(patience, presence):
                raise TooManyAtOnce(limit=limit, retry_after=_RETRY_SECONDS)
            try:
                yield
            finally:
                line.give_back()
        finally:
            line.users -= 1
            if not line.users:
                del self._lines[caller]

    def _limit(self, caller: Hashable) -> int:
        if isinstance(caller, SigningIn):
            return max(1, self._settings.connections // 2)
        is_address = isinstance(caller, str)
        return self._settings.requests_per_address if is_address else self._settings.requests_per_caller


class ServiceTurns:
    """The places before one service: some for sign-ins, shared fairly among the senders, and some for all the rest."""

    def __init__(self, service: str, settings: GatewaySettings) -> None:
        """All are free."""
        self._service = service
        self._longest = settings.answer_seconds / 2
        self._line = Line(settings.connections)
        self._for_sign_ins = FairPlaces(settings.connections)

    @asynccontextmanager
    async def turn(self, *, patience: float, presence: Presence) -> AsyncIterator[None]:
        """A place for the block, of a request that offers no credentials; raises ServiceBusy."""
        if not await self._line.take(patience, presence, longest=self._longest):
            raise self._busy()
        try:
            yield
        finally:
            self._line.give_back()

    @asynccontextmanager
    async def sign_in_turn(self, sender: str, *, patience: float, presence: Presence) -> AsyncIterator[None]:
        """A place for the block, of a sign-in: the first of a sender is always free; raises ServiceBusy."""
        try:
            async with asyncio.timeout(patience) as clock:
                with presence.ending(clock):
                    await self._for_sign_ins.take(sender)
        except TimeoutError as error:
            raise self._busy() from error
        try:
            yield
        finally:
            self._for_sign_ins.give_back(sender)

    def _busy(self) -> ServiceBusy:
        return ServiceBusy(service=service_name(self._service), retry_after=_RETRY_SECONDS)
