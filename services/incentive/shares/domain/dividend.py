"""The yearly dividend: a share of excess profit, split over vested units exactly (INC-07, §3.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.incentive.claims.domain.claim import Claim, Source
from services.incentive.currencies import YUAN, amount_text
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.incentive.shares.domain.grant import Grant
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, Text
from services.kit.explanation import Input, Step
from services.kit.identity import Role
from services.kit.money import allocate, plain, round_half_up
from services.kit.release import release_workflow

KIND: Final = "virtual_shares"

# Finance enters the figures. Where all of finance hold shares, an executive who holds none can still release them.
SHARE_DIVIDEND: Final = release_workflow(
    "share_dividend", Text("虚拟股票分红", "dividend on virtual shares"), [Role.FINANCE, Role.EXECUTIVE]
)


class NoExcessProfit(Invalid):
    """Profit does not exceed what was to be reached, so there is nothing to share."""

    code = "no_excess_profit"
    zh = "没有超额利润可供分红，请核对下列数据。"
    en = "There is no excess profit to share; check the following."


class YearNotOver(Invalid):
    """A year's profit is known, and what has vested in it, once it is over."""

    code = "year_not_over"
    zh = "{year} 年尚未结束，不能分红。"
    en = "The year {year} is not over, so that no dividend can be declared for it."


class NobodyVested(Conflict):
    """Nobody holds a vested unit at the end of the year."""

    code = "nobody_vested"
    zh = "{year} 年末没有已归属的虚拟股票，不能分红。"
    en = "At the end of {year} nobody holds a vested unit, so that no dividend can be shared out."


class OwnDividend(Forbidden):
    """Nobody releases a dividend of which they get a part."""

    code = "own_share_dividend"
    zh = "您持有参与本次分红的已归属虚拟股票，不能确认分红数据，请转交未持有的财务人员或高管。"
    en = (
        "You hold vested units that take part in this dividend, so you cannot release it; ask somebody of finance, or "
        "an executive, who holds none."
    )


@dataclass(frozen=True)
class Figures:
    """What finance entered for a plan and year: profit and the profit that was to be reached, in yuan."""

    id: UUID
    plan: PlanVersion
    rule: VirtualShares
    year: int
    profit: Decimal
    target: Decimal

    @property
    def occasion(self) -> str:
        """The occasion of its claims: one a plan and year, whatever is corrected."""
        return occasion_of(self.plan.code, self.year)

    @property
    def pool(self) -> Decimal:
        """What is shared out: the share of the excess, rounded half up to the fen once."""
        return pool(self.rule, self.profit, self.target)


def occasion_of(plan_code: str, year: int) -> str:
    """The occasion of the claims of a plan and year."""
    return f"{year}/{plan_code}"[:64]


@dataclass(frozen=True)
class Part:
    """A holder with the vested units of all grants, what they get, and why."""

    employee_id: UUID
    number: str
    name: str
    units: int
    amount: Decimal
    explanation: Step


def pool(rule: VirtualShares, profit: Decimal, target: Decimal) -> Decimal:
    """The dividend of a year, for all holders together.

    Raises:
        NoExcessProfit.
    """
    if profit <= target:
        least = amount_text(target, YUAN)
        expected = Text(f"高于 {least.zh}", f"above {least.en}")
        raise NoExcessProfit(field_errors=[FieldError("/profit", plain(profit), expected)])
    return round_half_up(Fraction(profit - target) * Fraction(rule.share) / 100)


def last_day(year: int) -> date:
    """The day whose holdings count."""
    return date(year, 12, 31)


def check_year(year: int, today: date) -> None:
    """Refuse a year of which days are still to come.

    Raises:
        YearNotOver.
    """
    if last_day(year) > today:
        expected = Text(f"不晚于 {today.year - 1} 年", f"{today.year - 1} or earlier")
        raise YearNotOver(year=year, field_errors=[FieldError("/year", str(year), expected)])


def share_out(figures: Figures, holdings: Sequence[tuple[Grant, int]]) -> list[Part]:
    """The parts of the holders by employee number; ``holdings`` are grants with their vested units.

    Raises:
        NobodyVested, NoExcessProfit.
    """
    held: dict[UUID, list[tuple[Grant, int]]] = {}
    for grant, vested in holdings:
        if vested:
            held.setdefault(grant.employee_id, []).append((grant, vested))
    if not held:
        raise NobodyVested(year=figures.year)
    ordered = sorted(held.values(), key=lambda grants: grants[0][0].number)
    units = [sum(vested for _, vested in grants) for grants in ordered]
    parts = allocate(figures.pool, [Decimal(each) for each in units])
    whole = sum(units)
    return [
        Part(
            employee_id=grants[0][0].employee_id,
            number=grants[0][0].number,
            name=grants[0][0].name,
            units=own,
            amount=amount,
            explanation=_step(figures, grants, own, whole, amount),
        )
        for grants, own, amount in zip(ordered, units, parts, strict=True)
    ]


def source_of(figures: Figures, version: str) -> Source:
    """What claims of a sharing out cite."""
    return Source("share_dividend", figures.id, version)


def claims_of(figures: Figures, parts: Sequence[Part], due_on: date, version: str) -> list[Claim]:
    """What each holder is owed from ``due_on``."""
    source = source_of(figures, version)
    return [
        Claim(
            employee_id=part.employee_id,
            kind=KIND,
            occasion=figures.occasion,
            currency=YUAN,
            amount=part.amount,
            costs=((figures.rule.cost_centre, part.amount),) if part.amount else (),
            due_on=due_on,
            source=source,
            explanation=part.explanation,
        )
        for part in parts
    ]


def _step(figures: Figures, grants: Sequence[tuple[Grant, int]], own: int, whole: int, amount: Decimal) -> Step:
    year, source = figures.year, f"share_dividend:{figures.id}"
    label = Text(f"{year} 年度虚拟股票分红中本人的份额", f"own share of the dividend on virtual shares for {year}")
    inputs = (
        *(_held(grant, vested, year) for grant, vested in grants),
        Input(Text("全体已归属份额", "vested units of all holders"), str(whole), source),
        Input(
            Text("各份截至分，余下的分依次归余数最大者", "cut to the cent, the rest to the largest remainders"), "0.01"
        ),
    )
    share = plain(figures.rule.share.normalize())
    of_profit = Step(
        "dividend_pool",
        Text(f"分红总额：超额利润的 {share}%", f"the dividend: {share} % of excess profit"),
        f"({plain(figures.profit)} − {plain(figures.target)}) × {share} %",
        plain(figures.pool),
        (
            Input(Text("年度利润", "profit of the year"), plain(figures.profit), source),
            Input(Text("利润目标", "profit to be reached"), plain(figures.target), source),
            Input(Text("分红比例", "share"), f"{share} %", figures.plan.source),
        ),
    )
    formula = f"{plain(figures.pool)} × {own} / {whole}"
    return Step("dividend_share", label, formula, plain(amount), inputs, (of_profit,))


def _held(grant: Grant, vested: int, year: int) -> Input:
    name = Text(
        f"{grant.granted_on} 授予 {grant.units:,} 份，至 {last_day(year)} 已归属",
        f"{grant.units:,} units granted on {grant.granted_on}, vested by {last_day(year)}",
    )
    return Input(name, str(vested), f"share_grant:{grant.id}")
