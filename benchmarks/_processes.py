"""Parts of a benchmark in processes of their own, so that the peak of memory is theirs."""

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

BEGINNING = multiprocessing.get_context("fork") if sys.platform == "linux" else multiprocessing.get_context("spawn")
"""How a process begins: where that is safe as a copy of this one, which has loaded everything already."""


@dataclass(frozen=True)
class Spent:
    """What a process needed: seconds of wall time by phase, peak memory in MiB."""

    seconds: dict[str, float]
    peak_mib: float


def send(pipe: Connection, seconds: dict[str, float]) -> None:
    """Sends what this process needed, with the largest of those that it started as often as there are processors."""
    own, others = (
        resource.getrusage(whose).ru_maxrss / 1024 for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    pipe.send(Spent(seconds, own + others * len(os.sched_getaffinity(0))))


def in_own_process(work: Callable[..., None], *given: object) -> Spent:
    """Runs ``work`` in a process of its own, which gets ``given`` and a connection to ``send``."""
    ours, theirs = multiprocessing.Pipe()
    process = BEGINNING.Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()
    spent: Spent = ours.recv()
    process.join()
    return spent
