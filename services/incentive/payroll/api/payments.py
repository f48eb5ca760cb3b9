"""/v1/incentive/runs/{id}/payroll_answers and /payments: what the payroll says of whom it paid (INC-10)."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Query, Request, Response
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.payroll.api.exports import SeesPayroll
from services.incentive.payroll.domain.answer import AnsweredPayment as Answered
from services.incentive.payroll.domain.answer import AnswerFilter, Outcome
from services.incentive.payroll.usecases import paying as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.incentive.runs.api.run_models import RunIdField
from services.incentive.runs.api.runs import RunId
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, Day, Id, Model, Money
from services.kit.files.routes import CSV, FILE_ANSWER, XLSX, file_answer, sent_file
from services.kit.files.uploads import upload_body
from services.kit.web.application import AcceptedLanguage, Context, IfMatch, PageAsked, Read
from services.kit.web.routing import located, moves_money, reads_raw_body, router, takes_up_to

routes = router("/v1/incentive", tag="payroll")

_NAME: Final = Text("发放回执表", "payroll-answer")
MAX_ANSWER = 16 * 1024 * 1024
BookedOn = Annotated[Day, Field(description="Business day of the payment.", examples=["2026-04-28"])]
AnswerId = Annotated[Id, Field(description="Id of the answer.", examples=["01980000-0000-7000-8000-0000000000f9"])]


class PayrollAnswer(Model):
    """A file in which payroll reported its payments."""

    id: AnswerId
    run_id: RunIdField
    paid: int = Field(description="Number of rows that were paid.", examples=[2])
    failed: int = Field(description="Number of rows that could not be paid; the amounts are still owed.", examples=[1])
    booked_on: BookedOn
    entered_at: datetime = Field(description="Time of the import.", examples=["2026-04-28T09:00:00+08:00"])
    entered_by_name: str = Field(description="Name of the person who imported it.", examples=["秦国栋"])


class AnsweredPayment(InCurrency):
    """The payroll's answer for one person."""

    answer_id: AnswerId
    row: int = Field(description="Row number in the file.", examples=[2])
    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-0000000000e2"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    amount: Money = Field(description="Amount to be paid, before tax, as text.", examples=["55200.00"])
    outcome: Outcome = Field(description="Outcome of the payment.", examples=["failed"])
    reason: str | None = Field(description="Reason for the failure.", examples=["银行账户已销户"])
    booked_on: BookedOn
    answered_at: datetime = Field(
        description="Time at which the file was imported.", examples=["2026-04-28T09:00:00+08:00"]
    )


@routes.post(
    "/runs/{run_id}/payroll_answers",
    status_code=201,
    response_model=PayrollAnswer,
    summary="Import the payroll's answer and book payments",
    openapi_extra=upload_body(XLSX, CSV),
)
@reads_raw_body
@takes_up_to(MAX_ANSWER)
@moves_money
@located("/v1/incentive/runs/{run_id}/payments")
async def take_payroll_answer(
    request: Request,
    uow: PayerUnitOfWork,
    run_id: RunId,
    revision: IfMatch,
    booked_on: Annotated[
        Day | None,
        Query(description="Business day of the payment, in an open month; today by default."),
    ] = None,
) -> Any:
    """Imports an XLSX or CSV file with the columns of `payroll_answer.xlsx`, one row per person and currency, all or
    nothing. Each row names the run and exactly the amount still owed. People who are not named or could not be paid
    are still owed; the run is paid once nothing is owed. A file with errors is refused (422) with every error by row
    and column.
    """
    file = await sent_file(request)
    return await usecases.take_answer(
        uow, run_id=run_id, revision=revision, data=file.data, is_csv=file.is_csv, booked_on=booked_on
    )


@routes.get(
    "/runs/{run_id}/payroll_answer.xlsx",
    response_class=Response,
    responses=FILE_ANSWER,
    summary="Download the form for the payroll's answer",
)
async def download_payroll_answer_form(
    context: Context, caller: SeesPayroll, run_id: RunId, language: AcceptedLanguage
) -> Response:
    """A file with everyone who is still owed money, and the amounts. Payroll fills in outcome and reason."""
    async with context.sessions.snapshot() as session:
        run, data = await usecases.answer_form(session, caller=caller, run_id=run_id, language=language)
    return file_answer(data, _NAME.in_language(language), run.plan_code, run.period)


@routes.get(
    "/runs/{run_id}/payments", response_model=Page[AnsweredPayment], summary="List payments by the payroll's answers"
)
async def list_payments(
    session: Read,
    caller: SeesPayroll,
    paging: PageAsked,
    run_id: RunId,
    outcome: Annotated[Outcome | None, Query(description="Only rows with this outcome.")] = None,
    employee_number: Annotated[CodeText | None, Query(description="Only rows of this employee.")] = None,
) -> dict[str, Any]:
    """Payments in the order of the files and their rows."""
    wanted = AnswerFilter(outcome, employee_number)
    rows = await usecases.list_payments(session, caller=caller, run_id=run_id, wanted=wanted, paging=paging)
    return rows.written(_payment)


def _payment(answered: Answered) -> dict[str, Any]:
    said = dict(vars(answered))
    return {"employee_number": said.pop("number"), "employee_name": said.pop("name"), **said}
