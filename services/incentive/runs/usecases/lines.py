"""Reading the lines of a run and whom it excludes (INC-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.incentive.runs.domain.line_listing import LineChange, LineFilter, LineOrder
from services.incentive.runs.domain.run import RunAction, RunState
from services.incentive.runs.store import line_changes as change_store
from services.incentive.runs.store import line_listings as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.line_listings import CostCentreTotal, UnitTotal
from services.incentive.runs.store.tables import ExclusionRow, LineRow
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.scope import require_whole


class LineUnknown(NotFound):
    """The run's present calculation has no such line, or none that the caller may see."""

    code = "line_unknown"
    zh = "找不到该奖金明细，或您无权查看。"
    en = "There is no such line, or you may not see it."


@dataclass(frozen=True)
class LineDetails:
    """A line with the names of its unit and the version of the rules that wrote it."""

    line: LineRow
    unit: Text
    rules: int


@dataclass(frozen=True)
class Totals:
    """Sums over lines; both sum to the same in each currency."""

    units: Sequence[UnitTotal]
    cost_centres: Sequence[CostCentreTotal]


async def list_lines(
    session: ReadSession,
    *,
    caller: Caller,
    run_id: UUID,
    employee_number: str | None,
    unit_id: UUID | None,
    order: LineOrder,
    paging: Paging,
) -> Rows[LineDetails]:
    """The lines of the present calculation, of the units over which the caller sees pay.

    Raises:
        RunUnknown, SnapshotMissing.
    """
    calculation_id, readers = await _opened(session, caller, run_id)
    wanted = LineFilter(caller.units_of(*readers), unit_id, employee_number)
    rows = await line_store.listed(session, calculation_id, wanted, order, paging)
    return Rows([LineDetails(*each) for each in rows.items], rows.next)


async def read_totals(session: ReadSession, *, caller: Caller, run_id: UUID) -> Totals:
    """What those lines come to, by unit and by cost centre.

    Raises:
        RunUnknown, SnapshotMissing.
    """
    calculation_id, readers = await _opened(session, caller, run_id)
    wanted = LineFilter(caller.units_of(*readers))
    units = await line_store.by_unit(session, calculation_id, wanted)
    return Totals(units, await line_store.by_cost_centre(session, calculation_id, wanted))


async def read_line(session: ReadSession, *, caller: Caller, run_id: UUID, line_id: UUID) -> LineDetails:
    """One line with its explanation.

    Raises:
        RunUnknown, SnapshotMissing, LineUnknown.
    """
    calculation_id, readers = await _opened(session, caller, run_id)
    found = await line_store.one(session, calculation_id, line_id)
    if found is None or not caller.has_over(found[0].unit_path, *readers):
        raise LineUnknown
    return LineDetails(*found)


async def list_changes(session: ReadSession, *, caller: Caller, run_id: UUID, paging: Paging) -> Rows[LineChange]:
    """What the present calculation says otherwise than the one before it, of the units over which the caller sees pay.

    Raises:
        RunUnknown, SnapshotMissing.
    """
    calculation_id, readers = await _opened(session, caller, run_id)
    before = await change_store.calculation_before(session, run_id, calculation_id)
    if before is None:
        return Rows([], None)
    within = caller.units_of(*readers)
    return await change_store.listed(session, before=before, after=calculation_id, within=within, paging=paging)


async def list_exclusions(session: ReadSession, *, caller: Caller, run_id: UUID, paging: Paging) -> Rows[ExclusionRow]:
    """Who gets no line, and why.

    Raises:
        RunUnknown, SnapshotMissing, WholeOrganisationOnly.
    """
    calculation_id, readers = await _opened(session, caller, run_id)
    require_whole(caller, *readers)
    return await store.exclusions(session, calculation_id, paging)


async def _opened(session: ReadSession, caller: Caller, run_id: UUID) -> tuple[UUID, tuple[Role, ...]]:
    """The run's present calculation, and the roles by which the caller may look into it.

    An executive does as an approver alone: while the run waits for approval, or who has approved it (INC-01).
    """
    run = existing(await store.one(session, run_id), RunUnknown)
    signed = await store.sign_offs(session, run_id, run.attempt)
    approved = any(each.action is RunAction.APPROVE and each.is_of(caller) for each in signed)
    approves = approved or run.state == RunState.REVIEWED
    return calculation_of(run), (*SEES_PAY, Role.EXECUTIVE) if approves and caller.has_over(
        (), Role.EXECUTIVE
    ) else SEES_PAY
