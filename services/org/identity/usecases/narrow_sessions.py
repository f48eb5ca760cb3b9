"""Transactions of sign-ins, few at a time: a crowd that signs in waits here and leaves the connections to the rest.

Whoever has come least often within the minute is next, so that a crowd from some addresses keeps no other one waiting.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.kit.database.sessions import ReadSession, Sessions, TransactionSession, WriteSession
from services.org.identity.usecases.ranked_turns import RankedTurns

AT_ONCE: Final = 2
_SECONDS_COUNTED: Final = 60.0


class NarrowSessions:
    """Sessions of which not more than two are open together, each for the few milliseconds that it is needed."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._turns = RankedTurns(AT_ONCE)
        self._came: Counter[str] = Counter()
        self._counted_until = 0.0

    def of(self, sender: str) -> "SessionsInTurn":
        """The sessions of one more request of a sender."""
        now = time.monotonic()
        if now >= self._counted_until:
            self._came.clear()
            self._counted_until = now + _SECONDS_COUNTED
        self._came[sender] += 1
        return SessionsInTurn(self._sessions, self._turns, self._came[sender])


class SessionsInTurn:
    """As the sessions themselves, each when its turn comes."""

    def __init__(self, sessions: Sessions, turns: RankedTurns, rank: int) -> None:
        self._sessions = sessions
        self._turns = turns
        self._rank = rank

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """As the sessions themselves, in turn."""
        async with self._turns.turn(self._rank), self._sessions.read() as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[TransactionSession]:
        """As the sessions themselves, in turn."""
        async with self._turns.turn(self._rank), self._sessions.snapshot() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteSession]:
        """As the sessions themselves, in turn."""
        async with self._turns.turn(self._rank), self._sessions.write() as session:
            yield session
