"""/v1/incentive/runs: one calculation of a plan for a period, from draft to paid (INC-10)."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from services.incentive.runs.api.problems import Hindrance, hindrance
from services.incentive.runs.domain.run import RunState, Seen
from services.incentive.runs.store.tables import CalculationRow, CollectionRow, RunRow
from services.incentive.runs.usecases import posting
from services.incentive.runs.usecases import runs as usecases
from services.kit.callers import permit, permit_work
from services.kit.database import ReadSession
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Money, PeriodLabel
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import moves_money, router
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import AcceptedLanguage, IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive", tag="runs")

Compensation = Annotated[Caller, permit(Role.COMPENSATION)]
CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]
Reviewer = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE)]
ReviewerUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION, Role.FINANCE)]
Approver = Annotated[Caller, permit(Role.FINANCE, Role.EXECUTIVE, fresh=True)]
ApproverUnitOfWork = Annotated[UnitOfWork, permit_work(Role.FINANCE, Role.EXECUTIVE, fresh=True)]
Payer = Annotated[Caller, permit(Role.FINANCE, fresh=True)]
PayerUnitOfWork = Annotated[UnitOfWork, permit_work(Role.FINANCE, fresh=True)]
RUN_READERS = (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR)
SeesRuns = Annotated[Caller, permit(*RUN_READERS)]
Payroll = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE)]


class CreateRun(Model):
    """A run of a plan for a period, from the results of a closed appraisal cycle."""

    plan_code: CodeText
    period: PeriodLabel
    cycle_id: Id


class RunDecision(Model):
    """What a person decides on: exactly the calculation that they saw. Another one is refused as approval_stale."""

    calculation_hash: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="content_hash of the run's calculation as it was read; not the one that the run has now: 409",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class Total(Model):
    """The sum of a run's lines in one currency."""

    currency: str
    amount: Money


class Frozen(Model):
    """The inputs as frozen: hashes of what org and appraisal sent, and of everything that the run goes by."""

    id: Id
    plan_version_id: Id
    snapshot_hash: str
    results_hash: str
    content_hash: str
    people: int
    collected_at: datetime


class Calculated(Model):
    """The present calculation. ``left_out``: people without a line, see the run's left_out.

    ``rules``: the version of the rules by which the lines were calculated and explained.
    """

    id: Id
    content_hash: str
    lines: int
    left_out: int
    totals: list[Total]
    rules: int
    calculated_at: datetime


class Run(Model):
    """A run. ``awaiting_other_approver``: whose own lines wait, because nobody approves what pays himself."""

    id: Id
    plan_code: str
    period: str
    cycle_id: Id
    state: RunState
    revision: int
    round: int
    problem: Hindrance | None
    inputs: Frozen | None
    calculation: Calculated | None
    awaiting_other_approver: Id | None
    created_at: datetime


class RunSummary(Model):
    """A run in a list."""

    id: Id
    plan_code: str
    period: str
    state: RunState
    lines: int | None
    totals: list[Total]
    created_at: datetime


class Moved(Model):
    """One move of a run."""

    source: RunState
    action: str
    target: RunState
    actor: str
    note: str | None
    at: datetime


