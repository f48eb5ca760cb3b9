"""/v1/incentive/runs/{id}/post, /pay and /payroll.csv: what follows when a run is approved (INC-10, INC-17)."""

from base64 import b64encode
from typing import Annotated, Any

from fastapi import Query, Response

from services.incentive.journal.api.journal import BookedOn
from services.incentive.payroll.usecases import paying, payroll_files
from services.incentive.payroll.usecases import posting as usecases
from services.incentive.permissions import PayerUnitOfWork
from services.incentive.runs.api.run_models import Run, RunDecision
from services.incentive.runs.api.runs import RunId, after
from services.incentive.runs.domain.run import Seen
from services.kit.callers import permit
from services.kit.identity import Caller, Role
from services.kit.routing import moves_money, router
from services.kit.web import AcceptedLanguage, IfMatch, Read

routes = router("/v1/incentive", tag="payroll")

SeesPayroll = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE)]


class RunBooking(RunDecision):
    """What is posted or paid, and on which day."""

    booked_on: BookedOn = None


@routes.post("/runs/{run_id}/post", operation_id="post_run", response_model=Run, summary="Post: book what is owed")
@moves_money
async def post(
    uow: PayerUnitOfWork,
    run_id: RunId,
    body: RunBooking,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Accrues every line in the journal, issues the statements, stores the payroll file. Once."""
    seen = Seen(revision, body.calculation_hash)
    await usecases.post_run(uow, run_id=run_id, seen=seen, booked_on=body.booked_on)
    return await after(uow.session, run_id, language, response)


@routes.post("/runs/{run_id}/pay", operation_id="pay_run", response_model=Run, summary="Book the payment")
@moves_money
async def pay(
    uow: PayerUnitOfWork,
    run_id: RunId,
    body: RunBooking,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """Books the payment of every line that is still owed, where the payroll answers by no file. Once."""
    seen = Seen(revision, body.calculation_hash)
    await paying.pay_run(uow, run_id=run_id, seen=seen, booked_on=body.booked_on)
    return await after(uow.session, run_id, language, response)


@routes.get(
    "/runs/{run_id}/payroll.csv",
    operation_id="download_payroll_file",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    summary="Download the payroll file of a posted run",
)
async def download(
    session: Read,
    caller: SeesPayroll,
    run_id: RunId,
    version: Annotated[int | None, Query(ge=1, description="An earlier version; by default the newest.")] = None,
) -> Response:
    """What is to be paid out: a row a person and cost centre, cells safe from being taken for formulas.

    The version of posting never changes; each reversal makes the next one, without what is not owed any more.
    """
    stored = await payroll_files.read_payroll_file(session, caller=caller, run_id=run_id, version=version)
    digest = b64encode(bytes.fromhex(stored.digest)).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="payroll-{run_id}-{stored.version}.csv"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return Response(stored.content, media_type="text/csv; charset=utf-8", headers=headers)
