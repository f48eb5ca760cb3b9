"""Explaining why more is taken of a budget than was first budgeted (INC-15)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from services.incentive.budgets.domain.budget import Budget, Use
from services.incentive.budgets.domain.explanation import EXPLANATION, ExplanationAction, ExplanationState
from services.incentive.budgets.store import budgets as store
from services.incentive.budgets.store.tables import BudgetExplanationRow, BudgetRow
from services.incentive.pay.store.tables import UnitRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import NotFound, Stale, Text, existing
from services.kit.release import Signature, require_second_person
from services.kit.work.assignees import whoever_may
from services.kit.work.history import Decision, actors_of, advance, last_decisions, trail_of
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

SUBJECT: Final = "budget_explanation"


class ExplanationUnknown(NotFound):
    """There is no such explanation."""

    code = "budget_explanation_unknown"
    zh = "找不到该超预算说明，或您无权查看。"
    en = "There is no such explanation of a budget, or you may not see it."


@dataclass(frozen=True)
class ExplanationDetails:
    """An explanation with its budget and the budget's unit, and the decision on it."""

    row: BudgetExplanationRow
    budget: BudgetRow
    unit: UnitRow | None
    decision: Decision | None = None


async def ask_if_needed(uow: UnitOfWork, budget: Budget, use: Use) -> None:
    """Ask for an explanation where so much is taken of a locked budget that none covers it."""
    if not budget.needs_explanation(use):
        return
    row = BudgetExplanationRow(
        id=new_id(),
        budget_id=budget.id,
        state=ExplanationState.ASKED.value,
        revision=1,
        original=budget.original,
        taken=use.taken,
        asked_at=uow.now,
    )
    await store.add(uow.session, row)
    await store.set_values(uow.session, budget.id, explained=use.taken)
    data = {"budget_id": budget.id, "year": budget.year}
    await uow.record("incentive.budget_explanation.asked", subject=(SUBJECT, row.id), after=data, data=data)
    over = budget.over_percent(use)
    title = Text(
        f"说明{budget.unit.zh} {budget.year} 年度预算超出 {over}% 的原因",
        f"Explain why the budget of {budget.unit.en} for {budget.year} is exceeded by {over} %",
    )
    await _await(uow, row.id, ExplanationAction.EXPLAIN, title)


async def explain(uow: UnitOfWork, *, explanation_id: UUID, revision: int, text: str) -> ExplanationDetails:
    """Say why.

    Raises:
        ExplanationUnknown, TransitionNotPossible, TransitionForbidden, Stale.
    """
    return await _decide(uow, explanation_id, ExplanationAction.EXPLAIN, revision, text)


async def decide_explanation(
    uow: UnitOfWork, *, explanation_id: UUID, action: ExplanationAction, revision: int, reason: str | None = None
) -> ExplanationDetails:
    """Accept what another person explained, or return it with a reason.

    Raises:
        ExplanationUnknown, TransitionNotPossible, TransitionForbidden, Stale, SecondPersonNeeded.
    """
    return await _decide(uow, explanation_id, action, revision, reason)


async def read_explanation(session: ReadSession, *, explanation_id: UUID) -> ExplanationDetails:
    """An explanation.

    Raises:
        ExplanationUnknown.
    """
    found = existing(await store.explanation(session, explanation_id), ExplanationUnknown)
    return (await _detailed(session, [ExplanationDetails(*found)]))[0]


async def list_explanations(
    session: ReadSession, *, budget_id: UUID | None, state: ExplanationState | None, paging: Paging
) -> Rows[ExplanationDetails]:
    """Explanations in the order in which they were asked for."""
    rows = await store.explanations(session, budget_id=budget_id, state=state, paging=paging)
    return Rows(await _detailed(session, [ExplanationDetails(*each) for each in rows.items]), rows.next)


async def _detailed(session: ReadSession, found: Sequence[ExplanationDetails]) -> list[ExplanationDetails]:
    """With the decision on what is explained now."""
    moves = await last_decisions(session, BudgetExplanationRow, [each.row.id for each in found])
    decided = {row_id: move for row_id, move in moves.items() if move.action != ExplanationAction.EXPLAIN}
    return [replace(each, decision=decided.get(each.row.id)) for each in found]


async def _decide(
    uow: UnitOfWork, explanation_id: UUID, action: ExplanationAction, revision: int, note: str | None
) -> ExplanationDetails:
    found = existing(await store.explanation(uow.session, explanation_id, lock=True), ExplanationUnknown)
    details = ExplanationDetails(*found)
    move = EXPLANATION.next(ExplanationState(details.row.state), action, uow.caller.whole_roles)
    if details.row.revision != revision:
        raise Stale
    if action is ExplanationAction.EXPLAIN:
        values = {"text": note, "explained_by_name": uow.caller.name, "decision": None, "decided_by_name": None}
    else:
        signed = await actors_of(uow.session, BudgetExplanationRow, explanation_id, ExplanationAction.EXPLAIN)
        require_second_person(signed, uow.caller)
        values = {"decision": note, "decided_by_name": uow.caller.name}
    await advance(uow, BudgetExplanationRow, explanation_id, move, note=note, values=values)
    await uow.record(
        f"incentive.budget_explanation.{_PAST[action]}",
        subject=(SUBJECT, explanation_id),
        **trail_of(move.source.value, move.target.value, revision=revision, note=note),
        data={"budget_id": details.budget.id},
    )
    await _await_next(uow, details, move.target)
    return await read_explanation(uow.session, explanation_id=explanation_id)


_PAST: Final = {
    ExplanationAction.EXPLAIN: "explained",
    ExplanationAction.ACCEPT: "accepted",
    ExplanationAction.RETURN: "returned",
}


async def _await_next(uow: UnitOfWork, details: ExplanationDetails, state: ExplanationState) -> None:
    unit = Text("—", "—") if details.unit is None else Text(details.unit.name, details.unit.name_en)
    year, explanation_id = details.budget.year, details.row.id
    await close_tasks(uow, subject=(SUBJECT, explanation_id))
    if state is ExplanationState.EXPLAINED:
        title = Text(
            f"审阅{unit.zh} {year} 年度超预算说明", f"Decide about the explanation of {unit.en}'s budget for {year}"
        )
        await _await(uow, explanation_id, ExplanationAction.ACCEPT, title, Signature.of(uow.caller).ids)
    elif state is ExplanationState.ASKED:
        title = Text(
            f"重新说明{unit.zh} {year} 年度预算超出的原因",
            f"Explain anew why {unit.en}'s budget for {year} is exceeded",
        )
        await _await(uow, explanation_id, ExplanationAction.EXPLAIN, title)


async def _await(
    uow: UnitOfWork,
    explanation_id: UUID,
    action: ExplanationAction,
    title: Text,
    excluded: tuple[UUID, ...] = (),
) -> None:
    link = f"/v1/incentive/budget_explanations/{explanation_id}"
    able = whoever_may(EXPLANATION, action, excluded_ids=excluded)
    subject = (SUBJECT, explanation_id)
    await open_task(uow, f"{SUBJECT}.{action.value}", subject=subject, assignee=able, title=title, link=link)
