"""How long a bonus run takes beside the least that anything doing its work must take (budget: at most 4 times).

    python -m benchmarks.bonus_run [people]

Org and appraisal are stood in for by a process that sends prepared lines over HTTP; the database is a real PostgreSQL
started for the occasion. The floor reads the same frozen inputs, comes to the same amounts with Decimal and copies as
many bytes into the same table; it fetches, checks, proves and explains nothing.
"""

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from benchmarks._bonus_facts import prepare_lines, result_lines, snapshot_lines
from benchmarks._bonus_floor import POLICY, least, one
from benchmarks._databases import database_up
from benchmarks._processes import BEGINNING, Spent, in_own_process, send
from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.runs.usecases.snapshot_taking import Neighbours, complete_calculation
from services.kit.access.clients import ServiceClient, http_client
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.startup.composition import settle
from services.kit.work.unit_of_work import SystemWork

BUDGET = 4
BUDGET_MIB = 512
PIECE = 1 << 16
NOBODY = UUID(int=1)


def serve(folder: Path, ready: Connection) -> None:
    """Sends the prepared answers over HTTP, as org and appraisal."""

    def sending(name: str) -> Callable[[Request], Response]:
        def send(_request: Request) -> Response:
            def pieces() -> Iterator[bytes]:
                with (folder / name).open("rb") as source:
                    while piece := source.read(PIECE):
                        yield piece

            return StreamingResponse(pieces(), media_type="application/jsonl")

        return send

    routes = [
        Route("/v1/org/snapshot", sending("snapshot")),
        Route("/v1/appraisal/cycles/{cycle}/results", sending("results")),
    ]
    config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error")
    listening = config.bind_socket()
    ready.send(listening.getsockname()[1])
    uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def neighbours_up(folder: Path) -> Iterator[str]:
    """The address of the process that stands in for org and appraisal."""
    ours, theirs = multiprocessing.Pipe()
    process = BEGINNING.Process(target=serve, args=(folder, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def prepare_run(url: str, people: int) -> UUID:
    """Pay profiles for everybody (one in twenty with a raise), a plan, a run that waits for its job."""
    run_id = uuid4()
    now = datetime.now(UTC)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        columns = (
            "id, employee_number, version, fixed_pay, fixed_share, variable_share, currency, cost_centre, valid, "
            "created_at, created_by"
        )
        with cursor.copy(f"COPY pay_profile ({columns}) FROM STDIN") as copy:
            for person in range(people):
                fixed = Decimal(9000 + person % 20_000)
                raised = person % 20 == 0
                spans = ["[2025-01-01,2026-02-10)", "[2026-02-10,)"] if raised else ["[2025-01-01,)"]
                for version, span in enumerate(spans, 1):
                    own = (f"P{person:07}", version, fixed * version, 6, 4, "CNY", f"CC-{person % 40}", span)
                    copy.write_row((uuid4(), *own, now, NOBODY))
        cursor.execute(
            "INSERT INTO plan_version "
            "(id, code, version, name_zh, name_en, rule, policy, valid, state, revision, "
            "entered_at, entered_by, entered_by_name) "
            "VALUES (%s, 'QB', 1, '季度奖金', 'Quarterly bonus', %s, %s, '[2026-01-01,)', 'released', 1, %s, %s, '')",
            (uuid4(), json.dumps({"kind": "quarterly_bonus", "months": "3"}), json.dumps(POLICY), now, NOBODY),
        )
        cursor.execute(
            "INSERT INTO run (id, plan_code, plan_name, plan_name_en, bonus, period, cycle_id, state, revision, "
            "attempt, created_at, created_by, created_by_name) "
            "VALUES (%s, 'QB', '季度奖金', 'Quarterly bonus', 'quarterly_bonus', '2026-Q1', %s, 'calculating', 1, 1, "
            "%s, %s, '')",
            (run_id, uuid4(), now, NOBODY),
        )
    return run_id


class NoToken:
    """The stand-in looks at no token."""

    async def token(self, *, refused: str | None = None) -> str:
        """Always the same."""
        return f"bench{refused or ''}"


def run_job(url: str, address: str, run_id: UUID, pipe: Connection) -> None:
    """The whole job: HTTP, freezing, calculating."""

    async def job() -> None:
        data = Database(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=4)
        http = http_client()
        clients = [ServiceClient(name, address, http=http, tokens=NoToken()) for name in ("org", "appraisal")]
        neighbours = Neighbours(OrgClient(clients[0]), AppraisalClient(clients[1]))
        await complete_calculation(
            SystemWork(data, SystemClock(), ZoneInfo("UTC")), neighbours=neighbours, run_id=run_id, attempt=1
        )
        await http.aclose()
        await data.close()

    settle()
    began = time.perf_counter()
    asyncio.run(job())
    send(pipe, {"run": time.perf_counter() - began})


def run_floor(url: str, run_id: UUID, pipe: Connection) -> None:
    """The floor, in this process."""
    send(pipe, least(url, run_id))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=100_000)
    people = parser.parse_args().people
    with database_up("incentive") as occasion:
        folder, url = occasion.folder, occasion.address("incentive")
        run_id = prepare_run(url, people)
        prepare_lines(folder / "snapshot", snapshot_lines(people))
        prepare_lines(folder / "results", result_lines(people))
        with neighbours_up(folder) as address:
            run = in_own_process(run_job, url, address, run_id)
        floor = in_own_process(run_floor, url, run_id)
        report(people, run, floor, url, run_id)


def report(people: int, run: Spent, floor: Spent, url: str, run_id: UUID) -> None:
    """Prints the ratio, the memory and what the run came to."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        state = one(cursor, "SELECT state FROM run WHERE id = %s", run_id)
        lines = one(cursor, "SELECT lines FROM calculation")
    assert (state, lines) == ("calculated", people), (state, lines)
    lowest, took = sum(floor.seconds.values()), run.seconds["run"]
    parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in floor.seconds.items())
    print(f"bonus run, {people:,} people, over HTTP: {took:.2f} s, peak {run.peak_mib:.0f} MiB (budget {BUDGET_MIB})")
    print(f"floor: {lowest:.2f} s ({parts})")
    print(f"ratio: {took / lowest:.2f} (budget {BUDGET})")


if __name__ == "__main__":
    main()
