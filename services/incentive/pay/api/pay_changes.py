"""/v1/incentive/pay_changes: pay as one person of compensation enters it and another releases it (INC-01)."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from services.incentive.answers import InCurrency
from services.incentive.pay.api.pay_profiles import (
    CostCentre,
    CurrencyCode,
    FixedPay,
    FixedShare,
    MonthlyBase,
    ProfileId,
    SeesPay,
    VariableShare,
)
from services.incentive.pay.domain.pay_change import NewTerms, PayChangeLine
from services.incentive.pay.domain.pay_change import PayChange as Change
from services.incentive.pay.domain.pay_profile import Terms
from services.incentive.pay.usecases import pay_changes as usecases
from services.incentive.pay.usecases import pay_imports as imports
from services.incentive.permissions import CompensationUnitOfWork
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Id, Model, Prose
from services.kit.files.routes import (
    CSV,
    FILE_ANSWER,
    MOST_FAULTS,
    XLSX,
    CellError,
    cell_errors,
    sent_file,
    template_answer,
)
from services.kit.files.uploads import upload_body
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseState
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import located, reads_raw_body, router, takes_up_to

routes = router("/v1/incentive", tag="pay_changes")

CompensationCaller = Annotated[Caller, permit(Role.COMPENSATION)]
ChangeId = Annotated[Id, Path(description="Id of the pay change.")]
MAX_IMPORT = 16 * 1024 * 1024


class NewPay(Model):
    """A person's terms of pay from a day on, until their next profile begins."""

    employee_number: CodeText = Field(description="Number of the employee.", examples=["E002"])
    fixed_pay: FixedPay
    fixed_share: FixedShare = Decimal(6)
    variable_share: VariableShare = Decimal(4)
    monthly_base: MonthlyBase = None
    currency: CurrencyCode = "CNY"
    cost_centre: CostCentre
    valid_from: Day = Field(description="First day on which the terms apply.", examples=["2026-01-01"])


