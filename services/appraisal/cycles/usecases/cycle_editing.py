"""Changing what is said of a cycle while nothing is lost by it, and making the next one like it (APR-04)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.cycle import Cycle, CyclePolicy, CycleState, PhaseDeadlines, demand_editable
from services.appraisal.cycles.store import cycles as store
from services.appraisal.cycles.store.tables import POLICIES, CycleRow
from services.appraisal.cycles.usecases.access import CycleNotYours, locked_cycle
from services.appraisal.cycles.usecases.cycles import create, demand_free, demand_length
from services.appraisal.library.domain.scheme import Frequency
from services.kit.database.sessions import days
from services.kit.identity import Role
from services.kit.periods import calendar_period
from services.kit.work.unit_of_work import UnitOfWork


async def edit_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int, changes: Mapping[str, Any]) -> Cycle:
    """Change what nothing has gone by yet; ``changes`` by field, choices of the policy by their own names.

    Raises:
        Stale, NoCycle, CycleNotYours: as they say; also for a unit beyond the caller's.
        CycleFieldFixed: naming what cannot change any more.
        PeriodMalformed, PeriodNotOfFrequency, PublicNoticeTooShort, CodeTaken: as for a new cycle.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    before = _said(cycle)
    wanted = {**before, **changes}
    if isinstance(wanted["period"], str):
        wanted["period"] = calendar_period(wanted["period"])
    changed = {field for field in wanted if wanted[field] != before[field]}
    demand_editable(CycleState(cycle.state), changed)
    period = wanted["period"]
    demand_length(period, wanted["frequency"], str(changes.get("period", f"{period.start} – {period.last}")))
    if not uow.caller.has_over([wanted["unit_id"]] if wanted["unit_id"] else [], Role.HR):
        raise CycleNotYours
    if "code" in changed:
        await demand_free(uow.session, wanted["code"])
    policy = CyclePolicy(**{field: wanted[field] for field in vars(CyclePolicy())})
    cycle.code, cycle.name, cycle.unit_id = wanted["code"], wanted["name"], wanted["unit_id"]
    cycle.frequency, cycle.period, cycle.policy = wanted["frequency"].value, days(period), POLICIES.dump(policy)
    cycle.revision += 1
    await uow.session.flush()
    shown = [{field: str(values[field]) for field in sorted(changed)} for values in (before, wanted)]
    await uow.audit("appraisal.cycle.edited", subject=("cycle", cycle_id), before=shown[0], after=shown[1])
    return (await store.find(uow.session, cycle_id)).value


async def copy_cycle(
    uow: UnitOfWork, *, cycle_id: UUID, code: str, name: str, label: str, deadlines: PhaseDeadlines
) -> Cycle:
    """Creates a draft for another period with the frequency, unit and policy of an earlier
    cycle.

    Raises:
        NoCycle, CycleNotYours: as they say.
        PeriodMalformed, PeriodNotOfFrequency, CodeTaken: as for a new cycle.
    """
    earlier = (await store.find(uow.session, cycle_id)).value
    return await create(
        uow,
        code=code,
        name=name,
        label=label,
        frequency=earlier.frequency,
        unit_id=earlier.unit_id,
        policy=earlier.policy,
        deadlines=deadlines,
    )


def _said(cycle: CycleRow) -> dict[str, Any]:
    value = cycle.value
    said = {"code": value.code, "name": value.name, "period": value.period, "unit_id": value.unit_id}
    return {**said, "frequency": Frequency(value.frequency), **vars(value.policy)}
