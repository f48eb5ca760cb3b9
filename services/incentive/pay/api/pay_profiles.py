"""/v1/incentive/pay_profiles: what a person's pay is made of (INC-01)."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from services.incentive.pay.domain.pay_profile import Terms
from services.incentive.pay.usecases import pay_imports as imports
from services.incentive.pay.usecases import pay_profiles as usecases
from services.kit.callers import AnyCaller, permit, permit_work
from services.kit.database import period
from services.kit.fields import CodeText, Coefficient, Id, Model, PositiveMoney
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import reads_raw_body, router, takes_up_to
from services.kit.spreadsheet_routes import (
    CSV,
    FILE_ANSWER,
    MOST_FAULTS,
    XLSX,
    CellError,
    cell_errors,
    sent_file,
    template_answer,
)
from services.kit.unit_of_work import UnitOfWork
from services.kit.uploads import upload_body
from services.kit.web import AcceptedLanguage, IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive", tag="pay_profiles")

CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]
CompensationCaller = Annotated[Caller, permit(Role.COMPENSATION)]
SeesPay = Annotated[Caller, permit(*usecases.SEES_PAY)]
ProfileId = Annotated[Id, Path(description="Id of the pay profile.")]
FixedPay = Annotated[
    PositiveMoney, Field(description="Fixed monthly pay before tax (税前), in the currency.", examples=["18000.00"])
]
FixedShare = Annotated[Coefficient, Field(description="Fixed part of the ratio fixed : variable.", examples=["6"])]
VariableShare = Annotated[Coefficient, Field(description="Variable part of the ratio.", examples=["4"])]
MonthlyBase = Annotated[
    PositiveMoney | None,
    Field(description="Monthly bonus base as set; null: it follows from pay and ratio.", examples=[None]),
]
CurrencyCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217 code.", examples=["CNY"])
]
CostCentre = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    Field(description="Who bears the pay.", examples=["CC-1"]),
]

MAX_IMPORT = 16 * 1024 * 1024


class PayProfileRequest(Model):
    """Terms of pay from a day on, until the next profile of the same person begins."""

    employee_number: CodeText = Field(description="Number of the employee.", examples=["E002"])
    fixed_pay: FixedPay
    fixed_share: FixedShare = Decimal(6)
    variable_share: VariableShare = Decimal(4)
    monthly_base: MonthlyBase = None
    currency: CurrencyCode = "CNY"
    cost_centre: CostCentre
    valid_from: date = Field(description="First day on which the terms hold.", examples=["2026-01-01"])


class PayProfileCorrection(Model):
    """What was wrong in a profile; it holds from the profile's first day on. Fields not sent stay as they are."""

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


