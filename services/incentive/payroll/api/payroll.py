"""/v1/incentive/runs/{id}/post and /pay: what follows when a run is approved (INC-10)."""

from typing import Any

from fastapi import Response

from services.incentive.journal.api.journal import BookedOn
from services.incentive.payroll.usecases import paying
from services.incentive.payroll.usecases import posting as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.incentive.runs.api.run_models import Run, RunDecision
from services.incentive.runs.api.runs import RunId, after
from services.incentive.runs.domain.run import Seen
from services.kit.web.application import AcceptedLanguage, IfMatch
from services.kit.web.routing import moves_money, router

routes = router("/v1/incentive", tag="payroll")


class RunBooking(RunDecision):
    """A posting or payment of a run, with its business day."""

    booked_on: BookedOn = None


@routes.post("/runs/{run_id}/post", response_model=Run, summary="Post a run")
@moves_money
async def post_run(
    uow: PayerUnitOfWork,
    run_id: RunId,
    body: RunBooking,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Accrues every line in the journal, issues the statements and stores the payroll file, in the language of this
    request. A run can be posted only once.
    """
    seen = Seen(revision, body.calculation_hash)
    await usecases.post_run(uow, run_id=run_id, seen=seen, booked_on=body.booked_on, language=language)
    return await after(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/pay", response_model=Run, summary="Pay a run")
@moves_money
async def pay_run(
    uow: PayerUnitOfWork,
    run_id: RunId,
    body: RunBooking,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Books the payment of every line still owed, if payroll sends no answer file. A run can be paid only once."""
    seen = Seen(revision, body.calculation_hash)
    await paying.pay_run(uow, run_id=run_id, seen=seen, booked_on=body.booked_on)
    return await after(uow.session, run_id, language, response)
