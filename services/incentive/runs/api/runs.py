"""/v1/incentive/runs: one calculation of a plan for a period, from draft to approval (INC-10)."""

from typing import Annotated, Any

from fastapi import Path, Query, Response

from services.incentive.permissions import ApproverUnitOfWork, CompanyCompensationUnitOfWork, ReviewerUnitOfWork
from services.incentive.runs.api.run_models import (
    Run,
    RunCancellation,
    RunDecision,
    RunRequest,
    RunSummary,
    RunTransition,
    write_run,
    write_summary,
)
from services.incentive.runs.domain.run import RunFilter, RunState, Seen
from services.incentive.runs.usecases import runs as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.database.sessions import ReadSession
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, PeriodLabel
from services.kit.identity import Caller
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="runs")

SeesRuns = Annotated[Caller, permit(*usecases.RUN_READERS)]
RunId = Annotated[Id, Path(description="Id of the run.")]


@routes.post("/runs", status_code=201, response_model=Run, summary="Create a run as a draft")
async def create_run(
    uow: CompanyCompensationUnitOfWork, body: RunRequest, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """Creates a draft. Only one run can be in progress for each kind of bonus and period, whichever plan it belongs
    to.
    """
    details = await usecases.create_run(uow, **body.model_dump())
    return answered(details, language, response)


@routes.get("/runs", response_model=Page[RunSummary], summary="List runs")
async def list_runs(
    session: Read,
    caller: SeesRuns,
    paging: PageAsked,
    plan_code: Annotated[CodeText | None, Query(description="Only runs of this plan.")] = None,
    period: Annotated[PeriodLabel | None, Query(description="Only runs for this period, such as 2026-Q1.")] = None,
    state: Annotated[RunState | None, Query(description="Only runs in this state.")] = None,
    cycle_id: Annotated[Id | None, Query(description="Only runs that pay for this appraisal cycle.")] = None,
) -> dict[str, Any]:
    """Runs in the order in which they were created. They show totals, so a role over the whole organisation is
    required.
    """
    wanted = RunFilter(plan_code, period, state, cycle_id)
    rows = await usecases.list_runs(session, caller=caller, wanted=wanted, paging=paging)

    return rows.written(write_summary)


@routes.get("/runs/{run_id}", response_model=Run, summary="Read one run")
async def get_run(
    session: Read, caller: SeesRuns, run_id: RunId, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """While another service does not answer, ``problem`` says so and Retry-After says when to ask again."""
    return answered(await usecases.read_run(session, caller=caller, run_id=run_id), language, response)


@routes.post("/runs/{run_id}/calculate", status_code=202, response_model=Run, summary="Calculate a run")
async def calculate_run(
    uow: CompanyCompensationUnitOfWork,
    run_id: RunId,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
    reuse_inputs: Annotated[bool, Query(description="Calculate again from the existing input snapshot.")] = False,
) -> dict[str, Any]:
    """Starts a job that gets the inputs from org and appraisal, stores them and calculates. Refused once the run is
    approved.
    """
    await usecases.calculate_run(uow, run_id=run_id, revision=revision, reuse_inputs=reuse_inputs)
    return await after(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/review", response_model=Run, summary="Review the calculation of a run")
async def review_run(
    uow: ReviewerUnitOfWork,
    run_id: RunId,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """A second person confirms the calculation. Not allowed for the person who calculated."""
    await usecases.review_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await after(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/approve", response_model=Run, summary="Approve the calculation of a run")
async def approve_run(
    uow: ApproverUnitOfWork,
    run_id: RunId,
    body: RunDecision,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """A third person approves, who neither calculated nor reviewed the run. Lines that pay the approver wait for
    another approver; until then the run stays reviewed.
    """
    await usecases.approve_run(uow, run_id=run_id, seen=Seen(revision, body.calculation_hash))
    return await after(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/cancel", response_model=Run, summary="Cancel a run")
async def cancel_run(
    uow: CompanyCompensationUnitOfWork,
    run_id: RunId,
    body: RunCancellation,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Cancels a run that is not yet posted; another run can then be created for the period."""
    await usecases.cancel_run(uow, run_id=run_id, revision=revision, reason=body.reason)
    return await after(uow.session, run_id, language, response)


@routes.get("/runs/{run_id}/transitions", response_model=list[RunTransition], summary="List the transitions of a run")
async def list_run_transitions(session: Read, caller: SeesRuns, run_id: RunId) -> list[dict[str, Any]]:
    """Transitions with states, actor and time."""
    return [vars(each) for each in await usecases.list_transitions(session, caller=caller, run_id=run_id)]


async def after(session: ReadSession, run_id: Id, language: Language, response: Response) -> dict[str, Any]:
    """The answer to whoever has just made a transition of the run."""
    return answered(await usecases.run_details(session, run_id), language, response)


def answered(details: usecases.RunDetails, language: Language, response: Response) -> dict[str, Any]:
    """A run as the API answers it, with Retry-After while its job waits."""
    body = write_run(details, language)
    problem = body["problem"]
    if problem is not None and details.run.state == RunState.CALCULATING and problem["retry_after"] is not None:
        response.headers["Retry-After"] = str(problem["retry_after"])
    return body
