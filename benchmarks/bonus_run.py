"""How long a bonus run takes beside the least that anything doing its work must take (budget: at most 5 times).

    python -m benchmarks.bonus_run [people]

Org and appraisal are stood in for by a process that sends prepared lines over HTTP; the database is a real PostgreSQL
started for the occasion. The floor reads the same frozen inputs, comes to the same amounts with Decimal and copies as
many bytes into the same table; it fetches, checks, proves and explains nothing.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import resource
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from deploy import database, migrations, postgres
from services.incentive.clients.appraisal import AppraisalClient
from services.incentive.clients.org import OrgClient
from services.incentive.usecases.calculators import Calculators, settle
from services.incentive.usecases.collecting import Neighbours, collect_run
from services.kit.clients import ServiceClient, http_client
from services.kit.clock import SystemClock
from services.kit.database import Database

BUDGET = 5
BUDGET_MIB = 512
UNITS = 1_000
SPACE = UUID(int=7)
GRADES = "SAABBBBBCD"
PIECE = 1 << 16
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
NOBODY = UUID(int=1)
POLICY: dict[str, Any] = {
    "grade_coefficients": {"S": "1.5", "A": "1.2", "B": "1.0", "C": "0.6", "D": "0"},
    "unit_coefficients": {"S": "1.2", "A": "1.1", "B": "1.0", "C": "0.9", "D": "0.8"},
    "unit_without_result": "1",
    "company_coefficient": "1",
    "eligibility": {"probation": "excluded", "leavers": "none", "minimum_days": 30},
    "caps": {"times_target": None, "amounts": {}},
    "overrides": [],
}


@dataclass(frozen=True)
class Spent:
    """What a process needed: seconds of wall time by phase, peak memory in MiB."""

    seconds: dict[str, float]
    peak_mib: float


def unit_of(place: int) -> UUID:
    """The unit of the person at ``place``."""
    return uuid5(SPACE, f"unit {place % UNITS}")


def employee_of(place: int) -> UUID:
    """The person at ``place``."""
    return uuid5(SPACE, f"person {place}")


def snapshot_lines(people: int) -> Iterator[dict[str, Any]]:
    """What org tells: units in two levels; one in ten people moves in mid-quarter, one in fifty is on probation."""
    yield {"kind": "snapshot", "from": "2026-01-01", "to": "2026-03-31", "taken_at": "2026-04-22T01:00:00+00:00"}
    root = str(uuid5(SPACE, "root"))
    unit = {"kind": "unit", "unit_kind": "department", "name_en": "Unit", "head_employee_id": None}
    yield {**unit, "id": root, "code": "ROOT", "name": "集团", "parent_id": None, "path": [root]}
    for place in range(UNITS):
        id_ = str(unit_of(place))
        yield {**unit, "id": id_, "code": f"U{place}", "name": f"单元{place}", "parent_id": root, "path": [root, id_]}
    for place in range(people):
        probation = "2026-01-31" if place % 50 == 0 else None
        person = {"kind": "employee", "id": str(employee_of(place)), "number": f"P{place:07}", "name": f"员工{place}"}
        yield {**person, "hired_on": "2020-01-01", "probation_until": probation, "left_on": None}
        if place % 10 == 0:
            yield seat(place, place, "2020-01-01", "2026-02-14")
            yield seat(place, place + 1, "2026-02-15", None)
        else:
            yield seat(place, place, "2020-01-01", None)


def seat(place: int, unit: int, first: str, last: str | None) -> dict[str, Any]:
    """An assignment as org tells it."""
    managers = [str(employee_of(unit % UNITS)), str(employee_of(0))]
    return {
        "kind": "assignment",
        "id": str(uuid5(SPACE, f"seat {place} {first}")),
        "employee_id": str(employee_of(place)),
        "position_id": str(uuid5(SPACE, f"position {place}")),
        "unit_id": str(unit_of(unit)),
        "unit_path": [str(uuid5(SPACE, "root")), str(unit_of(unit))],
        "assignment_kind": "primary",
        "first": first,
        "last": last,
        "manager_id": managers[0],
        "manager_chain": managers,
    }


def result_lines(people: int) -> Iterator[dict[str, Any]]:
    """What appraisal tells: a grade for everybody and for every unit."""
    rest = {"kind": "result", "version": 1, "total": "88.00", "attainment": "101.00", "hash": "0" * 64}
    path = [str(uuid5(SPACE, "root"))]
    for place in range(people):
        about = {"subject_kind": "employee", "employee_id": str(employee_of(place)), "unit_id": str(unit_of(place))}
        grade = GRADES[place % len(GRADES)]
        yield {**rest, "id": str(uuid5(SPACE, f"result {place}")), **about, "unit_path": path, "grade": grade}
    for place in range(UNITS):
        about = {"subject_kind": "unit", "unit_id": str(unit_of(place))}
        id_ = str(uuid5(SPACE, f"unit result {place}"))
        yield {**rest, "id": id_, **about, "unit_path": path, "grade": GRADES[place % len(GRADES)]}


def prepare_lines(file: Path, lines: Iterator[dict[str, Any]]) -> None:
    """Writes an answer with its end line."""
    sha, count = hashlib.sha256(), 0
    with file.open("wb") as target:
        for line in lines:
            written = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            sha.update(written)
            count += 1
            target.write(written)
        target.write(json.dumps({"kind": "end", "lines": count, "hash": sha.hexdigest()}).encode() + b"\n")


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
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def prepare_database(folder: Path, server: postgres.Server, people: int) -> tuple[str, UUID]:
    """Schema, pay profiles for everybody (one in twenty with a raise), a plan, a run that waits for its job."""
    urls = (f"postgresql://{role}:bench@127.0.0.1:{server.port}/bench" for role in ROLES)
    place = database.Place.of("incentive", server.url(), *urls)
    database.prepare(place)
    migrations.upgrade("incentive", place.owner)
    url = place.app.render_as_string(hide_password=False)
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
            "(id, code, version, name_zh, name_en, rule, policy, valid, created_at, created_by) "
            "VALUES (%s, 'QB', 1, '季度奖金', 'Quarterly bonus', %s, %s, '[2026-01-01,)', %s, %s)",
            (uuid4(), json.dumps({"kind": "quarterly_bonus", "months": "3"}), json.dumps(POLICY), now, NOBODY),
        )
        cursor.execute(
            "INSERT INTO run (id, plan_code, period, cycle_id, state, version, round, created_at, created_by) "
            "VALUES (%s, 'QB', '2026-Q1', %s, 'collecting', 1, 1, %s, %s)",
            (run_id, uuid4(), now, NOBODY),
        )
        connection.commit()
        connection.autocommit = True
        cursor.execute("ANALYZE pay_profile")
    return url, run_id


ROLES = ("merit_incentive_owner", "merit_incentive")


class NoToken:
    """The stand-in looks at no token."""

    async def token(self, *, refused: str | None = None) -> str:
        """Always the same."""
        return f"bench{refused or ''}"


def run_job(url: str, address: str, run_id: UUID, told: Connection) -> None:
    """The whole job: HTTP, freezing, calculating."""

    async def job() -> None:
        data = Database(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=2)
        http = http_client()
        clients = [ServiceClient(name, address, http=http, tokens=NoToken()) for name in ("org", "appraisal")]
        neighbours = Neighbours(OrgClient(clients[0]), AppraisalClient(clients[1]))
        calculators = Calculators(os.cpu_count() or 1)
        await collect_run(
            sessions=data,
            neighbours=neighbours,
            clock=SystemClock(),
            calculators=calculators,
            run_id=run_id,
            round_=1,
        )
        calculators.close()
        await http.aclose()
        await data.close()

    settle()
    began = time.perf_counter()
    asyncio.run(job())
    tell(told, {"run": time.perf_counter() - began})


def run_floor(url: str, run_id: UUID, told: Connection) -> None:
    """Fetch the frozen inputs, come to the same amounts with Decimal, copy as many bytes into the same table.

    Nothing is checked, proven or explained: the explanation is so many letters.
    """
    seconds: dict[str, float] = {}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        size = one(cursor, "SELECT avg(octet_length(explanation))::int FROM line")
        due = one(cursor, "SELECT sum(amount) FROM line")
        collection = one(cursor, "SELECT collection_id FROM run WHERE id = %s", run_id)
        units = cursor.execute(
            "SELECT unit_id::text, facts #>> '{result,grade}' FROM collected_unit WHERE collection_id = %s",
            (collection,),
        ).fetchall()
        coefficients = {unit: Decimal(POLICY["unit_coefficients"].get(grade, "1")) for unit, grade in units}
        began = time.perf_counter()
        cursor.execute("SELECT number, employee_id, facts FROM dossier WHERE collection_id = %s", (collection,))
        rows = cursor.fetchall()
        seconds["fetch"] = time.perf_counter() - began
        began = time.perf_counter()
        amounts = [bonus(facts, coefficients) for _, _, facts in rows]
        seconds["maths"] = time.perf_counter() - began
        assert sum(amounts) == due, (sum(amounts), due)
        began = time.perf_counter()
        explanation, digest, calculation = "x" * size, "0" * 64, uuid4()
        columns = (
            "id, calculation_id, employee_id, number, name, unit_id, unit_path, grade, days, currency, amount, costs"
        )
        with cursor.copy(f"COPY line ({columns}, explanation, digest) FROM STDIN") as copy:
            for (number, employee, _), amount in zip(rows, amounts, strict=True):
                own = (uuid4(), calculation, employee, number, number, employee, [employee], "B", 90, "CNY", amount)
                copy.write_row((*own, "[]", explanation, digest))
        connection.commit()
        seconds["copy"] = time.perf_counter() - began
    tell(told, seconds)


def bonus(facts: dict[str, Any], coefficients: dict[str, Decimal]) -> Decimal:
    """The same amount as the run's, by the shortest way: a sum over pay profiles and seats."""
    grade = Decimal(POLICY["grade_coefficients"][facts["result"]["grade"]])
    probation = facts["employee"]["probation_until"]
    start = FIRST if probation is None else date.fromisoformat(probation) + timedelta(1)
    weight = Decimal(0)
    for seat in facts["assignments"]:
        for pay in facts["profiles"]:
            first = max(start, date.fromisoformat(seat["first"]), date.fromisoformat(pay["first"]))
            lasts = [date.fromisoformat(last) for last in (seat["last"], pay["last"]) if last is not None]
            days = (min([LAST, *lasts]) - first).days + 1
            if days > 0:
                weight += Decimal(pay["fixed_pay"]) * days * coefficients[seat["unit_id"]]
    # 3 months × 4/6 of the fixed pay, over 90 days, is a 45th
    return (weight * grade / 45).quantize(Decimal("0.01"), ROUND_HALF_UP)


