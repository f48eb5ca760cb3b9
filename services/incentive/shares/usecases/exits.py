"""News of org about who leaves: what has not vested is forfeited, and dividends are shared out again (INC-07).

What is vested and forfeited follows from grants and departures each time; nothing else is kept of an exit, so that a
termination that is rescinded or put off leaves no trace in a grant.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.incentive.shares.store import shares as store
from services.incentive.shares.usecases.sharing_again import ask_to_share_out_again, claim_nothing
from services.kit.errors import Text
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import UnitOfWork

_LEFT: Final = Text("持有人已离职，待重新分配", "the holder has left, and the dividend is to be shared out again")


class Departure(EventData):
    """The data of ``org.employee.terminated`` and what rescinds or reschedules it."""

    employee_id: UUID
    last_day: date


async def _leave(uow: UnitOfWork, data: Departure) -> None:
    await store.add_departure(uow, data.employee_id, data.last_day)
    await _follow(uow, data)
    await _withdraw(uow, data)


async def _stay(uow: UnitOfWork, data: Departure) -> None:
    await store.drop_departure(uow.session, data.employee_id, data.last_day)
    await _follow(uow, data)


async def _leave_later(uow: UnitOfWork, data: Departure) -> None:
    await store.drop_departure(uow.session, data.employee_id)
    await store.add_departure(uow, data.employee_id, data.last_day)
    await _follow(uow, data)
    await _withdraw(uow, data)


async def _withdraw(uow: UnitOfWork, data: Departure) -> None:
    """Owe who left nothing of what was shared out before org announced it, until it is shared out again.

    Whoever leaves on the last day of a year was still there for its dividend.
    """
    year = (data.last_day + timedelta(days=1)).year
    for plan_code in sorted(await store.plans_of(uow.session, data.employee_id)):
        await store.lock(uow.session, plan_code)
        await claim_nothing(uow, plan_code, year, data.employee_id, _LEFT)


async def _follow(uow: UnitOfWork, data: Departure) -> None:
    """Tell that the person's shares changed, and have dividends shared out again for which that matters."""
    plans = await store.plans_of(uow.session, data.employee_id)
    if not plans:
        return
    about = {"employee_id": data.employee_id, "last_day": data.last_day}
    why = Text("有持有人的离职信息变动", "Holders have left or stay after all")
    await uow.record("incentive.share_holder.exit_noted", subject=("employee", data.employee_id), after=about)
    await ask_to_share_out_again(uow, plans, data.last_day.year, why)


FOLLOW_EXITS: Final[Mapping[str, Effect[Any]]] = {
    "org.employee.terminated": Effect(Departure, _leave),
    "org.employee.termination_rescinded": Effect(Departure, _stay),
    "org.employee.termination_rescheduled": Effect(Departure, _leave_later),
}
"""What events of org do to shares."""
