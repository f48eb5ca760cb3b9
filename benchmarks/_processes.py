"""Parts of a benchmark in processes of their own, so that the peak of memory is theirs."""

import multiprocessing
import resource
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Spent:
    """What a process needed: seconds of wall time by phase, peak memory in MiB."""

    seconds: dict[str, float]
    peak_mib: float


def send(pipe: Connection, seconds: dict[str, float]) -> None:
    """Sends what this process needed."""
    pipe.send(Spent(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def in_own_process(work: Callable[..., None], *given: object) -> Spent:
    """Runs ``work`` in a fresh process, which gets ``given`` and a connection to ``send``."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()
    spent: Spent = ours.recv()
    process.join()
    return spent