def one(cursor: "psycopg.Cursor[tuple[Any, ...]]", query: str, *given: object) -> Any:
    """The one value of a query."""
    row = cursor.execute(query.encode(), given).fetchone()
    assert row is not None
    return row[0]


def tell(told: Connection, seconds: dict[str, float]) -> None:
    """Sends what this process needed."""
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told.send(Spent(seconds, max(peaks) / 1024))


def in_own_process(work: Callable[..., None], *given: object) -> Spent:
    """Runs ``work`` in a fresh process, so that its peak memory is its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()
    spent: Spent = ours.recv()
    process.join()
    return spent


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=100_000)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="merit-bench-") as name:
        folder = Path(name)
        settings = {"max_connections": "20", "shared_buffers": "256MB", "jit": "off", "max_wal_size": "4GB"}
        server = postgres.start(folder / "postgres", free_port(), folder / "postgres.log", settings)
        try:
            url, run_id = prepare_database(folder, server, people)
            prepare_lines(folder / "snapshot", snapshot_lines(people))
            prepare_lines(folder / "results", result_lines(people))
            with neighbours_up(folder) as address:
                run = in_own_process(run_job, url, address, run_id)
            floor = in_own_process(run_floor, url, run_id)
            report(people, run, floor, url, run_id)
        finally:
            server.stop()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def report(people: int, run: Spent, floor: Spent, url: str, run_id: UUID) -> None:
    """Prints the ratio, the memory and what the run came to."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        state = one(cursor, "SELECT state FROM run WHERE id = %s", run_id)
        lines = one(cursor, "SELECT lines FROM calculation")
    assert (state, lines) == ("calculated", people), (state, lines)
    least, took = sum(floor.seconds.values()), run.seconds["run"]
    parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in floor.seconds.items())
    print(f"bonus run, {people:,} people, over HTTP: {took:.2f} s, peak {run.peak_mib:.0f} MiB (budget {BUDGET_MIB})")
    print(f"floor: {least:.2f} s ({parts})")
    print(f"ratio: {took / least:.2f} (budget {BUDGET})")


if __name__ == "__main__":
    main()