class PayProfileCorrection(Model):
    """Corrected values for a profile; once released, they apply from the profile's first day. Fields not sent are
    unchanged.
    """

    fixed_pay: FixedPay | None = None
    fixed_share: FixedShare | None = None
    variable_share: VariableShare | None = None
    monthly_base: MonthlyBase = None
    currency: CurrencyCode | None = None
    cost_centre: CostCentre | None = None

    @field_validator("fixed_pay", "fixed_share", "variable_share", "currency", "cost_centre")
    @classmethod
    def _cannot_be_taken_away(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("missing", "required")
        return value


class PayImport(Model):
    """The result of an import, or of a dry run. If there are errors, nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run that stored nothing.", examples=[False])
    rows: int = Field(description="Number of valid rows in the file.", examples=[40])
    changed: int = Field(description="Number of rows entered; with dry_run, the number that would be.", examples=[38])
    unchanged: int = Field(description="Number of rows whose terms were in force already.", examples=[2])
    unknown_numbers: list[str] = Field(description="Employee numbers not yet known from org.", examples=[["E099"]])
    change_id: Id | None = Field(
        description="Pay change that waits for release; null for a dry run, and if nothing changes.",
        examples=["01980000-0000-7000-8000-0000000000fb"],
    )
    error_count: int = Field(description="Number of all errors, including those not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {MOST_FAULTS} errors.", examples=[[]])


class PayChange(ReleasedRecord):
    """New terms of pay for one or more people, released or refused together."""

    lines: int = Field(description="Number of people with new terms.", examples=[1])


class PayChangeTerms(InCurrency):
    """New terms of one person."""

    place: int = Field(description="Position in the change, from 1.", examples=[1])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str | None = Field(description="Name of the employee.", examples=["苏曼青"])
    fixed_pay: FixedPay
    fixed_share: FixedShare
    variable_share: VariableShare
    monthly_base: MonthlyBase
    currency: CurrencyCode
    cost_centre: CostCentre
    valid_from: date = Field(description="First day on which the terms apply.", examples=["2026-01-01"])
    corrects_id: Id | None = Field(description="Profile that it corrects; null if none.", examples=[None])


class PayChangeRefusal(Model):
    """The reason for refusing a change."""

    reason: Prose = Field(
        description="Reason, shown to the person who entered the change.", examples=["与调薪审批单不符"]
    )


@routes.post("/pay_changes", status_code=201, response_model=PayChange, summary="Enter new terms of pay")
async def propose_pay_change(uow: CompensationUnitOfWork, body: NewPay) -> dict[str, Any]:
    """Proposes new terms, which a second person in compensation has to release. They then end the previous profile
    on the day before.
    """
    terms = Terms(**{field.name: getattr(body, field.name) for field in fields(Terms)})
    change = await usecases.propose(uow, new=[NewTerms(body.employee_number, terms, body.valid_from)])
    return _change(change)


@routes.post("/pay_changes/imports", summary="Import pay changes", openapi_extra=upload_body(XLSX, CSV))
@reads_raw_body
@takes_up_to(MAX_IMPORT)
async def import_pay_changes(
    request: Request,
    uow: CompensationUnitOfWork,
    language: AcceptedLanguage,
    dry_run: Annotated[bool, Query(description="Check everything and store nothing.")] = False,
) -> PayImport:
    """Imports an XLSX workbook or a CSV file, all or nothing; its changes are released together, and importing the
    same file again changes nothing. The file is the part `file` of multipart form data, or the body itself; its
    columns are those of the template. A dry run answers 200 with an error for every invalid cell; without it such a
    file is refused (422).
    """
    file = await sent_file(request)
    outcome = await imports.import_file(uow, data=file.data, is_csv=file.is_csv, dry_run=dry_run)
    names = ("dry_run", "rows", "changed", "unchanged", "unknown_numbers", "change_id")
    counts = {name: getattr(outcome, name) for name in names}
    errors = cell_errors(outcome.field_errors, language)
    return PayImport(**counts, error_count=len(outcome.field_errors), errors=errors)


@routes.get(
    "/templates/pay_changes",
    summary="Download the template for terms of pay",
    response_class=Response,
    responses=FILE_ANSWER,
)
async def get_pay_change_template(_: CompensationCaller, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer([imports.FORM], "pay", language)


@routes.get("/pay_changes", response_model=Page[PayChange], summary="List pay changes")
async def list_pay_changes(
    session: Read,
    caller: SeesPay,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only changes in this state.")] = None,
) -> dict[str, Any]:
    """Pay changes in the order in which they were entered, limited to people in the caller's units."""
    rows = await usecases.list_changes(session, caller=caller, state=state, paging=paging)
    return rows.written(_change)


@routes.get("/pay_changes/{change_id}", response_model=PayChange, summary="Read a pay change")
async def get_pay_change(session: Read, caller: SeesPay, change_id: ChangeId) -> dict[str, Any]:
    """The change with its author and outcome."""
    return _change(await usecases.read(session, caller=caller, change_id=change_id))


@routes.get(
    "/pay_changes/{change_id}/lines", response_model=Page[PayChangeTerms], summary="List the terms of a pay change"
)
async def list_pay_change_lines(
    session: Read, caller: SeesPay, paging: PageAsked, change_id: ChangeId
) -> dict[str, Any]:
    """The new terms of each person in the change."""
    rows = await usecases.list_lines(session, caller=caller, change_id=change_id, paging=paging)
    return rows.written(_line)


@routes.post("/pay_changes/{change_id}/release", response_model=PayChange, summary="Release a pay change")
async def release_pay_change(uow: CompensationUnitOfWork, change_id: ChangeId, revision: IfMatch) -> dict[str, Any]:
    """A second person releases the change. Not allowed for the person who entered it or anyone whose own pay it
    contains.
    """
    return _change(await usecases.release(uow, change_id=change_id, revision=revision))


@routes.post("/pay_changes/{change_id}/refuse", response_model=PayChange, summary="Refuse a pay change")
async def refuse_pay_change(
    uow: CompensationUnitOfWork, change_id: ChangeId, body: PayChangeRefusal, revision: IfMatch
) -> dict[str, Any]:
    """The person who entered it withdraws it in the same way."""
    change = await usecases.refuse(uow, change_id=change_id, revision=revision, reason=body.reason)
    return _change(change)


@routes.post(
    "/pay_profiles/{profile_id}/correct",
    status_code=201,
    response_model=PayChange,
    summary="Enter a correction of a pay profile",
)
@located("/v1/incentive/pay_changes/{id}")
async def correct_pay_profile(
    uow: CompensationUnitOfWork,
    profile_id: ProfileId,
    body: PayProfileCorrection,
    revision: IfMatch,
) -> dict[str, Any]:
    """Proposes a correction. Once released, it becomes a new profile with the next version; the old one is kept as
    replaced.
    """
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    change = await usecases.correct(uow, profile_id=profile_id, revision=revision, changes=changes)
    return _change(change)


def _change(change: Change) -> dict[str, Any]:
    return {"id": change.id, "lines": change.employees, **vars(change.record)}


def _line(line: PayChangeLine) -> dict[str, Any]:
    new = line.new
    return {
        "place": line.place,
        "employee_number": new.number,
        "employee_name": line.name,
        **{field.name: getattr(new.terms, field.name) for field in fields(Terms)},
        "valid_from": new.valid_from,
        "corrects_id": new.corrects,
    }
