"""How long scoring a cycle takes beside the least that anything doing its work must take (budget: at most 8 times).

    python -m benchmarks.cycle_scoring [forms]

Every form has eight items. The database is a real PostgreSQL started for the occasion. The floor reads the same rows,
comes to the same totals with Decimal and copies as many bytes into the same table; it checks and explains nothing.
"""

import argparse
import asyncio
import json
import time
from collections import defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from benchmarks._databases import Occasion, database_up
from benchmarks._processes import in_own_process, send
from services.appraisal.cycles.domain.cycle import CyclePolicy
from services.appraisal.cycles.store.tables import POLICIES
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.scheme import Frequency, Item, Scheme, Section, SubjectKind
from services.appraisal.library.store.tables import SCHEMES
from services.appraisal.scoring.domain.result import RULES
from services.appraisal.scoring.usecases.scoring import score_cycle
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.errors import Text
from services.kit.startup.composition import settle
from services.kit.work.unit_of_work import SystemWork

BUDGET = 8
BUDGET_MIB = 512
CENT = Decimal("0.01")
TARGETS = {"I1": "2000000", "I2": "100", "I3": "90", "I4": "12", "L1": "8", "L2": "160", "L3": "4"}
FILL = """
    INSERT INTO form (id, cycle_id, scheme_id, subject_kind, subject_id, subject_code, subject_name, subject_name_en,
        unit_id, unit_name, unit_name_en, department_id, unit_path, days, owner_id, manager_id, manager_chain, state,
        revision, goal_revision, agreed_revision)
    SELECT gen_random_uuid(), %(cycle)s, %(scheme)s, 'employee', gen_random_uuid(), 'E' || n, 'name ' || n,
        'name ' || n, %(unit)s, 'unit', 'unit', %(unit)s, ARRAY[%(unit)s], '[2026-01-01,2026-04-01)',
        gen_random_uuid(), %(unit)s, ARRAY[%(unit)s], 'agreed', 1, 1, 1
    FROM generate_series(1, %(forms)s) AS n;
    INSERT INTO goal (id, form_id, revision, side, items, proposed_by, proposed_by_name,
        proposed_at)
    SELECT gen_random_uuid(), id, 1, 'superior', %(goals)s, id, 'x', now() FROM form;
    INSERT INTO measurement (id, subject_kind, subject_code, indicator, value, measured_on, source, external_id,
        recorded_by, recorded_at)
    SELECT gen_random_uuid(), 'employee', subject_code, aim.key,
        round(aim.value::numeric * (80 + mod(abs(hashtext(subject_code || aim.key)), 45)) / 100, 2), '2026-03-31',
        'CRM', subject_code || aim.key, id, now()
    FROM form, jsonb_each_text(%(targets)s) AS aim;
    INSERT INTO rater (id, cycle_id, form_id, rater_id, relation, state, revision)
    SELECT gen_random_uuid(), cycle_id, id, manager_id, 'superior', 'submitted', 1 FROM form;
    INSERT INTO rating (id, rater_row_id, form_id, relation, ratings, submitted_at)
    SELECT gen_random_uuid(), id, form_id, 'superior', '{"J1": "4.3"}', now() FROM rater;
"""


def scheme() -> Scheme:
    """Seven measured items and a judged one."""
    rules: dict[str, Rule] = {key: HigherIsBetter() if key[0] == "I" else LowerIsBetter() for key in TARGETS}
    work = tuple(item(key, "20" if key == "I1" else "10", rule) for key, rule in rules.items())
    lines = (*work, item("J1", "20", ManualScore(), quantitative=False))
    whole = (Section("work", Text("业绩", "work"), Decimal(100), lines),)
    return Scheme("B", 1, Text("基准", "benchmark"), SubjectKind.EMPLOYEE, Frequency.QUARTER, whole)


def item(key: str, weight: str, rule: Rule, *, quantitative: bool = True) -> Item:
    """An item collected once."""
    name = Text(key, key)
    return Item(key, name, Decimal(weight), key, "indicator:1@1", rule, "", quantitative, collection=Frequency.QUARTER)


