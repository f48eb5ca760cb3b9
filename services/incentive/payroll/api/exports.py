"""/v1/incentive/runs/{id}/payroll and /cost_centres, as CSV and XLSX: the output of a posted run (INC-17)."""

from base64 import b64encode
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Query, Response

from services.incentive.payroll.usecases import exports as usecases
from services.incentive.payroll.usecases.exports import Export, Format
from services.incentive.runs.api.runs import RunId
from services.kit.access.callers import permit
from services.kit.errors import Language
from services.kit.files.attachment import attachment
from services.kit.files.routes import CSV, FILE_ANSWER, XLSX
from services.kit.identity import Caller, Role
from services.kit.web.application import AcceptedLanguage, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="payroll")

SeesPayroll = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE)]
Version = Annotated[
    int | None,
    Query(ge=1, description="Earlier version of the payroll file or of its summary; the newest by default."),
]
CSV_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
_TYPES: Final = {Format.CSV: f"{CSV}; charset=utf-8", Format.XLSX: XLSX}


@routes.get(
    "/runs/{run_id}/payroll.csv",
    response_class=Response,
    responses=CSV_ANSWER,
    summary="Download the payroll file of a posted run",
)
async def download_payroll_file(
    session: Read, caller: SeesPayroll, run_id: RunId, language: AcceptedLanguage, version: Version = None
) -> Response:
    """The amounts to be paid out, one row per person and cost centre; cells cannot be taken for formulas.

    The version made by posting never changes. Each reversal makes a new version without the amounts no longer owed.
    """
    export = await usecases.payroll(session, caller=caller, run_id=run_id, version=version, as_=Format.CSV)
    return _download(export, language)


@routes.get(
    "/runs/{run_id}/payroll.xlsx",
    response_class=Response,
    responses=FILE_ANSWER,
    summary="Download the payroll file of a posted run as XLSX",
)
async def download_payroll_workbook(
    session: Read, caller: SeesPayroll, run_id: RunId, language: AcceptedLanguage, version: Version = None
) -> Response:
    """The rows of the CSV file as a workbook. Repeated downloads have identical bytes."""
    export = await usecases.payroll(session, caller=caller, run_id=run_id, version=version, as_=Format.XLSX)
    return _download(export, language)


@routes.get(
    "/runs/{run_id}/cost_centres.csv",
    response_class=Response,
    responses=CSV_ANSWER,
    summary="Download the cost centre summary of a posted run",
)
async def download_cost_centre_summary(
    session: Read, caller: SeesPayroll, run_id: RunId, language: AcceptedLanguage, version: Version = None
) -> Response:
    """One row per cost centre and currency with what was booked, reversed and remains, as the journal had it at that
    version.
    """
    export = await usecases.cost_centres(session, caller=caller, run_id=run_id, version=version, as_=Format.CSV)
    return _download(export, language)


@routes.get(
    "/runs/{run_id}/cost_centres.xlsx",
    response_class=Response,
    responses=FILE_ANSWER,
    summary="Download the cost centre summary of a posted run as XLSX",
)
async def download_cost_centre_workbook(
    session: Read, caller: SeesPayroll, run_id: RunId, language: AcceptedLanguage, version: Version = None
) -> Response:
    """The rows of the CSV file as a workbook. Repeated downloads have identical bytes."""
    export = await usecases.cost_centres(session, caller=caller, run_id=run_id, version=version, as_=Format.XLSX)
    return _download(export, language)


def _download(export: Export, language: Language) -> Response:
    run, digest = export.run, b64encode(sha256(export.content).digest()).decode()
    name = (export.name.in_language(language), run.plan_code, run.period, f"{run.created_at:%Y-%m-%d}")
    headers = attachment(*name, f"v{export.version}", suffix=export.format)
    headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return Response(export.content, media_type=_TYPES[export.format], headers=headers)
