"""/v1/incentive/statements: what a person is told of his bonus, and what he says to it (INC-16)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response
from pydantic import Field

from services.incentive.runs.api.explanations import Explained, explained
from services.incentive.runs.store.tables import LineRow
from services.incentive.statements.domain.statement import StatementAction, StatementState
from services.incentive.statements.store.tables import StatementRow
from services.incentive.statements.usecases import statements as usecases
from services.kit.callers import AnyCaller, AnyCallerUnitOfWork, permit, permit_work
from services.kit.database import ReadSession
from services.kit.errors import Language
from services.kit.fields import Id, Model, Money, Prose
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import AcceptedLanguage, IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive", tag="statements")

Staff = Annotated[Caller, permit(*usecases.SEES_STATEMENTS)]
Compensation = Annotated[Caller, permit(Role.COMPENSATION)]
CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]


class StatementSummary(Model):
    """A statement in a list."""

    id: Id
    run_id: Id
    period: str
    employee_id: Id
    number: str
    name: str
    currency: str
    amount: Money = Field(description="before tax (税前), in the currency")
    state: StatementState
    issued_at: datetime


class Note(Model):
    """What the person objected (dispute) or compensation HR answered (answer)."""

    action: StatementAction
    words: str
    author: str
    at: datetime


class Statement(StatementSummary):
    """One person's bonus for a period, in full."""

    plan_code: str
    grade: str | None
    days: int
    explanation: Explained
    notes: list[Note]
    revision: int


class Dispute(Model):
    """Why the person does not agree."""

    reason: Prose


class Answer(Model):
    """What compensation HR says to a dispute."""

    text: Prose


@routes.get("/my/statements", response_model=Page[StatementSummary], summary="My own statements")
async def list_own(session: Read, caller: AnyCaller, paging: PageAsked) -> dict[str, Any]:
    """In the order in which they were issued."""
    rows = await usecases.list_own(session, caller=caller, paging=paging)
    return rows.written(lambda row: _summary(row[0], row[1]))


@routes.get("/statements", response_model=Page[StatementSummary], summary="Statements, for those who keep pay")
async def list_(
    session: Read, caller: Staff, paging: PageAsked, run_id: Id | None = None, state: StatementState | None = None
) -> dict[str, Any]:
    """Of one run, or in one state: ``state=disputed`` is what waits for an answer."""
    rows = await usecases.list_statements(session, caller=caller, run_id=run_id, state=state, paging=paging)
    return rows.written(lambda row: _summary(row[0], row[1]))


@routes.get("/statements/{statement_id}", response_model=Statement, summary="One statement")
async def read(
    session: Read, caller: AnyCaller, statement_id: Id, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """For the person, compensation HR and finance; for everybody else, managers among them, there is none."""
    return await _told(session, caller, statement_id, language, response)


@routes.post("/statements/{statement_id}/confirm", response_model=Statement, summary="Confirm my statement")
async def confirm(
    uow: AnyCallerUnitOfWork, statement_id: Id, revision: IfMatch, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """By the person alone."""
    await usecases.respond(
        uow, statement_id=statement_id, revision=revision, action=StatementAction.CONFIRM, words=None
    )
    return await _told(uow.session, uow.caller, statement_id, language, response)


@routes.post("/statements/{statement_id}/dispute", response_model=Statement, summary="Dispute my statement")
async def dispute(
    uow: AnyCallerUnitOfWork,
    statement_id: Id,
    body: Dispute,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """By the person alone; compensation HR answers."""
    await usecases.respond(
        uow, statement_id=statement_id, revision=revision, action=StatementAction.DISPUTE, words=body.reason
    )
    return await _told(uow.session, uow.caller, statement_id, language, response)


@routes.post("/statements/{statement_id}/answer", response_model=Statement, summary="Answer a dispute")
async def answer(
    uow: CompensationUnitOfWork,
    statement_id: Id,
    body: Answer,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """By compensation HR, never on one's own statement. The person confirms then, or disputes again."""
    await usecases.respond(
        uow, statement_id=statement_id, revision=revision, action=StatementAction.ANSWER, words=body.text
    )
    return await _told(uow.session, uow.caller, statement_id, language, response)


async def _told(
    session: ReadSession, caller: Caller, statement_id: Id, language: Language, response: Response
) -> dict[str, Any]:
    told = await usecases.read_statement(session, caller=caller, statement_id=statement_id)
    tag(response, told.statement.revision)
    notes = [
        {"action": note.action, "words": note.words, "author": note.author_name, "at": note.at} for note in told.notes
    ]
    return {
        **_summary(told.statement, told.line),
        "plan_code": told.run.plan_code,
        "grade": told.line.grade,
        "days": told.line.days,
        "explanation": explained(told.line.explanation, told.rules, language),
        "notes": notes,
        "revision": told.statement.revision,
    }


def _summary(statement: StatementRow, line: LineRow) -> dict[str, Any]:
    own = {name: getattr(statement, name) for name in ("id", "run_id", "period", "employee_id", "state", "issued_at")}
    return {**own, **{name: getattr(line, name) for name in ("number", "name", "currency", "amount")}}
