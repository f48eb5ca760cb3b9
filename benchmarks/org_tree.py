"""Questions about a tree of 1,000,000 people beside reading one row by its key (budget: at most 8 times for a page).

    python -m benchmarks.org_tree [people]

A real PostgreSQL is started for the occasion and filled by set-based SQL: each unit has ten units beneath it, a head,
and two positions with four people each. Every figure is the median of single use cases, each in a session of its own.
"""

import argparse
import asyncio
import hashlib
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import URL

from benchmarks._databases import Occasion, database_up
from services.kit.database.pages import Paging
from services.kit.database.sessions import Database, ReadSession
from services.kit.identity import Caller, Role, RoleAssignment
from services.kit.work.unit_of_work import UnitOfWork
from services.org.people.store.tables import EmployeeRow
from services.org.people.usecases import reporting
from services.org.structure.usecases import units

BUDGET = 8
PEOPLE_A_UNIT = 9
TIMES = 30
DAY = date(2026, 1, 5)
PAGE = Paging(50, None, b"", b"only-for-benchmarks")
HR = Caller(uuid4(), "benchmark", role_assignments=(RoleAssignment(Role.HR),))
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "4GB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
}

FILLING = """
CREATE FUNCTION key(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT md5(kind || n)::uuid $$;
INSERT INTO org.unit SELECT key('unit', n), 'U' || n, 1 FROM generate_series(0, {last}) n;
INSERT INTO org.position SELECT key('head', n), 'H' || n, 1 FROM generate_series(0, {last}) n;
INSERT INTO org.position SELECT key('seat' || k, n), 'S' || k || '-' || n, 1
    FROM generate_series(0, {last}) n, generate_series(1, 2) k;
INSERT INTO org.unit_version (id, unit_id, valid, name, name_en, kind, parent_id, head_position_id, special)
    SELECT key('uv', n), key('unit', n), '[2020-01-01,)', '单元' || n, 'Unit ' || n, 'department',
           CASE WHEN n > 0 THEN key('unit', (n - 1) / 10) END, key('head', n), false
    FROM generate_series(0, {last}) n;
INSERT INTO org.position_version (id, position_id, valid, title, title_en, unit_id, track, grade, headcount)
    SELECT key('hv', n), key('head', n), '[2020-01-01,)', '负责人', 'Head', key('unit', n), 'management', 'M1', 1
    FROM generate_series(0, {last}) n;
INSERT INTO org.position_version (id, position_id, valid, title, title_en, unit_id, track, grade, headcount)
    SELECT key('sv' || k, n), key('seat' || k, n), '[2020-01-01,)', '专员', 'Staff', key('unit', n), 'professional',
           'P1', 4
    FROM generate_series(0, {last}) n, generate_series(1, 2) k;
INSERT INTO org.employee SELECT key('person', n), 'E' || lpad(n::text, 8, '0'), '员工' || n, NULL, 1
    FROM generate_series(0, {last} * 9 + 8) n;
INSERT INTO org.employment (id, employee_id, valid) SELECT key('job', n), key('person', n), '[2020-01-01,)'
    FROM generate_series(0, {last} * 9 + 8) n;
INSERT INTO org.assignment (id, employee_id, position_id, kind, valid, revision)
    SELECT key('sits', n), key('person', n),
           CASE WHEN n % 9 = 0 THEN key('head', n / 9) ELSE key('seat' || 1 + n % 2, n / 9) END,
           'primary', '[2020-01-01,)', 1
    FROM generate_series(0, {last} * 9 + 8) n;
"""

PLACES = """
WITH RECURSIVE walk (unit_id, path) AS (
    SELECT unit_id, ARRAY[unit_id] FROM org.unit_version WHERE parent_id IS NULL
  UNION ALL
    SELECT v.unit_id, w.path || v.unit_id FROM walk w JOIN org.unit_version v ON v.parent_id = w.unit_id
)
INSERT INTO org.unit_path (id, unit_id, valid, path)
SELECT gen_random_uuid(), unit_id, '[2020-01-01,)', path FROM walk
"""

# Each head reports to the head of the unit above, everybody else to the head of his own.
SEATS = """
CREATE TEMP TABLE head (position_id, path) AS
    SELECT u.head_position_id, array_agg(h.head_position_id ORDER BY above.level)
    FROM org.unit_version u JOIN org.unit_path p USING (unit_id)
    CROSS JOIN unnest(p.path) WITH ORDINALITY AS above (unit_id, level)
    JOIN org.unit_version h ON h.unit_id = above.unit_id
    GROUP BY u.head_position_id;
INSERT INTO org.position_path (id, position_id, valid, path)
    SELECT gen_random_uuid(), position_id, '[2020-01-01,)', path FROM head;
INSERT INTO org.position_path (id, position_id, valid, path)
    SELECT gen_random_uuid(), p.position_id, '[2020-01-01,)', head.path || p.position_id
    FROM org.position_version p JOIN org.unit_version u USING (unit_id)
    JOIN head ON head.position_id = u.head_position_id
    WHERE p.position_id <> u.head_position_id;
"""