class PayProfile(Model):
    """One version of a person's terms of pay."""

    id: Id = Field(description="Id of the profile.", examples=["01980000-0000-7000-8000-0000000000fa"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str | None = Field(
        description="Name of the employee; null until org has spoken of the number.", examples=["苏曼青"]
    )
    version: int = Field(description="Number of the person's profile, from 1; for If-Match.", examples=[1])
    fixed_pay: FixedPay
    fixed_share: FixedShare
    variable_share: VariableShare
    monthly_base: MonthlyBase
    currency: CurrencyCode
    cost_centre: CostCentre
    valid_from: date = Field(description="First day on which the terms hold.", examples=["2026-01-01"])
    valid_to: date | None = Field(description="Last day, included; null: open.", examples=[None])
    replaced_at: datetime | None = Field(description="When a correction replaced it; null: in force.", examples=[None])


class PayImport(Model):
    """What an import did, or with dry_run would do; with errors nothing is stored."""

    dry_run: bool = Field(description="Whether nothing was stored.", examples=[False])
    rows: int = Field(description="Sound rows in the file.", examples=[40])
    created: int = Field(description="Profiles created.", examples=[38])
    unchanged: int = Field(description="Rows whose terms were in force already.", examples=[2])
    unknown_numbers: list[str] = Field(
        description="Employee numbers of which org has said nothing so far.", examples=[["E099"]]
    )
    error_count: int = Field(description="All errors, also those that are not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {MOST_FAULTS} errors.", examples=[[]])


@routes.post(
    "/pay_profiles",
    operation_id="create_pay_profile",
    status_code=201,
    response_model=PayProfile,
    summary="Put terms of pay in force",
)
async def create(uow: CompensationUnitOfWork, body: PayProfileRequest, response: Response) -> dict[str, Any]:
    """The profile of the person until then ends the day before."""
    terms = Terms(**{field.name: getattr(body, field.name) for field in fields(Terms)})
    profile_id = await usecases.create_profile(
        uow, number=body.employee_number, terms=terms, valid_from=body.valid_from
    )
    response.headers["Location"] = f"/v1/incentive/pay_profiles/{profile_id}"
    return _tagged(await usecases.read_profile(uow.session, caller=uow.caller, profile_id=profile_id), response)


@routes.post(
    "/pay_profiles/imports",
    operation_id="import_pay_profiles",
    response_model=PayImport,
    summary="Import pay profiles",
    openapi_extra=upload_body(XLSX, CSV),
)
@reads_raw_body
@takes_up_to(MAX_IMPORT)
async def import_profiles(
    request: Request,
    uow: CompensationUnitOfWork,
    language: AcceptedLanguage,
    dry_run: Annotated[bool, Query(description="Check everything, store nothing.")] = False,  # noqa: FBT002 - a query
) -> PayImport:
    """Import an XLSX workbook or a CSV file: all or nothing, and the same file again changes nothing.

    The file is the part `file` of multipart form data, or the body itself; its columns are those of the template. A dry
    run answers 200 with an error for every cell that is wrong; without it such a file is refused (422).
    """
    file = await sent_file(request)
    outcome = await imports.import_file(uow, data=file.data, is_csv=file.is_csv, dry_run=dry_run)
    counts = {name: getattr(outcome, name) for name in ("dry_run", "rows", "created", "unchanged", "unknown_numbers")}
    errors = cell_errors(outcome.field_errors, language)
    return PayImport(**counts, error_count=len(outcome.field_errors), errors=errors)


@routes.get(
    "/templates/pay_profiles",
    operation_id="get_pay_profile_template",
    summary="Download the template for pay profiles",
    response_class=Response,
    responses=FILE_ANSWER,
)
async def template(_: CompensationCaller, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language asked for by Accept-Language, with a sheet that describes every column."""
    return template_answer([imports.FORM], "pay_profiles.xlsx", language)


@routes.get(
    "/pay_profiles", operation_id="list_pay_profiles", response_model=Page[PayProfile], summary="List pay profiles"
)
async def list_(
    session: Read,
    caller: SeesPay,
    paging: PageAsked,
    employee_number: Annotated[CodeText | None, Query(description="Only profiles of this employee.")] = None,
    as_of: Annotated[date | None, Query(description="Only profiles that hold on this day.")] = None,
) -> dict[str, Any]:
    """Those in force, by employee number; limited to the units over which the caller holds the role."""
    rows = await usecases.list_profiles(
        session, caller=caller, employee_number=employee_number, as_of=as_of, paging=paging
    )
    return rows.written(_profile)


@routes.get(
    "/my/pay_profiles",
    operation_id="list_my_pay_profiles",
    response_model=Page[PayProfile],
    summary="List my own pay profiles",
)
async def list_own(session: Read, caller: AnyCaller, paging: PageAsked) -> dict[str, Any]:
    """Those in force, by version."""
    return (await usecases.list_own(session, caller=caller, paging=paging)).written(_profile)


@routes.get(
    "/pay_profiles/{profile_id}",
    operation_id="get_pay_profile",
    response_model=PayProfile,
    summary="Read one pay profile",
)
async def read(session: Read, caller: AnyCaller, profile_id: ProfileId, response: Response) -> dict[str, Any]:
    """For the person, compensation HR, finance and approvers; for everybody else there is none."""
    return _tagged(await usecases.read_profile(session, caller=caller, profile_id=profile_id), response)


@routes.patch(
    "/pay_profiles/{profile_id}",
    operation_id="correct_pay_profile",
    response_model=PayProfile,
    summary="Correct a pay profile",
)
async def correct(
    uow: CompensationUnitOfWork,
    profile_id: ProfileId,
    body: PayProfileCorrection,
    revision: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """The corrected profile is a new one with the next version; the old one is kept as replaced."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    fresh = await usecases.correct_profile(uow, profile_id=profile_id, revision=revision, changes=changes)
    return _tagged(await usecases.read_profile(uow.session, caller=uow.caller, profile_id=fresh), response)


def _tagged(details: usecases.ProfileDetails, response: Response) -> dict[str, Any]:
    tag(response, details.profile.version)
    return _profile(details)


def _profile(details: usecases.ProfileDetails) -> dict[str, Any]:
    row = details.profile
    valid = period(row.valid)
    names = ("id", "employee_number", "version", "fixed_pay", "monthly_base", "currency", "cost_centre", "replaced_at")
    return {
        **{name: getattr(row, name) for name in names},
        "employee_name": details.employee_name,
        "fixed_share": row.fixed_share.normalize(),
        "variable_share": row.variable_share.normalize(),
        "valid_from": valid.start,
        "valid_to": valid.last,
    }
