"""Reading the lines of a run and whom it excludes (INC-11)."""

from dataclasses import dataclass
from uuid import UUID

from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.incentive.permissions import require_whole
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.lines import LineFilter
from services.incentive.runs.store.tables import ExclusionRow, LineRow
from services.incentive.runs.usecases.runs import RunUnknown, calculation_of
from services.kit.database import ReadSession
from services.kit.errors import NotFound
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows


class LineUnknown(NotFound):
    """The run's present calculation has no such line, or none that the caller may see."""

    code = "line_unknown"
    zh = "找不到该奖金明细，或您无权查看。"
    en = "There is no such line, or you may not see it."


@dataclass(frozen=True)
class LineDetails:
    """A line with the name of its unit and the version of the rules that wrote it."""

    line: LineRow
    unit_name: str
    rules: int


async def list_lines(
    session: ReadSession,
    *,
    caller: Caller,
    run_id: UUID,
    employee_number: str | None,
    unit_id: UUID | None,
    paging: Paging,
) -> Rows[LineDetails]:
    """The lines of the present calculation, of the units over which the caller sees pay.

    Raises:
        RunUnknown, SnapshotMissing.
    """
    calculation_id = await _calculation_id(session, run_id)
    wanted = LineFilter(caller.units_of(*SEES_PAY), unit_id, employee_number)
    rows = await line_store.listed(session, calculation_id, wanted, paging)
    return Rows([LineDetails(*each) for each in rows.items], rows.next)


async def read_line(session: ReadSession, *, caller: Caller, run_id: UUID, line_id: UUID) -> LineDetails:
    """One line with its explanation.

    Raises:
        RunUnknown, SnapshotMissing, LineUnknown.
    """
    found = await line_store.one(session, await _calculation_id(session, run_id), line_id)
    if found is None or not caller.has_over(found[0].unit_path, *SEES_PAY):
        raise LineUnknown
    return LineDetails(*found)


async def list_exclusions(session: ReadSession, *, caller: Caller, run_id: UUID, paging: Paging) -> Rows[ExclusionRow]:
    """Who gets no line, and why.

    Raises:
        RunUnknown, SnapshotMissing, WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_PAY)
    return await store.exclusions(session, await _calculation_id(session, run_id), paging)


async def _calculation_id(session: ReadSession, run_id: UUID) -> UUID:
    run = await store.one(session, run_id)
    if run is None:
        raise RunUnknown
    return calculation_of(run)
