"""Budgets of units: proposed by one person of finance, released by another, version after version (INC-15)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.budgets.domain.budget import BUDGET_VERSION, NOTHING, Standing, Use
from services.incentive.budgets.store import budgets as store
from services.incentive.budgets.store import commitments as commitment_store
from services.incentive.budgets.store.tables import BudgetRow, BudgetVersionRow
from services.incentive.budgets.usecases.commitments import look_at
from services.incentive.currencies import CURRENCIES, EXPECTED, currency_name, expected_places, is_payable
from services.incentive.pay.store.tables import UnitRow
from services.incentive.pay.store.units import units
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Stale, Text, existing
from services.kit.money import FEN, grouped, plain
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork


class BudgetUnknown(NotFound):
    """There is no such budget."""

    code = "budget_unknown"
    zh = "找不到该预算，或您无权查看。"
    en = "There is no such budget, or you may not see it."


class BudgetVersionUnknown(NotFound):
    """There is no such version."""

    code = "budget_version_unknown"
    zh = "找不到该预算版本，或您无权查看。"
    en = "There is no such version of a budget, or you may not see it."


class BudgetUnsound(Invalid):
    """The unit is not one of which org has spoken, nobody is paid in the currency, or it has no such amounts."""

    code = "budget_unsound"
    zh = "预算内容有误，请按下列提示修改。"
    en = "The budget is not valid; correct it as follows."


class BudgetExists(Conflict):
    """A unit has one budget a year and currency; it is changed by a further version."""

    code = "budget_exists"
    zh = "{unit} {year} 年度已有以{currency}计的预算，请在原预算上提出新版本。"
    en = "{unit} has a budget in {currency} for {year} already; propose a further version of it."


class BudgetVersionWaits(Conflict):
    """One version at a time, or it would not be clear what is released."""

    code = "budget_version_waits"
    zh = "该预算已有一个版本待确认，请先办理。"
    en = "A version of this budget waits to be released; decide about that one first."


@dataclass(frozen=True)
class Terms:
    """What a version says: amount in the main unit of the budget's currency, marks in percent, and why."""

    amount: Decimal
    warning_percent: Decimal
    explanation_percent: Decimal
    reason: str


@dataclass(frozen=True)
class BudgetDetails:
    """A budget in its present state."""

    row: BudgetRow
    unit: UnitRow | None
    proposed_version_id: UUID | None
    use: Use

    @property
    def standing(self) -> Standing:
        """How much of it is taken."""
        if self.row.amount is None:
            return Standing.NOT_IN_FORCE
        return store.budget_of(self.row, self.unit).standing(self.use)


@dataclass(frozen=True)
class VersionDetails:
    """A version as it is."""

    row: BudgetVersionRow


