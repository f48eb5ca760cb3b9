"""/v1/incentive/pay_profiles: what a person's pay is made of (INC-01)."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from services.incentive.pay.domain.pay_profile import Terms
from services.incentive.pay.store.tables import PayProfileRow
from services.incentive.pay.usecases import pay_imports as imports
from services.incentive.pay.usecases import pay_profiles as usecases
from services.kit.callers import AnyCaller, permit, permit_work
from services.kit.database import period
from services.kit.errors import UnsupportedMedia
from services.kit.fields import CodeText, Coefficient, Id, Model, PositiveMoney
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import reads_raw_body, router, takes_up_to
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive", tag="pay_profiles")

Compensation = Annotated[Caller, permit(Role.COMPENSATION)]
CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]
SeesPay = Annotated[Caller, permit(*usecases.SEES_PAY)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
CostCentre = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]

MAX_IMPORT = 16 * 1024 * 1024


class EnterPayProfile(Model):
    """Terms of pay from a day on, until the next profile of the same person begins."""

    employee_number: CodeText
    fixed_pay: PositiveMoney
    fixed_share: Coefficient = Field(default=Decimal(6), description="fixed part of the ratio fixed : variable")
    variable_share: Coefficient = Field(default=Decimal(4), description="variable part of the ratio")
    monthly_base: PositiveMoney | None = Field(
        default=None, description="set it to stop it following from pay and ratio"
    )
    currency: CurrencyCode = "CNY"
    cost_centre: CostCentre
    effective_from: date


class CorrectPayProfile(Model):
    """What was wrong in a profile; it holds from the profile's first day on. Fields not sent stay as they are."""

    fixed_pay: PositiveMoney | None = None
    fixed_share: Coefficient | None = None
    variable_share: Coefficient | None = None
    monthly_base: PositiveMoney | None = Field(default=None, description="null: let it follow from pay and ratio")
    currency: CurrencyCode | None = None
    cost_centre: CostCentre | None = None

    @field_validator("fixed_pay", "fixed_share", "variable_share", "currency", "cost_centre")
    @classmethod
    def _cannot_be_taken_away(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("missing", "required")
        return value


class PayProfile(Model):
    """``last`` is its last day, null while no end is known; ``replaced_at``: put aside by a correction."""

    id: Id
    employee_number: str
    version: int
    fixed_pay: PositiveMoney
    fixed_share: Coefficient
    variable_share: Coefficient
    monthly_base: PositiveMoney | None
    currency: str
    cost_centre: str
    first: date
    last: date | None
    replaced_at: datetime | None


class PayImport(Model):
    """What an import did, or with dry_run would do. ``not_yet_known``: numbers that org has not told us of so far."""

    dry_run: bool
    rows: int
    entered: int
    unchanged: int
    not_yet_known: list[str]


@routes.post("/pay_profiles", status_code=201, response_model=PayProfile, summary="Put terms of pay in force")
async def enter(uow: CompensationUnitOfWork, body: EnterPayProfile, response: Response) -> dict[str, Any]:
    """The profile of the person until then ends the day before."""
    terms = Terms(**{field.name: getattr(body, field.name) for field in fields(Terms)})
    profile_id = await usecases.enter_profile(
        uow, number=body.employee_number, terms=terms, effective_from=body.effective_from
    )
    row = await usecases.read_profile(uow.session, caller=uow.caller, profile_id=profile_id)
    tag(response, row.version)
    return _written(row)


@routes.post("/pay_profiles/imports", response_model=PayImport, summary="Import pay profiles from CSV")
@reads_raw_body
@takes_up_to(MAX_IMPORT)
async def import_profiles(
    request: Request,
    uow: CompensationUnitOfWork,
    dry_run: Annotated[bool, Query(description="check everything, store nothing")] = False,  # noqa: FBT002 - a query
) -> imports.Imported:
    """All or nothing. Columns: 工号, 固定月薪, 固定占比, 浮动占比, 月度奖金基数, 币种, 成本中心, 生效日期."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise UnsupportedMedia(expected="text/csv")
    return await imports.import_csv(uow, data=await request.body(), dry_run=dry_run)


@routes.get("/pay_profiles", response_model=Page[PayProfile], summary="List pay profiles in force")
async def list_(
    session: Read,
    caller: SeesPay,
    paging: PageAsked,
    employee_number: CodeText | None = None,
    as_of: date | None = None,
) -> dict[str, Any]:
    """By employee number; limited to the units over which the caller holds the role."""
    rows = await usecases.list_profiles(session, caller=caller, number=employee_number, as_of=as_of, paging=paging)
    return rows.written(lambda row: _written(row[0]))


@routes.get("/my/pay_profiles", response_model=Page[PayProfile], summary="My own pay profiles")
async def list_own(session: Read, caller: AnyCaller, paging: PageAsked) -> dict[str, Any]:
    """Those in force, by version."""
    return (await usecases.list_own(session, caller=caller, paging=paging)).written(lambda row: _written(row[0]))


@routes.get("/pay_profiles/{profile_id}", response_model=PayProfile, summary="One pay profile")
async def read(session: Read, caller: AnyCaller, profile_id: Id, response: Response) -> dict[str, Any]:
    """For the person, compensation HR, finance and approvers; for everybody else there is none."""
    row = await usecases.read_profile(session, caller=caller, profile_id=profile_id)
    tag(response, row.version)
    return _written(row)


@routes.patch("/pay_profiles/{profile_id}", response_model=PayProfile, summary="Correct a pay profile")
async def correct(
    uow: CompensationUnitOfWork,
    profile_id: Id,
    body: CorrectPayProfile,
    version: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """The corrected profile is a new one with the next version; the old one is kept, put aside."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    fresh = await usecases.correct_profile(uow, profile_id=profile_id, version=version, changes=changes)
    row = await usecases.read_profile(uow.session, caller=uow.caller, profile_id=fresh)
    tag(response, row.version)
    return _written(row)


def _written(row: PayProfileRow) -> dict[str, Any]:
    valid = period(row.valid)
    return {
        "id": row.id,
        "employee_number": row.employee_number,
        "version": row.version,
        "fixed_pay": row.fixed_pay,
        "fixed_share": row.fixed_share.normalize(),
        "variable_share": row.variable_share.normalize(),
        "monthly_base": row.monthly_base,
        "currency": row.currency,
        "cost_centre": row.cost_centre,
        "first": valid.start,
        "last": valid.last,
        "replaced_at": row.replaced_at,
    }
