"""/v1/incentive/statements: what people read of their bonus, and what they respond (INC-16)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.permissions import CompensationUnitOfWork
from services.incentive.runs.api.explanations import Explanation, explained
from services.incentive.runs.api.lines import (
    LINE_AMOUNT,
    Amount,
    Currency,
    Days,
    Due,
    EmployeeId,
    EmployeeName,
    EmployeeNumber,
    Grade,
    Kind,
    Occasion,
    PostedBefore,
    UnitId,
    UnitName,
    UnitNameEn,
)
from services.incentive.runs.api.run_models import Period, PlanCode, PlanNameEn, PlanNameZh, RunIdField
from services.incentive.statements.domain.later_change import ChangeKind
from services.incentive.statements.domain.statement import (
    AnswerOutcome,
    StatementAction,
    StatementFilter,
    StatementState,
)
from services.incentive.statements.usecases import statements as usecases
from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork, permit
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Money, PeriodLabel, Prose
from services.kit.identity import Caller
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="statements")

Staff = Annotated[Caller, permit(*usecases.SEES_STATEMENTS)]
StatementId = Annotated[Id, Path(description="Id of the statement.")]


class StatementSummary(InCurrency):
    """A statement in a list."""

    id: Id = Field(description="Id of the statement.", examples=["01980000-0000-7000-8000-0000000000ca"])
    run_id: RunIdField
    plan_code: PlanCode
    plan_name: PlanNameZh
    plan_name_en: PlanNameEn
    period: Period
    employee_id: EmployeeId
    employee_number: EmployeeNumber
    employee_name: EmployeeName
    unit_id: UnitId
    unit_name: UnitName
    unit_name_en: UnitNameEn
    currency: Currency
    kind: Kind
    occasion: Occasion
    due: Due
    posted_before: PostedBefore
    amount: Amount
    reversed_at: datetime | None = Field(
        description="Time at which finance reversed the booking, so that the amount is not owed; null if not reversed.",
        examples=[None],
    )
    state: StatementState = Field(
        description="State of the statement: whether the person has responded.", examples=["issued"]
    )
    issued_at: datetime = Field(description="Time of issue.", examples=["2026-04-24T09:00:00+08:00"])


class StatementNote(Model):
    """A person's dispute, or compensation HR's answer."""

    action: StatementAction = Field(description="Action: dispute or answer.", examples=["dispute"])
    text: str = Field(description="Text of the note.", examples=["试用期在一月中旬已结束。"])
    outcome: AnswerOutcome | None = Field(description="Outcome of the dispute, on an answer.", examples=[None])
    author_name: str = Field(description="Name of the author.", examples=["陈思雨"])
    written_at: datetime = Field(description="Time of writing.", examples=["2026-04-25T10:00:00+08:00"])


class StatementCorrection(Model):
    """A difference that was booked for the same occasion after the statement was issued."""

    statement_id: Id = Field(
        description="Statement of the difference.", examples=["01980000-0000-7000-8000-0000000000cb"]
    )
    run_id: RunIdField
    due: Due
    amount: Money = Field(description="The difference, before tax, as text.", examples=["13500.00"])
    issued_at: datetime = Field(description="Time of posting.", examples=["2026-07-24T09:00:00+08:00"])


class StatementChange(Model):
    """A change of the statement's inputs since it was calculated and posted."""

    kind: ChangeKind = Field(description="Kind of input that changed.", examples=["pay"])
    noticed_at: datetime = Field(
        description="Time at which the change became known.", examples=["2026-07-01T09:00:00+08:00"]
    )


class Statement(StatementSummary):
    """One person's bonus for a period, in full."""

    grade: Grade
    days: Days
    explanation: Explanation = Field(description="Explanation of the amount.")
    recovered: Money = Field(description="Amount withheld for an earlier overpayment.", examples=["0.00"])
    reversal_reason: str | None = Field(description="Reason for the reversal.", examples=[None])
    corrections: list[StatementCorrection] = Field(
        description="Differences booked later for the same occasion, in order."
    )
    later_changes: list[StatementChange] = Field(
        description="Inputs that changed since. The next run calculates it again, and any difference gets its own "
        "statement.",
        examples=[[]],
    )
    notes: list[StatementNote] = Field(description="Disputes and answers, in order.")
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[1])


class DisputeRequest(Model):
    """The reason for disputing a statement."""

    reason: Prose = Field(description="Reason, shown to compensation HR.", examples=["试用期在一月中旬已结束。"])


class AnswerRequest(Model):
    """The answer of compensation HR to a dispute."""

    text: Prose = Field(description="Answer, shown to the person.", examples=["系统中的试用期截止日为 1 月 31 日。"])
    outcome: AnswerOutcome = Field(
        default=AnswerOutcome.STANDS,
        description="Outcome. corrected: the inputs of the statement were wrong and have been corrected, so that the "
        "next run pays the difference.",
        examples=["stands"],
    )