def prepare(occasion: Occasion, forms: int) -> UUID:
    """A cycle about to be scored, and all that its forms are scored from."""
    cycle, scheme_id = uuid4(), uuid4()
    goals = [
        {"key": k, "target": t, "measure": "m", "data_source": "d", "due_on": "2026-03-31"} for k, t in TARGETS.items()
    ]
    with psycopg.connect(occasion.address("appraisal"), cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(
            "INSERT INTO scheme VALUES (%s, 'B', 1, 'b', 'b', 'employee', 'quarter', '[2026-01-01,)', %s, now())",
            (scheme_id, json.dumps(SCHEMES.dump(scheme()))),
        )
        connection.execute(
            "INSERT INTO cycle (id, code, name, frequency, period, policy, state, revision, ratings_closed, "
            "created_at) VALUES (%s, 'C', 'c', 'quarter', '[2026-01-01,2026-04-01)', %s, 'scoring', 1, true, now())",
            (cycle, json.dumps(POLICIES.dump(CyclePolicy()))),
        )
        given = {"cycle": cycle, "scheme": scheme_id, "unit": uuid4(), "forms": forms}
        connection.execute(FILL, {**given, "goals": json.dumps(goals), "targets": json.dumps(TARGETS)})
        connection.commit()
    with psycopg.connect(occasion.superuser, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return cycle


def run_job(url: str, cycle: UUID, pipe: Connection) -> None:
    """The product's job."""

    async def job() -> None:
        data = Database(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=2)
        async with SystemWork(data, SystemClock(), ZoneInfo("UTC")).begin() as uow:
            await score_cycle(uow, cycle_id=cycle)
        await data.close()

    settle()
    began = time.perf_counter()
    asyncio.run(job())
    send(pipe, {"score": time.perf_counter() - began})


def run_floor(url: str, cycle: UUID, pipe: Connection) -> None:
    """Fetch, maths, COPY."""
    seconds: dict[str, float] = {}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        shape = cursor.execute("SELECT avg(length(explanation))::int, avg(length(inputs))::int, sum(total) FROM result")
        explanation, inputs, due = shape.fetchone() or (0, 0, Decimal(0))
        began = time.perf_counter()
        rows = cursor.execute(
            "SELECT form.id, indicator, value FROM form JOIN measurement USING (subject_kind, subject_code) "
            "WHERE cycle_id = %s AND form.days @> measured_on",
            (cycle,),
        ).fetchall()
        goals: dict[UUID, Any] = dict(cursor.execute("SELECT form_id, items FROM goal").fetchall())
        marks: dict[UUID, Any] = dict(cursor.execute("SELECT form_id, ratings FROM rating").fetchall())
        seconds["fetch"] = time.perf_counter() - began
        began = time.perf_counter()
        totals = least(rows, goals, marks)
        seconds["maths"] = time.perf_counter() - began
        assert sum(totals.values()) == due, (sum(totals.values()), due)
        began = time.perf_counter()
        long, short = "x" * explanation, "x" * inputs
        with cursor.copy("COPY result FROM STDIN") as copy:
            for form, total in totals.items():
                own = (uuid4(), 1, cycle, form, "unit", form, total, total, "A", "A", "scored", None, None, None)
                copy.write_row((*own, datetime.now(UTC), short, long, "0" * 64, RULES))
        connection.commit()
        seconds["copy"] = time.perf_counter() - began
    send(pipe, seconds)


def least(
    rows: list[tuple[UUID, str, Decimal]], goals: dict[UUID, list[dict[str, str]]], marks: dict[UUID, dict[str, str]]
) -> dict[UUID, Decimal]:
    """The same totals, by the formulas alone."""
    sums: dict[UUID, Decimal] = defaultdict(Decimal)
    targets = {form: {goal["key"]: Decimal(goal["target"]) for goal in items} for form, items in goals.items()}
    for form, key, value in rows:
        ratio = value / targets[form][key]
        raw = 100 * ratio if key[0] == "I" else 100 * (2 - ratio)
        score = min(max(raw, Decimal(0)), Decimal(120)).quantize(CENT, ROUND_HALF_UP)
        sums[form] += (20 if key == "I1" else 10) * score / 100
    for form, given in marks.items():
        sums[form] += 20 * (100 * Decimal(given["J1"]) / 5).quantize(CENT, ROUND_HALF_UP) / 100
    return {form: total.quantize(CENT, ROUND_HALF_UP) for form, total in sums.items()}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("forms", nargs="?", type=int, default=100_000)
    forms = parser.parse_args().forms
    with database_up("appraisal") as occasion:
        url, cycle = occasion.address("appraisal"), prepare(occasion, forms)
        job = in_own_process(run_job, url, cycle)
        floor = in_own_process(run_floor, url, cycle)
    least_seconds = sum(floor.seconds.values())
    ratio = job.seconds["score"] / least_seconds
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in floor.seconds.items())
    print(f"{forms:,} forms of 8 items")
    print(f"  scored in {job.seconds['score']:.1f} s, peak {job.peak_mib:.0f} MiB (budget {BUDGET_MIB})")
    print(f"  floor {least_seconds:.1f} s ({parts})")
    print(f"  ratio {ratio:.1f} (budget {BUDGET})")


if __name__ == "__main__":
    main()
