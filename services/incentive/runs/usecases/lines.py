"""Reading the lines of a run (INC-11)."""

from typing import Any
from uuid import UUID

from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.tables import LineRow, RunRow
from services.incentive.runs.usecases.runs import NothingFrozen, RunUnknown, require_whole
from services.kit.database import ReadSession
from services.kit.errors import NotFound
from services.kit.identity import Caller
from services.kit.pages import Paging, Rows


class LineUnknown(NotFound):
    """The run's present calculation has no such line, or none that the caller may see."""

    code = "line_unknown"
    zh = "找不到该奖金明细，或您无权查看。"
    en = "There is no such line, or you may not see it."


async def list_lines(
    session: ReadSession, *, caller: Caller, run_id: UUID, number: str | None, paging: Paging
) -> Rows[Any]:
    """The lines of the present calculation, of the units over which the caller sees pay.

    Raises:
        RunUnknown, NothingFrozen.
    """
    run = await _calculated(session, run_id)
    scopes = caller.units_of(*SEES_PAY)
    return await line_store.listed(session, _of(run), scopes=scopes, number=number, paging=paging)


async def read_line(session: ReadSession, *, caller: Caller, run_id: UUID, line_id: UUID) -> tuple[LineRow, int]:
    """One line with its explanation, and the version of the rules that wrote it.

    Raises:
        RunUnknown, NothingFrozen, LineUnknown.
    """
    run = await _calculated(session, run_id)
    found = await line_store.one(session, _of(run), line_id)
    if found is None or not caller.has_over(found[0].unit_path, *SEES_PAY):
        raise LineUnknown
    return found


async def list_left_out(session: ReadSession, *, caller: Caller, run_id: UUID, paging: Paging) -> Rows[Any]:
    """Who gets no line, and why.

    Raises:
        RunUnknown, NothingFrozen, WholeOrganisationOnly.
    """
    require_whole(caller, *SEES_PAY)
    run = await _calculated(session, run_id)
    return await store.left_out(session, _of(run), paging)


async def _calculated(session: ReadSession, run_id: UUID) -> RunRow:
    run = await store.one(session, run_id)
    if run is None:
        raise RunUnknown
    return run


def _of(run: RunRow) -> UUID:
    if run.calculation_id is None:
        raise NothingFrozen
    return run.calculation_id
