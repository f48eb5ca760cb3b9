"""/v1/incentive/runs/{id}/simulations: other coefficients, scales, grades and budgets beside what is (INC-14)."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.budgets.usecases.forecasts import BudgetForecast
from services.incentive.runs.api.runs import RunId
from services.incentive.simulations.api.simulation_files import picture, workbook
from services.incentive.simulations.domain.simulation import Changes, Comparison, Group, Side
from services.incentive.simulations.usecases import simulations as usecases
from services.kit.access.callers import permit
from services.kit.errors import Text
from services.kit.fields import Coefficient, Model, Money, PositiveMoney, Score
from services.kit.files.pictures import PICTURE_ANSWER, PICTURE_HEADERS, SVG
from services.kit.files.routes import FILE_ANSWER, file_answer
from services.kit.identity import Caller
from services.kit.patterns import GRADE
from services.kit.web.application import AcceptedLanguage, Context
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="runs")

_NAME: Final = Text("奖金试算", "simulation")

Simulates = Annotated[Caller, permit(*usecases.SIMULATES, whole=True)]
Grade = Annotated[str, Field(pattern=GRADE)]
MOST = 32


class SimulationRequest(Model):
    """The figures to change; those left out are unchanged."""

    grade_coefficients: dict[Grade, Coefficient] | None = Field(
        default=None,
        max_length=MOST,
        description="Coefficient by grade; other grades keep theirs.",
        examples=[{"S": "1.6"}],
    )
    unit_coefficients: dict[Grade, Coefficient] | None = Field(
        default=None,
        max_length=MOST,
        description="Coefficient by the unit's grade; other grades keep theirs.",
        examples=[None],
    )
    company_coefficient: Coefficient | None = Field(
        default=None, description="Coefficient of the company, for rules that use it.", examples=[None]
    )
    grade_scale: dict[Grade, Score] | None = Field(
        default=None,
        max_length=MOST,
        description="Lowest total that earns each grade; one grade starts at 0.",
        examples=[{"S": "95", "A": "85", "B": "70", "C": "60", "D": "0"}],
    )
    grades: dict[str, Grade] = Field(
        default_factory=dict,
        max_length=10_000,
        description="Simulated grades by employee number.",
        examples=[{"E001": "A"}],
    )
    budgets: dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], PositiveMoney] = Field(
        default_factory=dict,
        max_length=MOST,
        description="Budget by currency, compared with the result.",
        examples=[{"CNY": "150000.00"}],
    )


class SimulationSide(Model):
    """One side of a comparison."""

    people: int = Field(description="Number of people who get an amount.", examples=[12])
    amount: Money = Field(description="Total amount, before tax, as text.", examples=["648000.00"])


class SimulationGroup(InCurrency):
    """The actual and simulated totals of a unit or a grade."""

    key: str = Field(description="Code of the unit, or the grade.", examples=["SALES"])
    name: str = Field(description="Its name in Chinese.", examples=["销售部"])
    name_en: str = Field(description="Its name in English.", examples=["Sales"])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    actual: SimulationSide = Field(description="Actual result.")
    simulated: SimulationSide = Field(description="Simulated result.")
    difference: Money = Field(description="Increase over the actual result.", examples=["36000.00"])


class SimulationUnit(SimulationGroup):
    """The actual and simulated totals of a unit, and whether its budget would hold the simulated ones."""

    is_within_budget: bool | None = Field(
        description="Whether everything the run would book fits into the budget in which the unit takes part; null if "
        "it has none.",
        examples=[True],
    )


class SimulationBudget(InCurrency):
    """The yearly budget of a unit, beside what the simulated run would take of it."""

    unit_name: str = Field(description="Name in Chinese of the unit that has the budget.", examples=["销售部"])
    unit_name_en: str = Field(description="Name in English of the unit that has the budget.", examples=["Sales"])
    year: int = Field(description="Year of the budget.", examples=[2026])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    amount: Money = Field(description="Budget of the year, before tax.", examples=["900000.00"])
    taken: Money = Field(description="Amount that awards and other runs have taken.", examples=["120000.00"])
    simulated: Money = Field(description="Amount that the run would take as simulated.", examples=["72000.00"])
    left: Money = Field(description="Rest of the budget; negative if it is exceeded.", examples=["708000.00"])
    is_within_budget: bool = Field(
        description="Whether it fits; otherwise the run could not be approved.", examples=[True]
    )


class SimulationTotal(InCurrency):
    """The total in one currency, compared with the budget."""

    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    actual: SimulationSide = Field(description="Actual result.")
    simulated: SimulationSide = Field(description="Simulated result.")
    difference: Money = Field(description="Increase over the actual result.", examples=["36000.00"])
    budget: Money | None = Field(description="Budget given in the request.", examples=["150000.00"])
    left: Money | None = Field(description="Rest of the budget; negative if it is exceeded.", examples=["12480.00"])


class Simulation(Model):
    """The simulated result of the run's own period beside the actual one. Nothing of it is stored."""

    totals: list[SimulationTotal] = Field(description="Totals by currency.")
    unit_budgets: list[SimulationBudget] = Field(
        description="Budgets of the units, with what the run would book as simulated in place of what it takes now."
    )
    units: list[SimulationUnit] = Field(description="Totals by unit, as of each person's last assignment.")
    grades: list[SimulationGroup] = Field(description="Totals by grade; a person whose grade changes is in both.")
    excluded: int = Field(description="Number of people who would get no line because data is missing.", examples=[0])


