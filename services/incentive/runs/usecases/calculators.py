"""Where the chunks of a calculation are worked on: in a thread, or, of many people, in several processes (INC-11).

Python works in one thread at a time, so that a thread alone keeps one processor busy however many there are.
"""

import asyncio
import gc
import os
import pickle
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context, parent_process
from types import TracebackType
from typing import Final, Self

from services.incentive.runs.store.known_people import Known
from services.incentive.runs.store.lines import Written

MANY: Final = 10_000
"""So many people take as long as it takes to start the processes."""

MOST: Final = 4
"""More processes than these wait for the database, which takes the lines one chunk after the other."""

Work = Callable[..., Written]
Calculate = Callable[[Sequence[Known]], Awaitable[Written]]


class Calculators:
    """Those who work on the chunks of a run: one thread, or processes once ``expect`` has heard of many people.

    ``work`` is a pure function; its last argument is a chunk. Chunks that are still under way when the context ends are
    given up.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._pool: ProcessPoolExecutor | None = None
        self.at_once = 1
        """How many chunks are worked on at the same time."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    def expect(self, people: int) -> None:
        """Starts the processes if so many people are worth it; they load while something else is done."""
        processes = min(MOST, len(os.sched_getaffinity(0)))
        if people < MANY or processes == 1 or self._pool is not None:
            return
        self._pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin)
        self.at_once = processes
        for _ in range(processes):
            self._pool.submit(_load, self._work)

    def of(self, *shared: object) -> Calculate:
        """How one chunk is handed over; ``shared`` are the arguments that all chunks have in common."""
        if self._pool is None:
            return partial(asyncio.to_thread, self._work, *shared)
        loop, pool, given = asyncio.get_running_loop(), self._pool, pickle.dumps((self._work, shared))
        return lambda chunk: loop.run_in_executor(pool, _calculate, given, chunk)


def _begin() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker that is killed leaves nobody behind who waits for its next chunk."""
    if (parent := parent_process()) is not None:
        parent.join()
    os._exit(1)


def _load(_work: Work) -> None:
    """Whoever is given the function has loaded all that it needs; that stays."""
    gc.freeze()


def _calculate(given: bytes, chunk: Sequence[Known]) -> Written:
    return _ready(given)(chunk)


@lru_cache(maxsize=1)
def _ready(given: bytes) -> Callable[[Sequence[Known]], Written]:
    """What all chunks have in common, read once: it keeps in mind what it has worked out."""
    work, shared = pickle.loads(given)  # noqa: S301 - from the process that started this one
    return partial(work, *shared)
