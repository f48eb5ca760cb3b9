"""Where the chunks of a calculation are worked on: in a thread, or, of many people, in several processes (INC-11).

Python works in one thread at a time, so that a thread alone keeps one processor busy however many there are.
"""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context, parent_process
from typing import Final

from services.incentive.runs.store.known_people import Known
from services.incentive.runs.store.lines import Written

MANY: Final = 10_000
"""So many people take as long as it takes to start the processes."""

MOST: Final = 4
"""More processes than these wait for the database, which takes the lines one chunk after the other."""

Work = Callable[[Sequence[Known]], Written]
Calculate = Callable[[Sequence[Known]], Awaitable[Written]]

_work: Work
"""What this process does with a chunk, where it is one of several."""


@asynccontextmanager
async def calculators(work: Work, people: int) -> AsyncGenerator[tuple[int, Calculate], None]:
    """How many chunks are worked on at once, and how one is handed over; ``work`` is a pure function.

    Chunks that are still under way when the context ends are given up.
    """
    processes = min(MOST, len(os.sched_getaffinity(0))) if people >= MANY else 1
    if processes == 1:
        yield 1, lambda chunk: asyncio.to_thread(work, chunk)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=(work,))
    loop = asyncio.get_running_loop()
    try:
        yield processes, lambda chunk: loop.run_in_executor(pool, _calculate, chunk)
    finally:
        await asyncio.to_thread(pool.shutdown, cancel_futures=True)


def _begin(work: Work) -> None:
    global _work  # noqa: PLW0603 - a process of a pool has no other place for what it is begun with
    _work = work
    gc.freeze()  # what is imported stays
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker that is killed leaves nobody behind who waits for its next chunk."""
    if (parent := parent_process()) is not None:
        parent.join()
    os._exit(1)


def _calculate(chunk: Sequence[Known]) -> Written:
    return _work(chunk)
