"""What the manager and HR decide about a form before it is scored: adjustments, items left out (APR-11)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.appraisal.domain.adjustment import check_adjustments
from services.appraisal.domain.cycle import CycleState
from services.appraisal.domain.standing import Standing
from services.appraisal.store import cycles as cycle_store
from services.appraisal.store import form_decisions as store
from services.appraisal.store import schemes as scheme_store
from services.appraisal.store.tables import AdjustmentRow, FormRow, ItemLeftOutRow
from services.appraisal.usecases.access import form_for
from services.appraisal.usecases.goals import demand_state
from services.kit import audit
from services.kit.database import WriteSession, new_id
from services.kit.errors import Conflict, Fault, Invalid, Text, joined
from services.kit.identity import Caller
from services.kit.money import plain

_BEFORE_PUBLICATION = (CycleState.GOAL_SETTING, CycleState.EVALUATING, CycleState.SCORED)


class ItemNotToLeaveOut(Invalid):
    """The form has no such item."""

    code = "item_not_to_leave_out"
    zh = "考核表中没有考核项“{found}”。"
    en = "The form has no item '{found}'."


class LeftOutAlready(Conflict):
    """The item does not count already."""

    code = "left_out_already"
    zh = "考核项“{found}”已不计入。"
    en = "The item '{found}' is already excluded."


async def adjust(
    session: WriteSession, *, caller: Caller, form_id: UUID, points: Decimal, reason: str, now: datetime
) -> None:
    """Add points to a form's total, or take some.

    Raises:
        AdjustmentTooGreat: together they would leave the scheme's limit.
        OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(session, caller, form_id)
    access.demand(Standing.MANAGER, Standing.HR)
    access.demand_stranger(caller)
    cycle = await cycle_store.shared(session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    await session.refresh(access.form, with_for_update=True)  # two at once must not pass the limit together
    scheme = await scheme_store.find(session, access.form.scheme_id)
    present = [row.points for row in await store.adjustments(session, form_id)]
    check_adjustments([*present, points], limit=scheme.adjustment_limit)
    row = AdjustmentRow(
        id=new_id(),
        form_id=form_id,
        points=points,
        reason=reason,
        decided_by=caller.account_id,
        decided_by_name=caller.name,
        at=now,
    )
    session.add(row)
    await session.flush()
    await _record(session, caller, access.form, "adjust", {"points": plain(points), "reason": reason}, now)


async def leave_out(
    session: WriteSession, *, caller: Caller, form_id: UUID, key: str, reason: str, now: datetime
) -> None:
    """Decide that an item does not count on this form; its weight is spread, and the explanation says so.

    Raises:
        ItemNotToLeaveOut, LeftOutAlready, OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(session, caller, form_id)
    access.demand(Standing.HR)
    access.demand_stranger(caller)
    cycle = await cycle_store.shared(session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    scheme = await scheme_store.find(session, access.form.scheme_id)
    items = [item.key for item in scheme.items]
    if key not in items:
        names = joined(items)
        fault = Fault("/item", key, Text(f"以下之一：{names.zh}", f"one of {names.en}"))
        raise ItemNotToLeaveOut(found=key, faults=[fault])
    if any(row.item == key for row in await store.left_out(session, form_id)):
        raise LeftOutAlready(found=key)
    row = ItemLeftOutRow(
        id=new_id(),
        form_id=form_id,
        item=key,
        reason=reason,
        decided_by=caller.account_id,
        decided_by_name=caller.name,
        at=now,
    )
    session.add(row)
    await session.flush()
    await _record(session, caller, access.form, "leave_out", {"item": key, "reason": reason}, now)


async def _record(
    session: WriteSession, caller: Caller, form: FormRow, action: str, after: dict[str, str], now: datetime
) -> None:
    await audit.record(
        session, caller=caller, action=action, resource="form", resource_id=form.id, after=after, now=now
    )