@routes.post("/runs/{run_id}/simulations", response_model=Simulation, summary="Simulate a run with other figures")
async def simulate_run(context: Context, _: Simulates, run_id: RunId, body: SimulationRequest) -> dict[str, Any]:
    """Simulates from the run's own inputs; nothing is stored. It takes twice as long as the calculation did."""
    found = await _simulated(context, run_id, body)
    return {
        "totals": [_total(currency, each, found) for currency, each in found.totals.items()],
        "unit_budgets": [_budget(each) for each in found.forecast.budgets],
        "units": [_unit(each, found) for each in found.units],
        "grades": [_group(each) for each in found.grades],
        "excluded": found.excluded,
    }


@routes.post(
    "/runs/{run_id}/simulations.xlsx", response_class=Response, responses=FILE_ANSWER, summary="Simulate a run as XLSX"
)
async def simulate_run_as_workbook(
    context: Context, _: Simulates, run_id: RunId, body: SimulationRequest, language: AcceptedLanguage
) -> Response:
    """A workbook with one sheet by unit and one by grade."""
    found = await _simulated(context, run_id, body)
    name = _NAME.in_language(language)
    return file_answer(workbook(found, language), name, found.plan.in_language(language), found.period)


@routes.post(
    "/runs/{run_id}/simulations.svg",
    response_class=Response,
    responses=PICTURE_ANSWER,
    summary="Simulate a run as a picture",
)
async def simulate_run_as_picture(
    context: Context, _: Simulates, run_id: RunId, body: SimulationRequest, language: AcceptedLanguage
) -> Response:
    """A bar chart by unit and grade, the actual result above the simulated one."""
    found = await _simulated(context, run_id, body)
    return Response(picture(found, language), media_type=SVG, headers={**PICTURE_HEADERS, "Cache-Control": "no-store"})


async def _simulated(context: Context, run_id: RunId, body: SimulationRequest) -> usecases.Simulation:
    changes = Changes(**{name: getattr(body, name) for name in SimulationRequest.model_fields})
    async with context.sessions.snapshot() as session:  # one moment throughout, and nothing can be written
        return await usecases.simulate_run(session, run_id=run_id, changes=changes)


def _group(group: Group) -> dict[str, Any]:
    named = {"key": group.key, **group.name.as_fields("name"), "currency": group.currency}
    return {**named, **_sides(group.comparison)}


def _unit(group: Group, found: usecases.Simulation) -> dict[str, Any]:
    own = None if group.id is None else found.forecast.of_unit(UUID(group.id), group.currency)
    return {**_group(group), "is_within_budget": own and own.is_within}


def _budget(each: BudgetForecast) -> dict[str, Any]:
    budget = each.budget
    named = {**budget.unit.as_fields("unit_name"), "year": budget.year, "currency": budget.currency}
    sums = {"amount": budget.amount, "taken": each.taken, "simulated": each.wanted, "left": each.left}
    return {**named, **sums, "is_within_budget": each.is_within}


def _total(currency: str, comparison: Comparison, found: usecases.Simulation) -> dict[str, Any]:
    budget = found.budgets.get(currency)
    left = None if budget is None else budget - comparison.simulated.amount
    return {"currency": currency, **_sides(comparison), "budget": budget, "left": left}


def _sides(comparison: Comparison) -> dict[str, Any]:
    return {
        "actual": _side(comparison.actual),
        "simulated": _side(comparison.simulated),
        "difference": comparison.difference,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"people": side.people, "amount": side.amount}
