"""What the manager and HR decide about a form before it is scored: adjustments, items left out (APR-11)."""

from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import Standing
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.adjustment import check_adjustments
from services.appraisal.scoring.store import form_decisions as store
from services.appraisal.scoring.store.tables import AdjustmentRow, ItemLeftOutRow
from services.kit.database import new_id
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.money import plain
from services.kit.unit_of_work import UnitOfWork

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


async def adjust(uow: UnitOfWork, *, form_id: UUID, points: Decimal, reason: str) -> None:
    """Add points to a form's total, or take some.

    Raises:
        AdjustmentTooGreat: together they would leave the scheme's limit.
        OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(Standing.MANAGER, Standing.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    await uow.session.refresh(access.form, with_for_update=True)  # two at once must not pass the limit together
    scheme = await scheme_store.find(uow.session, access.form.scheme_id)
    present = [row.points for row in await store.adjustments(uow.session, form_id)]
    check_adjustments([*present, points], limit=scheme.adjustment_limit)
    row = AdjustmentRow(
        id=new_id(),
        form_id=form_id,
        points=points,
        reason=reason,
        decided_by=uow.caller.account_id,
        decided_by_name=uow.caller.name,
        at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    await _record(uow, access.form, "adjust", {"points": plain(points), "reason": reason})


async def leave_out(uow: UnitOfWork, *, form_id: UUID, key: str, reason: str) -> None:
    """Decide that an item does not count on this form; its weight is spread, and the explanation says so.

    Raises:
        ItemNotToLeaveOut, LeftOutAlready, OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(Standing.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    scheme = await scheme_store.find(uow.session, access.form.scheme_id)
    items = [item.key for item in scheme.items]
    if key not in items:
        names = joined(items)
        fault = FieldError("/item", key, Text(f"以下之一：{names.zh}", f"one of {names.en}"))
        raise ItemNotToLeaveOut(found=key, field_errors=[fault])
    if any(row.item == key for row in await store.left_out(uow.session, form_id)):
        raise LeftOutAlready(found=key)
    row = ItemLeftOutRow(
        id=new_id(),
        form_id=form_id,
        item=key,
        reason=reason,
        decided_by=uow.caller.account_id,
        decided_by_name=uow.caller.name,
        at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    await _record(uow, access.form, "leave_out", {"item": key, "reason": reason})


async def _record(uow: UnitOfWork, form: FormRow, action: str, after: dict[str, str]) -> None:
    await uow.audit(f"appraisal.form.{action}", subject=("form", form.id), after=after)
