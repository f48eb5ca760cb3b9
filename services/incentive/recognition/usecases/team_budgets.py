"""Team-building budgets per head and quarter, and what is spent of them (INC-09)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.pay.store.units import units
from services.incentive.recognition.domain.team_budget import TeamBudget
from services.incentive.recognition.store import team_budgets as store
from services.incentive.recognition.store.tables import TeamBudgetRow, TeamExpenseRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Stale, Text, existing
from services.kit.money import FEN
from services.kit.periods import calendar_period
from services.kit.work.unit_of_work import UnitOfWork


class TeamBudgetUnknown(NotFound):
    """There is no such budget."""

    code = "team_budget_unknown"
    zh = "找不到该团建经费，或您无权查看。"
    en = "There is no such team-building budget, or you may not see it."


class TeamBudgetExists(Conflict):
    """The unit has a budget for the quarter already."""

    code = "team_budget_exists"
    zh = "该单元 {period} 的团建经费已设定，不能重复设定。"
    en = "The unit already has a team-building budget for {period}."


class TeamBudgetUnsound(Invalid):
    """The unit is not known, the period no quarter, or the day outside it."""

    code = "team_budget_unsound"
    zh = "团建经费的数据有误，请按下列提示修改。"
    en = "The team-building budget is not valid; correct it as follows."


@dataclass(frozen=True)
class TeamBudgetDetails:
    """A budget in its present state."""

    row: TeamBudgetRow

    @property
    def budget(self) -> TeamBudget:
        """The budget."""
        return TeamBudget(self.row.per_head, self.row.people, self.row.spent)


@dataclass(frozen=True)
class TeamExpense:
    """What was spent."""

    row: TeamExpenseRow


async def set_budget(uow: UnitOfWork, *, unit_id: UUID, period: str, per_head: Decimal) -> TeamBudgetDetails:
    """Give a unit an amount per person for a quarter; people are counted now, including those of the units below.

    Raises:
        TeamBudgetUnsound, TeamBudgetExists.
    """
    unit = (await units(uow.session, [unit_id])).get(unit_id)
    faults = []
    if unit is None:
        faults.append(FieldError("/unit_id", str(unit_id), Text("在册的组织单元", "a known unit")))
    if period[5:6] != "Q":
        faults.append(FieldError("/period", period, Text("季度，例如 2026-Q1", "a quarter such as 2026-Q1")))
    if faults or unit is None:
        raise TeamBudgetUnsound(field_errors=faults)
    row = TeamBudgetRow(
        id=new_id(),
        unit_id=unit_id,
        unit_name=unit.name,
        unit_name_en=unit.name_en,
        period=period,
        per_head=per_head.quantize(FEN),
        people=await store.heads(uow.session, unit_id),
        spent=Decimal("0.00"),
        revision=1,
        set_at=uow.now,
        set_by=uow.caller.account_id,
        set_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise TeamBudgetExists(period=period) from clash
    after = {"unit_id": unit_id, "period": period, "per_head": per_head, "people": row.people}
    await uow.record("incentive.team_budget.set", subject=("team_budget", row.id), after=after)
    return TeamBudgetDetails(row)


async def spend(
    uow: UnitOfWork, *, budget_id: UUID, revision: int, amount: Decimal, purpose: str, spent_on: date
) -> TeamBudgetDetails:
    """Note an expense of the quarter; more than is left is refused.

    Raises:
        TeamBudgetUnknown, Stale, TeamBudgetUnsound, TeamBudgetExceeded.
    """
    row = existing(await store.one(uow.session, budget_id, lock=True), TeamBudgetUnknown)
    if row.revision != revision:
        raise Stale
    if not calendar_period(row.period).contains(spent_on):
        expected = Text(f"{row.period} 之内的日期", f"a day of {row.period}")
        raise TeamBudgetUnsound(field_errors=[FieldError("/spent_on", str(spent_on), expected)])
    spent = TeamBudgetDetails(row).budget.spend(amount)
    expense = TeamExpenseRow(
        id=new_id(),
        budget_id=budget_id,
        amount=amount.quantize(FEN),
        purpose=purpose,
        spent_on=spent_on,
        entered_at=uow.now,
        entered_by=uow.caller.account_id,
        entered_by_name=uow.caller.name,
    )
    await store.add(uow.session, expense)
    await store.set_values(uow.session, budget_id, spent=spent)
    after = {"amount": amount, "purpose": purpose}
    await uow.record("incentive.team_budget.spent", subject=("team_budget", budget_id), after=after)
    return await read_budget(uow.session, budget_id=budget_id)


async def read_budget(session: ReadSession, *, budget_id: UUID) -> TeamBudgetDetails:
    """A budget.

    Raises:
        TeamBudgetUnknown.
    """
    row = existing(await store.one(session, budget_id), TeamBudgetUnknown)
    return TeamBudgetDetails(row)


async def list_budgets(session: ReadSession, *, period: str | None, paging: Paging) -> Rows[TeamBudgetDetails]:
    """Budgets in the order in which they were set."""
    rows = await store.listed(session, period=period, paging=paging)
    return Rows([TeamBudgetDetails(row) for row in rows.items], rows.next)


async def list_expenses(session: ReadSession, *, budget_id: UUID, paging: Paging) -> Rows[TeamExpense]:
    """What was spent of a budget, in order.

    Raises:
        TeamBudgetUnknown.
    """
    await read_budget(session, budget_id=budget_id)
    rows = await store.expenses(session, budget_id, paging)
    return Rows([TeamExpense(row) for row in rows.items], rows.next)
