"""Transactions of sign-ins, few at a time: a crowd that signs in waits here and leaves the connections to the rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.kit.database.sessions import ReadSession, Sessions, TransactionSession, WriteSession

AT_ONCE: Final = 2


class NarrowSessions:
    """Sessions of which not more than two are open together, each for the few milliseconds that it is needed."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._turn = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """As the sessions themselves, in turn."""
        async with self._turn, self._sessions.read() as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[TransactionSession]:
        """As the sessions themselves, in turn."""
        async with self._turn, self._sessions.snapshot() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteSession]:
        """As the sessions themselves, in turn."""
        async with self._turn, self._sessions.write() as session:
            yield session
