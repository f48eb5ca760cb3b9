"""How long a delivery of measurements takes beside parsing the same lines and copying them into a table.

    python -m benchmarks.measurements [measurements]

Every employee has ten indicators, two of which an alert rule looks at. The database is a real PostgreSQL started for
the occasion. Measured are: the delivery in one call, the same again (which changes nothing), and the job that holds
what is new against the rules. The floor parses the JSON lines and copies them into a table with the same key.
"""

import argparse
import asyncio
import json
import time
from datetime import date
from decimal import Decimal
from multiprocessing.connection import Connection
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from benchmarks._databases import database_up
from benchmarks._processes import in_own_process, send
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store.tables import RULES
from services.appraisal.tracking.domain.alert import OlderThan
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.store.tables import CONDITIONS
from services.appraisal.tracking.usecases.alerts import check_alerts
from services.appraisal.tracking.usecases.measurements import take
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.identity import Caller
from services.kit.startup.composition import settle
from services.kit.work.unit_of_work import SystemWork, UnitOfWork

BUDGET: Final = 8
INDICATORS: Final = [f"I{number}" for number in range(10)]
ALERTED: Final = ("I0", "I1")
FEEDER: Final = Caller(uuid4(), "CRM", "service", scopes=frozenset({"measurements"}))
FLOOR: Final = """
    CREATE TEMP TABLE copied (id uuid PRIMARY KEY, subject_kind text, subject_code text, indicator text, value numeric,
        measured_on date, source text, external_id text, UNIQUE (source, external_id))
"""


def lines(count: int) -> bytes:
    """So many measurements as JSON lines."""
    day = "2026-03-31"
    return b"".join(
        json.dumps(
            {
                "subject_kind": "employee", "subject_code": f"E{number // 10}", "indicator": f"I{number % 10}",
                "value": f"{number % 997}.25", "measured_on": day, "source": "CRM", "external_id": f"X{number}",
            }
        ).encode() + b"\n"
        for number in range(count)
    )  # fmt: skip


def parsed(body: bytes) -> list[Measured]:
    """The lines as the route reads them, without the checks of pydantic."""
    rows = (json.loads(line) for line in body.splitlines())
    return [
        Measured(
            number, SubjectKind.EMPLOYEE, row["subject_code"], row["indicator"], Decimal(row["value"]),
            date.fromisoformat(row["measured_on"]), row["source"], row["external_id"],
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip


def prepare(url: str) -> None:
    """Indicators and rules that raise nothing."""
    rule, condition = json.dumps(RULES.dump(HigherIsBetter())), json.dumps(CONDITIONS.dump(OlderThan(days=3000)))
    with psycopg.connect(url) as connection:
        for code in INDICATORS:
            connection.execute(
                "INSERT INTO indicator (id, code, version, name, name_en, quantitative, dimension, definition, unit, "
                "unit_en, data_source, collection, aggregation, rule, created_at) "
                "VALUES (%s, %s, 1, 'i', 'i', true, 'd', 'd', '', '', '', 'month', 'sum', %s, now())",
                (uuid4(), code, rule),
            )
        for code in ALERTED:
            connection.execute(
                "INSERT INTO alert_rule (id, indicator, condition, demand, term_amount, term_unit, state, revision, "
                "created_at) VALUES (%s, %s, %s, 'explanation', 24, 'hours', 'active', 1, now())",
                (uuid4(), code, condition),
            )


def run_deliveries(url: str, count: int, pipe: Connection) -> None:
    """The product: once, again, and the job."""
    seconds: dict[str, float] = {}
    body = lines(count)

    async def deliver(system: SystemWork) -> int:
        async with system.begin() as uow:
            as_feeder = UnitOfWork(uow.session, FEEDER, uow.now, uow.today, uow.zone, uow.cipher)
            return (await take(as_feeder, sent=parsed(body))).accepted

    async def work() -> None:
        data = Database(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=2)
        system = SystemWork(data, SystemClock(), ZoneInfo("UTC"))
        for name, expected in (("delivered", count), ("again", 0)):
            began = time.perf_counter()
            accepted = await deliver(system)
            seconds[name] = time.perf_counter() - began
            assert accepted == expected, (accepted, expected)
        began = time.perf_counter()
        async with system.begin() as uow:
            await check_alerts(uow, first=UUID(int=0), last=UUID(int=2**128 - 1))
        seconds["checked"] = time.perf_counter() - began
        await data.close()

    settle()
    asyncio.run(work())
    send(pipe, seconds)


def run_floor(url: str, count: int, pipe: Connection) -> None:
    """Parse and COPY."""
    body = lines(count)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(FLOOR)
        began = time.perf_counter()
        rows = parsed(body)
        with cursor.copy("COPY copied FROM STDIN") as copy:
            for each in rows:
                own = (uuid4(), each.subject_kind.value, each.subject_code, each.indicator, each.value)
                copy.write_row((*own, each.measured_on, each.source, each.external_id))
        connection.commit()
        send(pipe, {"floor": time.perf_counter() - began})


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measurements", nargs="?", type=int, default=100_000)
    count = parser.parse_args().measurements
    with database_up("appraisal") as occasion:
        url = occasion.address("appraisal")
        prepare(url)
        spent = in_own_process(run_deliveries, url, count)
        floor = in_own_process(run_floor, url, count).seconds["floor"]
    print(f"{count:,} measurements in one call")
    for name, words in (("delivered", "stored"), ("again", "sent again"), ("checked", "held against the alert rules")):
        took = spent.seconds[name]
        print(f"  {words} in {took:.1f} s, ratio {took / floor:.1f} to parsing and COPY")
    print(f"  floor {floor:.1f} s, peak {spent.peak_mib:.0f} MiB, budget {BUDGET} times the floor for storing")


if __name__ == "__main__":
    main()
