"""/v1/incentive/runs/{id}/lines: what each person gets and why (INC-11)."""

from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.calculation.domain.line import Reason, reason_text
from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.incentive.runs.api.explanations import Explanation, explained
from services.incentive.runs.api.run_models import Sha256
from services.incentive.runs.api.runs import RunId
from services.incentive.runs.domain.line_listing import LineChange as Change
from services.incentive.runs.domain.line_listing import LineOrder
from services.incentive.runs.usecases import lines as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Model, Money
from services.kit.identity import Caller, Role
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="lines")

SeesLines = Annotated[Caller, permit(*SEES_PAY, Role.EXECUTIVE)]
"""Who sees pay, and executives where they approve; the use case looks at the run."""

LineId = Annotated[Id, Path(description="Id of the line.")]
EmployeeId = Annotated[Id, Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])]
EmployeeNumber = Annotated[str, Field(description="Number of the employee.", examples=["E002"])]
EmployeeName = Annotated[str, Field(description="Name of the employee.", examples=["苏曼青"])]
Currency = Annotated[str, Field(description="Currency code (ISO 4217).", examples=["CNY"])]
UnitId = Annotated[
    Id,
    Field(description="Unit of the last assignment in the period.", examples=["01980000-0000-7000-8000-0000000000a0"]),
]
UnitName = Annotated[str, Field(description="Chinese name of that unit.", examples=["品牌部"])]
UnitNameEn = Annotated[str, Field(description="English name of that unit.", examples=["Brand"])]
Grade = Annotated[str | None, Field(description="Grade in the cycle; null without a result.", examples=["A"])]
Days = Annotated[int, Field(description="Number of days that earn the bonus.", examples=[90])]


Kind = Annotated[str, Field(description="Kind of bonus.", examples=["quarterly_bonus"])]
Occasion = Annotated[
    str,
    Field(
        description="Occasion that is paid: the period of the run, or an earlier one that is corrected.",
        examples=["2026-Q1"],
    ),
]
Due = Annotated[Money, Field(description="Whole amount now due for the occasion, before tax.", examples=["55200.00"])]
PostedBefore = Annotated[Money, Field(description="Amount posted for the same occasion before.", examples=["0.00"])]
Amount = Annotated[
    Money,
    Field(
        description="Amount that the line books: due less posted_before; before tax, as text.", examples=["55200.00"]
    ),
]


class LineCost(Model):
    """The share of a line that one cost centre bears."""

    cost_centre: str = Field(description="The cost centre.", examples=["CC-1"])
    amount: Money = Field(description="Amount before tax, in the currency of the line, as text.", examples=["55200.00"])


class Line(InCurrency):
    """What the run books for one person, occasion and currency."""

    id: Id = Field(description="Id of the line.", examples=["01980000-0000-7000-8000-0000000000a1"])
    employee_id: EmployeeId
    employee_number: EmployeeNumber
    employee_name: EmployeeName
    unit_id: UnitId
    unit_name: UnitName
    unit_name_en: UnitNameEn
    grade: Grade
    days: Days
    currency: Currency
    kind: Kind
    occasion: Occasion
    due: Due
    posted_before: PostedBefore
    amount: Amount
    costs: list[LineCost] = Field(description="Cost centres that bear it; the shares sum to the amount.")


class LineDetails(Line):
    """A line with its explanation."""

    explanation: Explanation = Field(description="Explanation of the line's amount.")
    digest: Sha256 = Field(description="SHA-256 of the line, compared by a replay.")


People = Annotated[int, Field(description="Number of people with a line.", examples=[3])]


class UnitTotal(InCurrency):
    """What the lines of one unit's own people come to in one currency. Units below it have totals of their own."""

    unit_id: UnitId
    unit_code: str = Field(description="Code of the unit.", examples=["BRAND"])
    unit_name: UnitName
    unit_name_en: UnitNameEn
    currency: Currency
    people: People
    lines: int = Field(description="Number of lines.", examples=[3])
    due: Due
    posted_before: PostedBefore
    amount: Amount


class CostCentreTotal(InCurrency):
    """What one cost centre bears of the lines in one currency."""

    cost_centre: str = Field(description="The cost centre.", examples=["CC-1"])
    currency: Currency
    people: People
    amount: Money = Field(description="Sum of its shares, before tax, as text.", examples=["137520.00"])


class RunTotals(Model):
    """The totals of a run. Those of the units and those of the cost centres sum to the same in each currency."""

    units: list[UnitTotal] = Field(description="By unit, in the order of their codes.")
    cost_centres: list[CostCentreTotal] = Field(description="By cost centre.")


class LineFigures(Model):
    """What a calculation says of one person, occasion and currency."""

    grade: Grade
    days: Days
    due: Due
    amount: Amount