@routes.post("/runs", status_code=201, response_model=Run, summary="Start a run as a draft")
async def create(
    uow: CompensationUnitOfWork, body: CreateRun, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """One live run for each kind of bonus and period, whatever its plan is called."""
    row = await usecases.create_run(uow, **body.model_dump())
    return await _told(uow.session, row.id, language, response)


@routes.get("/runs", response_model=Page[RunSummary], summary="List runs")
async def list_(
    session: Read,
    caller: SeesRuns,
    paging: PageAsked,
    plan_code: CodeText | None = None,
    period: PeriodLabel | None = None,
) -> dict[str, Any]:
    """In the order in which they were created; for roles over the whole organisation, whose sums they show."""
    usecases.require_whole(caller, *RUN_READERS)
    rows = await usecases.list_runs(session, plan_code=plan_code, period=period, paging=paging)
    return rows.written(lambda row: _summary(row[0], row[1]))


@routes.get("/runs/{run_id}", response_model=Run, summary="One run")
async def read(
    session: Read, caller: SeesRuns, run_id: Id, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """While a neighbour is away, ``problem`` says so and Retry-After when to look again."""
    usecases.require_whole(caller, *RUN_READERS)
    return await _told(session, run_id, language, response)


@routes.post("/runs/{run_id}/calculate", status_code=202, response_model=Run, summary="Collect and calculate")
async def calculate(
    uow: CompensationUnitOfWork,
    run_id: Id,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
    inputs: Annotated[
        Literal["fresh", "frozen"], Query(description="frozen: calculate again from what was collected last")
    ] = "fresh",
) -> dict[str, Any]:
    """A job asks org and appraisal, freezes what they say and calculates; possible until the run is approved."""
    await usecases.calculate_run(uow, run_id=run_id, revision=revision, inputs=inputs)
    return await _told(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/review", response_model=Run, summary="Confirm the calculation")
async def review(
    uow: ReviewerUnitOfWork,
    run_id: Id,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """By somebody else than who calculated."""
    await usecases.review_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await _told(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/approve", response_model=Run, summary="Approve the lines")
async def approve(
    uow: ApproverUnitOfWork,
    run_id: Id,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """By somebody else again. A line that pays the approver waits for another one; the run is reviewed until then."""
    await usecases.approve_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await _told(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/post", response_model=Run, summary="Post: book what is owed")
@moves_money
async def post(
    uow: PayerUnitOfWork,
    run_id: Id,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Accrues every line in the journal, issues the statements, stores the payroll file. Once."""
    await posting.post_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await _told(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/pay", response_model=Run, summary="Book the payment")
@moves_money
async def pay(
    uow: PayerUnitOfWork,
    run_id: Id,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Books the payment of every line that is still owed. Once."""
    await posting.pay_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await _told(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/cancel", response_model=Run, summary="Give a run up")
async def cancel(
    uow: CompensationUnitOfWork, run_id: Id, revision: IfMatch, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """Before it is approved; another run for the period may follow."""
    await usecases.cancel_run(uow, run_id=run_id, revision=revision)
    return await _told(uow.session, run_id, language, response)


@routes.get("/runs/{run_id}/history", response_model=list[Moved], summary="Every move of a run")
async def history(session: Read, caller: SeesRuns, run_id: Id) -> list[dict[str, Any]]:
    """Who did what when."""
    moves = await usecases.read_history(session, run_id=run_id)
    fields = ("source", "action", "target", "note", "at")
    return [{**{name: getattr(move, name) for name in fields}, "actor": move.actor_name} for move in moves]


@routes.get(
    "/runs/{run_id}/payroll.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    summary="The payroll file of a posted run",
)
async def payroll(session: Read, caller: Payroll, run_id: Id) -> Response:
    """As stored at posting: one row a person and cost centre, cells safe from being taken for formulas."""
    stored = await posting.read_payroll(session, caller=caller, run_id=run_id)
    digest = b64encode(bytes.fromhex(stored.digest)).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="payroll-{run_id}.csv"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return Response(stored.content, media_type="text/csv; charset=utf-8", headers=headers)


async def _told(session: ReadSession, run_id: Id, language: Language, response: Response) -> dict[str, Any]:
    run, collection, calculation, waiting = await usecases.read_run(session, run_id=run_id)
    tag(response, run.revision)
    problem = hindrance(run.problem, language)
    if problem is not None and run.state == RunState.COLLECTING and problem["retry_after"] is not None:
        response.headers["Retry-After"] = str(problem["retry_after"])
    return {
        **{
            name: getattr(run, name) for name in ("id", "plan_code", "period", "cycle_id", "state", "revision", "round")
        },
        "problem": problem,
        "inputs": None if collection is None else _frozen(collection),
        "calculation": None if calculation is None else _calculated(calculation),
        "awaiting_other_approver": waiting,
        "created_at": run.created_at,
    }


def _summary(run: RunRow, calculation: CalculationRow | None) -> dict[str, Any]:
    return {
        **{name: getattr(run, name) for name in ("id", "plan_code", "period", "state", "created_at")},
        "lines": None if calculation is None else calculation.lines,
        "totals": [] if calculation is None else _totals(calculation),
    }


def _frozen(row: CollectionRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Frozen.model_fields}


def _calculated(row: CalculationRow) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in Calculated.model_fields if name != "totals"}
    return {**own, "totals": _totals(row)}


def _totals(row: CalculationRow) -> list[dict[str, str]]:
    return [{"currency": currency, "amount": amount} for currency, amount in row.totals.items()]
