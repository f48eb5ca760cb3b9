"""Where the chunks of a run are calculated: in a thread, or, for large runs, in processes of their own."""

import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")

LARGE: Final = 10_000
"""People from which on the start of processes pays."""

COLLECT_AFTER: Final = 50_000
"""New objects between two looks of the garbage collector: a calculation makes many, and none of them in circles."""


def settle() -> None:
    """Spare the garbage collector what was imported: it stays anyway, and a long calculation made it look each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


class Calculators:
    """Calculates chunks beside the event loop. ``processes`` 0 or 1: in threads always."""

    def __init__(self, processes: int = 0) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def at_once(self, people: int) -> int:
        """How many chunks of a run over so many people are worth having under way."""
        return self._processes + 1 if self._uses_processes(people) else 1

    def prepare(self, people: int) -> None:
        """Start the processes for a run over so many people, if it is large, so that they are there when needed."""
        if self._uses_processes(people):
            for _ in range(self._processes):
                self._workers().submit(settle)

    async def run(self, people: int, work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
        """What ``work`` makes of a chunk of a run over so many people; a module's function, so that it can be sent."""
        if not self._uses_processes(people):
            return await asyncio.to_thread(work, *args, **kwargs)
        return await asyncio.wrap_future(self._workers().submit(work, *args, **kwargs))

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = get_context("spawn")  # a forked process would share our connections
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=settle)
        return self._pool

    def _uses_processes(self, people: int) -> bool:
        return self._processes > 1 and people >= LARGE
