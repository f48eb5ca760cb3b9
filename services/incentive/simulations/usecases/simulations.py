"""Simulating a run: its own inputs, other figures, no trace (INC-14)."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.budgets.domain.spending import RUN, Part, Spending
from services.incentive.budgets.usecases.forecasts import Forecast, forecast
from services.incentive.calculation.domain.calculation import Calculation
from services.incentive.calculation.domain.calculation_input import calculation_input_from_json
from services.incentive.plans.domain.lint import GRADES
from services.incentive.plans.domain.rules.weight import Need
from services.incentive.plans.domain.unit import Unit
from services.incentive.runs.store import input_snapshots as snapshot_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import RunRow
from services.incentive.runs.usecases.calculating import prepared
from services.incentive.runs.usecases.runs import RunUnknown, SnapshotMissing
from services.incentive.simulations.domain.simulation import (
    Changes,
    Comparison,
    Group,
    NothingToSimulate,
    Simulated,
    by_grade,
    by_unit,
)
from services.kit.database.sessions import ReadSession, TransactionSession
from services.kit.errors import Text, existing
from services.kit.identity import Role
from services.kit.periods import calendar_period

SIMULATES: Final = (Role.COMPENSATION, Role.FINANCE)
"""Totals of small units reveal what individual people are paid, so only those who may see pay can simulate."""


@dataclass(frozen=True)
class Simulation:
    """The result, compared with the budgets."""

    plan: Text
    period: str
    totals: Mapping[str, Comparison]
    units: Sequence[Group]
    grades: Sequence[Group]
    excluded: int
    budgets: Mapping[str, Decimal]
    forecast: Forecast


async def simulate_run(session: TransactionSession, *, run_id: UUID, changes: Changes) -> Simulation:
    """Calculate the run's own period from its input snapshot twice: as it is, and with ``changes``.

    Raises:
        RunUnknown, SnapshotMissing, NothingToSimulate, ScaleIncomplete, GradeUnknown, PolicyNotAcceptable.
    """
    run = existing(await store.one(session, run_id), RunUnknown)
    snapshot = existing(await store.input_snapshot(session, run.snapshot_id), SnapshotMissing)
    actual = await prepared(session, snapshot)
    if Need.CLAIMS in actual.plan.rule.needs:
        raise NothingToSimulate
    changes.check(actual.plan.policy)
    other = Calculation(changes.plan(actual.plan), actual.label, actual.period, actual.units)
    simulated = Simulated()
    async with aclosing(snapshot_store.calculation_inputs(session, snapshot.id)) as chunks:
        async for chunk in chunks:
            await asyncio.to_thread(_add, simulated, actual, other, changes, chunk)
    return Simulation(
        plan=Text(run.plan_name, run.plan_name_en),
        period=run.period,
        totals=dict(sorted(simulated.totals.items())),
        units=by_unit(simulated, actual.units),
        grades=by_grade(simulated, GRADES),
        excluded=simulated.excluded,
        budgets=changes.budgets,
        forecast=await _forecast(session, run, simulated, actual.units),
    )


async def _forecast(session: ReadSession, run: RunRow, simulated: Simulated, units: Mapping[str, Unit]) -> Forecast:
    """What the budgets would say if the run were approved like that."""
    parts = [
        Part(tuple(map(UUID, units[unit_id].path_ids)), currency, amount)
        for (unit_id, currency), amount in simulated.spent.items()
        if units[unit_id].path_ids
    ]
    year = calendar_period(run.period).start.year
    return await forecast(session, Spending(RUN, run.id, year, Text("", ""), "", parts))


def _add(
    simulated: Simulated, actual: Calculation, other: Calculation, changes: Changes, people: Sequence[str]
) -> None:
    for facts in people:
        person = calculation_input_from_json(json.loads(facts))
        simulated.add(actual.outcome(person), other.outcome(changes.person(person)))
