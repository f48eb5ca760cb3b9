"""/v1/incentive/runs/{id}/simulations: other coefficients, scales, grades and budgets beside what is (INC-14)."""

from typing import Annotated, Any, Final

from fastapi import Response
from pydantic import Field

from services.incentive.runs.api.runs import RunId
from services.incentive.simulations.api.simulation_files import picture, workbook
from services.incentive.simulations.domain.simulation import Changes, Comparison, Group, Side
from services.incentive.simulations.usecases import simulations as usecases
from services.kit.callers import permit
from services.kit.errors import Language
from services.kit.fields import Coefficient, Model, Money, PositiveMoney, Score
from services.kit.identity import Caller
from services.kit.routing import router
from services.kit.spreadsheet_routes import FILE_ANSWER, file_answer
from services.kit.web import AcceptedLanguage, Context

routes = router("/v1/incentive", tag="runs")

Simulates = Annotated[Caller, permit(*usecases.SIMULATES, whole=True)]
SVG: Final = "image/svg+xml"
SVG_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {SVG: {}}}}
Grade = Annotated[str, Field(pattern=r"^[A-Za-z0-9+\-]{1,16}$")]
MOST = 32


class SimulationRequest(Model):
    """What is to be other than it was; what is left out stays."""

    grade_coefficients: dict[Grade, Coefficient] | None = Field(
        default=None, max_length=MOST, description="Coefficient by grade.", examples=[{"S": "1.6"}]
    )
    unit_coefficients: dict[Grade, Coefficient] | None = Field(
        default=None, max_length=MOST, description="Coefficient by the unit's grade.", examples=[None]
    )
    company_coefficient: Coefficient | None = Field(
        default=None, description="Coefficient of the company, for rules that use it.", examples=[None]
    )
    grade_scale: dict[Grade, Score] | None = Field(
        default=None,
        max_length=MOST,
        description="The least total that earns each grade; one begins at 0.",
        examples=[{"S": "95", "A": "85", "B": "70", "C": "60", "D": "0"}],
    )
    grades: dict[str, Grade] = Field(
        default_factory=dict,
        max_length=10_000,
        description="Another grade by employee number.",
        examples=[{"E001": "A"}],
    )
    budgets: dict[Annotated[str, Field(pattern=r"^[A-Z]{3}$")], PositiveMoney] = Field(
        default_factory=dict,
        max_length=MOST,
        description="Amount by currency that the outcome is held against.",
        examples=[{"CNY": "150000.00"}],
    )


class SimulationSide(Model):
    """One side of a comparison."""

    people: int = Field(description="How many get something.", examples=[12])
    amount: Money = Field(description="What they get together, before tax, as text.", examples=["648000.00"])


class SimulationGroup(Model):
    """A unit or a grade, as it is and as it would be."""

    key: str = Field(description="Code of the unit, or the grade.", examples=["SALES"])
    name: str = Field(description="Its name.", examples=["销售部"])
    currency: str = Field(description="ISO 4217 code.", examples=["CNY"])
    actual: SimulationSide = Field(description="As it is.")
    simulated: SimulationSide = Field(description="As it would be.")
    difference: Money = Field(description="The increase over the present outcome.", examples=["36000.00"])


class SimulationTotal(Model):
    """The sum in one currency, held against the budget."""

    currency: str = Field(description="ISO 4217 code.", examples=["CNY"])
    actual: SimulationSide = Field(description="As it is.")
    simulated: SimulationSide = Field(description="As it would be.")
    difference: Money = Field(description="The increase over the present outcome.", examples=["36000.00"])
    budget: Money | None = Field(description="The budget that was given.", examples=["150000.00"])
    left: Money | None = Field(description="What of it would be left; below zero: over.", examples=["12480.00"])


class Simulation(Model):
    """What the run's own period would come to, beside what it comes to. Nothing of it is kept."""

    totals: list[SimulationTotal] = Field(description="By currency.")
    units: list[SimulationGroup] = Field(description="By unit, as of people's last assignment.")
    grades: list[SimulationGroup] = Field(description="By grade: people whose grade changes stand under both.")
    excluded: int = Field(description="People who would get no line, since something is missing.", examples=[0])


@routes.post("/runs/{run_id}/simulations", response_model=Simulation, summary="Simulate a run with other figures")
async def simulate_run(
    context: Context, caller: Simulates, run_id: RunId, body: SimulationRequest, language: AcceptedLanguage
) -> dict[str, Any]:
    """From the run's own inputs; nothing is written. Takes twice as long as calculating did."""
    found = await _simulated(context, caller, run_id, body)
    return {
        "totals": [_total(currency, each, found) for currency, each in found.totals.items()],
        "units": [_group(each, language) for each in found.units],
        "grades": [_group(each, language) for each in found.grades],
        "excluded": found.excluded,
    }


@routes.post(
    "/runs/{run_id}/simulations.xlsx", response_class=Response, responses=FILE_ANSWER, summary="Simulate a run, as XLSX"
)
async def simulate_run_as_workbook(
    context: Context, caller: Simulates, run_id: RunId, body: SimulationRequest, language: AcceptedLanguage
) -> Response:
    """A sheet by unit and one by grade."""
    found = await _simulated(context, caller, run_id, body)
    return file_answer(workbook(found, language), f"simulation-{run_id}.xlsx")


@routes.post(
    "/runs/{run_id}/simulations.svg",
    response_class=Response,
    responses=SVG_ANSWER,
    summary="Simulate a run, as a picture",
)
async def simulate_run_as_picture(
    context: Context, caller: Simulates, run_id: RunId, body: SimulationRequest, language: AcceptedLanguage
) -> Response:
    """Bars by unit and grade, the actual one above the simulated one."""
    found = await _simulated(context, caller, run_id, body)
    return Response(picture(found, language), media_type=SVG, headers={"Cache-Control": "no-store"})


async def _simulated(context: Context, caller: Caller, run_id: RunId, body: SimulationRequest) -> usecases.Simulation:
    changes = Changes(**{name: getattr(body, name) for name in SimulationRequest.model_fields})
    async with context.sessions.snapshot() as session:  # one moment throughout, and nothing can be written
        return await usecases.simulate_run(session, caller=caller, run_id=run_id, changes=changes)


def _group(group: Group, language: Language) -> dict[str, Any]:
    named = {"key": group.key, "name": group.name.in_language(language), "currency": group.currency}
    return {**named, **_sides(group.comparison)}


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