Question = Callable[[ReadSession], Awaitable[object]]


@dataclass(frozen=True)
class Target:
    """A unit and its head: ``number`` in the order of levels, the root being 0."""

    name: str
    number: int

    @property
    def unit_id(self) -> UUID:
        """The unit."""
        return key("unit", self.number)

    @property
    def head_id(self) -> UUID:
        """Its head."""
        return key("person", self.number * PEOPLE_A_UNIT)


def key(kind: str, number: int) -> UUID:
    """The id that the filling gives, made the same way."""
    return UUID(hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())


def fill(occasion: Occasion, people: int) -> None:
    """Make the organisation."""
    last = max(people // PEOPLE_A_UNIT - 1, 0)
    with psycopg.connect(occasion.superuser, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # the rows refer to each other by making
        later = connection.execute(EXCLUSIONS).fetchall()
        for table, constraint, _ in later:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}".encode())
        connection.execute(FILLING.format(last=last).encode())
        connection.execute(PLACES)
        connection.execute(SEATS.encode())
        for table, constraint, definition in later:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}".encode())
        connection.execute("VACUUM ANALYZE")


EXCLUSIONS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'x' AND connamespace = 'org'::regnamespace
"""


def questions(target: Target) -> dict[str, Question]:
    """What is asked about a unit and its head."""
    unit_id, head_id = target.unit_id, target.head_id
    return {
        "subtree": lambda session: units.subtree(session, unit_id=unit_id, day=DAY, paging=PAGE),
        "ancestors": lambda session: units.ancestors(session, unit_id=unit_id, day=DAY),
        "direct reports": lambda session: reporting.reports(
            session, employee_id=head_id, day=DAY, direct=True, paging=PAGE
        ),
        "all reports": lambda session: reporting.reports(
            session, employee_id=head_id, day=DAY, direct=False, paging=PAGE
        ),
        "managers": lambda session: reporting.managers(session, employee_id=head_id, day=DAY),
    }


async def median(db: Database, question: Question, times: int) -> float:
    """Milliseconds of the middle one of so many, after three that warm up."""
    took = []
    for number in range(times + 3):
        start = time.perf_counter()
        async with db.read() as session:
            await question(session)
        if number >= 3:  # noqa: PLR2004 - those that warm up
            took.append((time.perf_counter() - start) * 1000)
        if sum(took) > 10_000:  # noqa: PLR2004 - ten seconds a question are enough
            break
    return statistics.median(took)


async def measure(url: URL, targets: list[Target]) -> None:
    """Print each question's time and its ratio to reading a row by its key."""
    db = Database(url.render_as_string(hide_password=False), pool_size=1)
    try:
        keys = iter(range(10_000_000))
        row = await median(db, lambda session: session.get(EmployeeRow, key("person", next(keys) * 7 % 1000)), 300)
        print(f"a row by its key: {row:.2f} ms")
        for target in targets:
            for name, question in questions(target).items():
                took = await median(db, question, TIMES)
                kept = "" if took <= BUDGET * row else "  over budget"
                print(f"{name:>15} of {target.name:<12} {took:9.2f} ms  ratio {took / row:7.1f}{kept}")
    finally:
        await db.close()


async def measure_changes(url: URL, targets: list[Target]) -> None:
    """Print what another head position costs, with all that reports to it laid anew; nothing is kept."""
    db = Database(url.render_as_string(hide_password=False), pool_size=1)
    try:
        for target in targets:
            start = time.perf_counter()
            with suppress(Undone):
                async with db.write() as session:
                    await units.change(
                        UnitOfWork(session, HR, datetime.now(UTC), DAY),
                        unit_id=target.unit_id,
                        expected_revision=None,
                        valid_from=DAY,
                        changes={"head_position_id": key("seat1", target.number)},
                    )
                    took = time.perf_counter() - start
                    raise Undone
            print(f"   another head of {target.name:<12} {took * 1000:9.2f} ms")
    finally:
        await db.close()


class Undone(Exception):
    """The change was only tried."""


def main() -> None:
    """Fill a database and measure."""
    parser = argparse.ArgumentParser(description="Questions about a large organisation, measured.")
    parser.add_argument("people", nargs="?", type=int, default=1_000_000)
    people = parser.parse_args().people
    with database_up("org", settings=SETTINGS) as occasion:
        start = time.perf_counter()
        fill(occasion, people)
        count = people // PEOPLE_A_UNIT
        print(f"{people:,} people in {count:,} units, made in {time.perf_counter() - start:.0f} s")
        targets = [
            Target("the top", 0),
            Target("the second", 5),
            Target("the middle", min(555, count // 2)),
            Target("a leaf", count - 1),
        ]
        asyncio.run(measure(occasion.url("org"), targets))
        asyncio.run(measure_changes(occasion.url("org"), targets[:0:-1]))


if __name__ == "__main__":
    main()