async def create_budget(uow: UnitOfWork, *, unit_id: UUID, year: int, currency: str, terms: Terms) -> BudgetDetails:
    """A budget whose first version waits for a second person; until then it stops nothing.

    Raises:
        BudgetUnsound, BudgetExists.
    """
    unit = (await units(uow.session, [unit_id])).get(unit_id)
    faults = [] if currency in CURRENCIES else [FieldError("/currency", currency, EXPECTED)]
    if unit is None:
        faults.append(FieldError("/unit_id", str(unit_id), Text("在册的组织单元", "a known unit")))
    if unit is None or faults:
        raise BudgetUnsound(field_errors=faults)
    row = BudgetRow(
        id=new_id(),
        unit_id=unit_id,
        year=year,
        currency=currency,
        version=0,
        warning_percent=terms.warning_percent,
        explanation_percent=terms.explanation_percent,
        explained=NOTHING,
        revision=1,
        created_at=uow.now,
        created_by=uow.caller.account_id,
        created_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise BudgetExists(unit=Text(unit.name, unit.name_en), year=year, currency=currency_name(currency)) from clash
    about = {"unit_id": unit_id, "year": year, "currency": currency}
    await uow.record("incentive.budget.created", subject=("budget", row.id), after=about, data=about)
    await propose_version(uow, budget_id=row.id, revision=1, terms=terms)
    return await read_budget(uow.session, budget_id=row.id)


async def propose_version(uow: UnitOfWork, *, budget_id: UUID, revision: int, terms: Terms) -> VersionDetails:
    """What the budget is to be from now on, an increase or a cut, which another person has to release.

    Raises:
        BudgetUnknown, Stale, BudgetVersionWaits.
        BudgetUnsound: the currency has no such minor unit.
    """
    budget = await read_budget(uow.session, budget_id=budget_id)
    if budget.row.revision != revision:
        raise Stale
    if not is_payable(terms.amount, budget.row.currency):
        expected = expected_places(budget.row.currency)
        raise BudgetUnsound(field_errors=[FieldError("/amount", plain(terms.amount), expected)])
    row = BudgetVersionRow(
        id=new_id(),
        budget_id=budget_id,
        amount=terms.amount.quantize(FEN),
        warning_percent=terms.warning_percent,
        explanation_percent=terms.explanation_percent,
        reason=terms.reason,
        **entered(uow),
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise BudgetVersionWaits from clash
    after = {"budget_id": budget_id, "amount": terms.amount, "reason": terms.reason}
    await uow.audit("incentive.budget_version.proposed", subject=("budget_version", row.id), after=after)
    name = Text("—", "—") if budget.unit is None else Text(budget.unit.name, budget.unit.name_en)
    year, amount, currency = budget.row.year, grouped(row.amount), currency_name(budget.row.currency)
    await open_task(
        uow,
        "budget_version.release",
        subject=("budget_version", row.id),
        assignee=whoever_may(BUDGET_VERSION, ReleaseAction.RELEASE, excluded_ids=Signature.of(uow.caller).ids),
        title=Text(
            f"确认{name.zh} {year} 年度预算 {amount} {currency.zh}",
            f"Release the budget of {name.en} for {year}: {amount} {currency.en}",
        ),
        link=f"/v1/incentive/budget_versions/{row.id}",
    )
    return VersionDetails(row)


async def decide_version(
    uow: UnitOfWork, *, version_id: UUID, action: ReleaseAction, revision: int, reason: str | None = None
) -> VersionDetails:
    """Release what another person proposed, or refuse it. A cut may lie below what is taken, which then shows.

    With the first release, what was spent in the unit and below without any budget counts in this one.

    Raises:
        BudgetVersionUnknown, Stale, SecondPersonNeeded, TransitionNotPossible, TransitionForbidden.
    """
    row = existing(await store.version(uow.session, version_id, lock=True), BudgetVersionUnknown)
    state = await decide(uow, BUDGET_VERSION, row, action, revision=revision, reason=reason)
    if state is ReleaseState.RELEASED:
        await _take_effect(uow, row)
    await uow.record(
        f"incentive.budget_version.{state.value}",
        subject=("budget_version", version_id),
        **release_trail(state, revision=revision, budget_id=row.budget_id, amount=row.amount, reason=reason),
        data={"budget_id": row.budget_id},
    )
    return await read_version(uow.session, version_id=version_id)


async def read_budget(session: ReadSession, *, budget_id: UUID) -> BudgetDetails:
    """A budget with what is taken of it.

    Raises:
        BudgetUnknown.
    """
    found = existing(await store.one(session, budget_id), BudgetUnknown)
    return BudgetDetails(*found, (await commitment_store.uses(session, [budget_id]))[budget_id])


async def list_budgets(
    session: ReadSession, *, year: int | None, unit_id: UUID | None, paging: Paging
) -> Rows[BudgetDetails]:
    """Budgets in the order in which they were set up."""
    rows = await store.listed(session, year=year, unit_id=unit_id, paging=paging)
    uses = await commitment_store.uses(session, [row.id for row, _, _ in rows.items])
    return Rows([BudgetDetails(*each, uses[each[0].id]) for each in rows.items], rows.next)


async def read_version(session: ReadSession, *, version_id: UUID) -> VersionDetails:
    """A version.

    Raises:
        BudgetVersionUnknown.
    """
    row = existing(await store.version(session, version_id), BudgetVersionUnknown)
    return VersionDetails(row)


async def list_versions(session: ReadSession, *, budget_id: UUID, paging: Paging) -> Rows[VersionDetails]:
    """Every version of a budget in the order in which they were proposed, refused ones among them.

    Raises:
        BudgetUnknown.
    """
    await read_budget(session, budget_id=budget_id)
    rows = await store.versions(session, budget_id, paging)
    return Rows([VersionDetails(row) for row in rows.items], rows.next)


async def _take_effect(uow: UnitOfWork, version: BudgetVersionRow) -> None:
    await commitment_store.lock_tree(uow.session)
    budget = await store.lock_row(uow.session, version.budget_id)
    before = await commitment_store.uses(uow.session, [budget.id])
    original = version.amount if budget.original is None else budget.original
    number = await store.set_number(uow.session, version.id)
    await store.set_values(
        uow.session,
        budget.id,
        version=number,
        amount=version.amount,
        original=original,
        warning_percent=version.warning_percent,
        explanation_percent=version.explanation_percent,
    )
    if number == 1:
        await commitment_store.attach(uow.session, budget)
    await look_at(uow, await store.locked(uow.session, [budget.id]), before)
