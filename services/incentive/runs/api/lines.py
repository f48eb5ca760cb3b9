"""/v1/incentive/runs/{id}/lines: what each person gets and why (INC-11)."""

from typing import Annotated, Any

from pydantic import Field

from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.incentive.runs.api.explanations import Explained, explained
from services.incentive.runs.domain.line import LeftOut, Reason
from services.incentive.runs.store.tables import LeftOutRow, LineRow
from services.incentive.runs.usecases import lines as usecases
from services.kit.callers import permit
from services.kit.fields import CodeText, Id, Model, Money
from services.kit.identity import Caller
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, PageAsked, Read

routes = router("/v1/incentive", tag="lines")

SeesPay = Annotated[Caller, permit(*SEES_PAY)]
_PLAIN = ("id", "employee_id", "number", "name", "unit_id", "grade", "days", "currency", "amount")


class Cost(Model):
    """What a cost centre bears of a line."""

    cost_centre: str
    amount: Money = Field(description="before tax (税前), in the currency")


class Line(Model):
    """One person's amount in one currency. ``number`` is the employee number, ``days`` are those that earn."""

    id: Id
    employee_id: Id
    number: str
    name: str
    unit_id: Id
    grade: str | None
    days: int
    currency: str
    amount: Money = Field(description="before tax (税前), in the currency")
    costs: list[Cost]


class LineExplained(Line):
    """A line with its reasons. ``digest``: SHA-256 by which a replay is compared."""

    explanation: Explained
    digest: str


class PersonLeftOut(Model):
    """Somebody without a line; ``because`` says in words what is missing."""

    employee_id: Id
    number: str
    name: str
    reason: Reason
    because: str


@routes.get("/runs/{run_id}/lines", response_model=Page[Line], summary="The lines of a run")
async def list_(
    session: Read, caller: SeesPay, run_id: Id, paging: PageAsked, number: CodeText | None = None
) -> dict[str, Any]:
    """Of the present calculation, by employee number; limited to the units over which the caller holds the role."""
    rows = await usecases.list_lines(session, caller=caller, run_id=run_id, number=number, paging=paging)
    return rows.written(lambda row: line_written(row[0]))


@routes.get("/runs/{run_id}/lines/{line_id}", response_model=LineExplained, summary="One line with its reasons")
async def read(session: Read, caller: SeesPay, run_id: Id, line_id: Id, language: AcceptedLanguage) -> dict[str, Any]:
    """In words by Accept-Language, and as the stored tree in both languages."""
    line, rules = await usecases.read_line(session, caller=caller, run_id=run_id, line_id=line_id)
    told = explained(line.explanation, rules, language)
    return {**line_written(line), "explanation": told, "digest": line.digest}


@routes.get("/runs/{run_id}/left_out", response_model=Page[PersonLeftOut], summary="Who gets no line, and why")
async def list_left_out(
    session: Read, caller: SeesPay, run_id: Id, paging: PageAsked, language: AcceptedLanguage
) -> dict[str, Any]:
    """By employee number."""
    rows = await usecases.list_left_out(session, caller=caller, run_id=run_id, paging=paging)

    def written(row: Any) -> dict[str, Any]:
        left_out: LeftOutRow = row[0]
        reason = Reason(left_out.reason)
        told = LeftOut(str(left_out.employee_id), left_out.number, left_out.name, reason, left_out.detail)
        return {
            "employee_id": told.employee_id,
            "number": told.number,
            "name": told.name,
            "reason": reason,
            "because": told.text.in_language(language),
        }

    return rows.written(written)


def line_written(line: LineRow) -> dict[str, Any]:
    """A line as the API answers it, without its reasons."""
    costs = [{"cost_centre": centre, "amount": amount} for centre, amount in line.costs]
    return {**{name: getattr(line, name) for name in _PLAIN}, "costs": costs}
