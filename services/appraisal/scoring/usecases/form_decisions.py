"""What the manager and HR decide about a form before it is scored: adjustments, excluded items (APR-11)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.cycles.usecases.access import form_for, take_form
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.scoring.domain.adjustment import check_adjustments
from services.appraisal.scoring.store import form_decisions as store
from services.appraisal.scoring.store.tables import AdjustmentRow, ItemExclusionRow
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.money import plain
from services.kit.work.unit_of_work import UnitOfWork

_BEFORE_PUBLICATION = (CycleState.GOAL_SETTING, CycleState.EVALUATING, CycleState.SCORED)


class ItemUnknown(Invalid):
    """The form has no such item."""

    code = "item_unknown"
    zh = "考核表中没有考核项“{found}”。"
    en = "The form has no item '{found}'."


class ItemAlreadyExcluded(Conflict):
    """The item does not count already."""

    code = "item_already_excluded"
    zh = "考核项“{found}”已不计入。"
    en = "The item '{found}' is already excluded."


@dataclass(frozen=True)
class FormDecisions:
    """What a form is scored by: its scheme, adjustments, oldest first, and excluded items."""

    scheme: Scheme
    adjustments: list[AdjustmentRow]
    item_exclusions: list[ItemExclusionRow]


async def get_decisions(session: ReadSession, form: FormRow) -> FormDecisions:
    """The scheme of a form that the caller may see, and what was decided about it."""
    return FormDecisions(
        await scheme_store.find(session, form.scheme_id),
        await store.adjustments(session, form.id),
        await store.item_exclusions(session, form.id),
    )


async def adjust_form(uow: UnitOfWork, *, form_id: UUID, revision: int, points: Decimal, reason: str) -> None:
    """Add points to a form's total, or take some.

    Raises:
        AdjustmentTooGreat: together they would leave the scheme's limit.
        Stale: the form has changed since it was read.
        OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.MANAGER, FormRole.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    await take_form(uow, access.form, revision)  # two at once must not pass the limit together
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
        decided_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"points": plain(points), "reason": reason}
    await uow.audit("appraisal.form.adjusted", subject=("form", form_id), after=after)


async def exclude_item(uow: UnitOfWork, *, form_id: UUID, revision: int, key: str, reason: str) -> None:
    """Decide that an item does not count on this form; its weight is spread, and the explanation says so.

    Raises:
        ItemUnknown, ItemAlreadyExcluded, Stale, OwnMatter, NotInThisCapacity, NotNow, NoForm: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, *_BEFORE_PUBLICATION)
    await take_form(uow, access.form, revision)
    scheme = await scheme_store.find(uow.session, access.form.scheme_id)
    items = [item.key for item in scheme.items]
    if key not in items:
        names = joined(items)
        fault = FieldError("/item", key, Text(f"以下之一：{names.zh}", f"one of {names.en}"))
        raise ItemUnknown(found=key, field_errors=[fault])
    if any(row.item == key for row in await store.item_exclusions(uow.session, form_id)):
        raise ItemAlreadyExcluded(found=key)
    row = ItemExclusionRow(
        id=new_id(),
        form_id=form_id,
        item=key,
        reason=reason,
        decided_by=uow.caller.account_id,
        decided_by_name=uow.caller.name,
        decided_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"item": key, "reason": reason}
    await uow.audit("appraisal.form.item_excluded", subject=("form", form_id), after=after)
