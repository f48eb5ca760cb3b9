"""A worker in a process of its own, for tests that kill it.

``python -m tests.kit.worker_process <database url> [health file]``
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from services.kit.database.sessions import Database
from services.kit.events.outbox import CloudEvent
from services.kit.jobs.queue import JobApp
from services.kit.jobs.worker import Pace, work
from services.kit.work.inbox import accept

PACE = Pace(concurrency=1, poll=0.2, heartbeat=0.2, stale=2.5, sweep=0.3, grace=5.0)
app = JobApp[Database]("kit")


def line(text: str) -> None:
    """Tell the test how far we are."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _effect(database: Database, event_id: str) -> None:
    arrived = CloudEvent(event_id, "test", "test.effect.made", "x", datetime.now(UTC), {})
    async with database.write() as session:
        first = await accept(session, arrived, arrived.at)
    line("made" if first else "repeated")  # only now is it so: whoever reads the line may kill us


@app.task("dawdle")
async def dawdle(database: Database, *, seconds: int) -> None:
    """An effect in the middle of a long job."""
    line("started")
    await _effect(database, "dawdle")
    await asyncio.sleep(seconds)
    line("ended")


@app.task("calculate")
async def calculate(database: Database, *, seconds: int) -> None:
    """A calculation that keeps the event loop busy."""
    line("started")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(1000))
    await _effect(database, "calculate")
    line("ended")


async def main(url: str, health_file: Path | None) -> None:
    """Work until stopped."""
    database = Database(url)
    await work(app, url, database, pace=PACE, health_file=health_file)
    await database.close()
    line("stopped")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None))