class LineChange(InCurrency):
    """A line that the last recalculation changed."""

    employee_id: EmployeeId
    employee_number: EmployeeNumber
    employee_name: EmployeeName
    kind: Kind
    occasion: Occasion
    currency: Currency
    before: LineFigures | None = Field(description="Line of the calculation before; null if it had none.")
    after: LineFigures | None = Field(description="Line of the present calculation; null if it has none.")
    difference: Money = Field(
        description="Amount after less amount before, before tax; 0.00 if only the days, cost centres or sources "
        "changed.",
        examples=["-10800.00"],
    )


class Exclusion(Model):
    """A person without a line, because data is missing."""

    employee_id: EmployeeId
    employee_number: EmployeeNumber
    employee_name: EmployeeName
    occasion: Occasion
    reason: Reason = Field(description="Data that is missing.", examples=["no_pay_profile"])
    reason_text: str = Field(
        description="The same in words, in the language of `Accept-Language`.", examples=["本期没有薪酬档案"]
    )


@routes.get("/runs/{run_id}/lines", response_model=Page[Line], summary="List the lines of a run")
async def list_lines(
    session: Read,
    caller: SeesLines,
    run_id: RunId,
    paging: PageAsked,
    employee_number: Annotated[CodeText | None, Query(description="Only lines of this employee.")] = None,
    unit_id: Annotated[Id | None, Query(description="Only people of this unit and those below it.")] = None,
    order: Annotated[
        LineOrder,
        Query(alias="sort", description="Order: by employee number, or by amount, the smallest or the largest first."),
    ] = LineOrder.NUMBER,
) -> dict[str, Any]:
    """Lines of the present calculation, limited to the units over which the caller has the role."""
    rows = await usecases.list_lines(
        session,
        caller=caller,
        run_id=run_id,
        employee_number=employee_number,
        unit_id=unit_id,
        order=order,
        paging=paging,
    )
    return rows.written(_line)


@routes.get("/runs/{run_id}/changes", response_model=Page[LineChange], summary="List what a recalculation changed")
async def list_run_changes(session: Read, caller: SeesLines, run_id: RunId, paging: PageAsked) -> dict[str, Any]:
    """Lines in which the present calculation differs from the one before it, by employee number, limited to the units
    over which the caller has the role. Empty for a run that was calculated once.
    """
    return (await usecases.list_changes(session, caller=caller, run_id=run_id, paging=paging)).written(_changed)


@routes.get("/runs/{run_id}/totals", response_model=RunTotals, summary="Read the totals of a run")
async def get_run_totals(session: Read, caller: SeesLines, run_id: RunId) -> usecases.Totals:
    """Sums of the lines of the present calculation, by unit and by cost centre, limited to the units over which the
    caller has the role.
    """
    return await usecases.read_totals(session, caller=caller, run_id=run_id)


@routes.get("/runs/{run_id}/lines/{line_id}", response_model=LineDetails, summary="Read one line with its explanation")
async def get_line(
    session: Read, caller: SeesLines, run_id: RunId, line_id: LineId, language: AcceptedLanguage
) -> dict[str, Any]:
    """The explanation is narrated in the language of `Accept-Language` and included as the stored tree in both
    languages.
    """
    details = await usecases.read_line(session, caller=caller, run_id=run_id, line_id=line_id)
    explanation = explained(details.line.explanation, details.rules, language)
    return {**_line(details), "explanation": explanation, "digest": details.line.digest}


@routes.get("/runs/{run_id}/exclusions", response_model=Page[Exclusion], summary="List exclusions from a run")
async def list_exclusions(
    session: Read, caller: SeesLines, run_id: RunId, paging: PageAsked, language: AcceptedLanguage
) -> dict[str, Any]:
    """Exclusions by employee number."""
    rows = await usecases.list_exclusions(session, caller=caller, run_id=run_id, paging=paging)
    return rows.written(
        lambda row: {
            "employee_id": row.employee_id,
            "employee_number": row.number,
            "employee_name": row.name,
            "occasion": row.occasion,
            "reason": row.reason,
            "reason_text": reason_text(Reason(row.reason), row.detail).in_language(language),
        }
    )


def _changed(change: Change) -> dict[str, Any]:
    before, after = [None if each is None else vars(each) for each in (change.before, change.after)]
    figures = (change.after and change.after.amount, change.before and change.before.amount)
    more, less = (each or Decimal("0.00") for each in figures)
    about = {name: getattr(change, name) for name in ("employee_id", "kind", "occasion", "currency")}
    names = {"employee_number": change.number, "employee_name": change.name}
    return {**about, **names, "before": before, "after": after, "difference": more - less}


LINE_AMOUNT: Final = ("currency", "kind", "occasion", "due", "amount")
"""What of a line states its amount."""


def _line(details: usecases.LineDetails) -> dict[str, Any]:
    line = details.line
    return {
        **{name: getattr(line, name) for name in ("id", "employee_id", "unit_id", "grade", "days", *LINE_AMOUNT)},
        "posted_before": line.posted,
        "employee_number": line.number,
        "employee_name": line.name,
        "unit_name": details.unit.zh,
        "unit_name_en": details.unit.en,
        "costs": [{"cost_centre": centre, "amount": amount} for centre, amount in line.costs],
    }