@routes.get("/my/statements", response_model=Page[StatementSummary], summary="List my own statements")
async def list_my_statements(session: Read, caller: AnyCaller, paging: PageAsked) -> dict[str, Any]:
    """The caller's statements in the order in which they were issued."""
    return (await usecases.list_own(session, caller=caller, paging=paging)).written(_summary)


@routes.get("/statements", response_model=Page[StatementSummary], summary="List statements")
async def list_statements(
    session: Read,
    caller: Staff,
    paging: PageAsked,
    run_id: Annotated[Id | None, Query(description="Only statements of this run.")] = None,
    period: Annotated[PeriodLabel | None, Query(description="Only statements for this period.")] = None,
    employee_number: Annotated[CodeText | None, Query(description="Only statements of this employee.")] = None,
    state: Annotated[
        StatementState | None, Query(description="Only statements in this state; disputed: waiting for an answer.")
    ] = None,
) -> dict[str, Any]:
    """Statements of people over whom the caller has the role compensation, finance or auditor, in the order in which
    they were issued.
    """
    wanted = StatementFilter(employee_number=employee_number, run_id=run_id, period=period, state=state)
    rows = await usecases.list_statements(session, caller=caller, wanted=wanted, paging=paging)
    return rows.written(_summary)


@routes.get("/statements/{statement_id}", response_model=Statement, summary="Read one statement")
async def get_statement(
    session: Read, caller: AnyCaller, statement_id: StatementId, language: AcceptedLanguage
) -> dict[str, Any]:
    """For the person, compensation HR, finance and auditors; everyone else, including managers, gets 404."""
    details = await usecases.read_statement(session, caller=caller, statement_id=statement_id)
    return _statement(details, language)


@routes.post("/statements/{statement_id}/confirm", response_model=Statement, summary="Confirm my statement")
async def confirm_statement(
    uow: AnyCallerUnitOfWork,
    statement_id: StatementId,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """Only the person can confirm their statement."""
    details = await usecases.respond(
        uow, statement_id=statement_id, revision=revision, action=StatementAction.CONFIRM, text=None
    )
    return _statement(details, language)


@routes.post("/statements/{statement_id}/dispute", response_model=Statement, summary="Dispute my statement")
async def dispute_statement(
    uow: AnyCallerUnitOfWork,
    statement_id: StatementId,
    body: DisputeRequest,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """Only the person can dispute their statement; compensation HR answers."""
    details = await usecases.respond(
        uow, statement_id=statement_id, revision=revision, action=StatementAction.DISPUTE, text=body.reason
    )
    return _statement(details, language)


@routes.post("/statements/{statement_id}/answer", response_model=Statement, summary="Answer a dispute")
async def answer_statement_dispute(
    uow: CompensationUnitOfWork,
    statement_id: StatementId,
    body: AnswerRequest,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """Compensation HR answers, but not on their own statement.

    The person can then confirm or dispute again. The outcome corrected is refused until the wrong input has been
    corrected.
    """
    details = await usecases.respond(
        uow,
        statement_id=statement_id,
        revision=revision,
        action=StatementAction.ANSWER,
        text=body.text,
        outcome=body.outcome,
    )
    return _statement(details, language)


def _statement(details: usecases.StatementDetails, language: Language) -> dict[str, Any]:
    about = details.about
    return {
        **_summary(details),
        "grade": about.line.grade,
        "days": about.line.days,
        "explanation": explained(about.line.explanation, about.rules, language),
        "recovered": details.recovered,
        "reversal_reason": about.reversal_reason,
        "corrections": [vars(each) for each in details.corrections],
        "later_changes": [vars(each) for each in details.later_changes],
        "notes": [{name: getattr(note, name) for name in StatementNote.model_fields} for note in details.notes],
        "revision": about.statement.revision,
    }


def _summary(details: usecases.StatementDetails) -> dict[str, Any]:
    statement, line, run = details.about.statement, details.about.line, details.about.run
    return {
        **{name: getattr(statement, name) for name in ("id", "run_id", "period", "employee_id", "state", "issued_at")},
        **{name: getattr(run, name) for name in ("plan_code", "plan_name", "plan_name_en")},
        **{name: getattr(line, name) for name in ("unit_id", *LINE_AMOUNT)},
        "posted_before": line.posted,
        "reversed_at": details.about.reversed_at,
        "employee_number": line.number,
        "employee_name": line.name,
        "unit_name": details.about.unit.zh,
        "unit_name_en": details.about.unit.en,
    }
