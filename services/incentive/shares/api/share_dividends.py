"""/v1/incentive/share_dividends: the yearly dividend on virtual shares out of excess profit (INC-07)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.pay.api.pay_profiles import YuanOnly
from services.incentive.permissions import ApproverUnitOfWork, CompanyCompensationUnitOfWork, PayerUnitOfWork
from services.incentive.shares.usecases import dividends as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Model, Money, PositiveMoney, Prose
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseAction
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import moves_money, router

routes = router("/v1/incentive/share_dividends", tag="virtual_shares")

SeesDividends = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, whole=True)]
SeesParts = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE, whole=True)]
DividendId = Annotated[Id, Path(description="Id of the dividend.")]


class ShareDividendRequest(Model):
    """What finance knows of a year."""

    plan_code: CodeText = Field(description="Code of the plan of virtual shares.", examples=["VS"])
    year: int = Field(ge=2000, le=2999, description="The year.", examples=[2026])
    currency: YuanOnly = "CNY"
    profit: Money = Field(description="Profit of the year in yuan.", examples=["12000000.00"])
    target: PositiveMoney = Field(
        description="The profit that was to be reached, in yuan; what is above it is excess profit.",
        examples=["10000000.00"],
    )


class ShareDividendRefusal(Model):
    """Why figures of a dividend are refused."""

    reason: Prose = Field(description="For whoever entered them.", examples=["利润以审计报告为准"])


class ShareDividend(ReleasedRecord):
    """Figures of a year and the dividend that they come to."""

    plan_code: str = Field(description="Code of the plan of virtual shares.", examples=["VS"])
    plan_version_id: Id = Field(description="The plan's version.", examples=["01980000-0000-7000-8000-0000000000f1"])
    year: int = Field(description="The year.", examples=[2026])
    profit: Money = Field(description="Profit of the year in yuan.", examples=["12000000.00"])
    target: Money = Field(description="The profit that was to be reached, in yuan.", examples=["10000000.00"])
    amount: Money = Field(description="What is shared out, before tax, in yuan.", examples=["200000.00"])
    attempt: int = Field(description="How often it was shared out.", examples=[1])
    shared_at: datetime | None = Field(description="When it was shared out last; null: not yet.", examples=[None])


class DividendPart(Model):
    """What a holder gets."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    units: int = Field(description="Vested units at the end of the year.", examples=[250])
    amount: Money = Field(description="Before tax; the parts sum to the dividend.", examples=["50000.00"])


@routes.post(
    "",
    status_code=201,
    response_model=ShareDividend,
    summary="Enter the figures of a dividend",
)
async def propose_share_dividend(uow: PayerUnitOfWork, body: ShareDividendRequest) -> dict[str, Any]:
    """By finance. Later figures of the same year take the place of earlier ones; the next run books the differences."""
    given = {name: getattr(body, name) for name in ShareDividendRequest.model_fields if name != "currency"}
    details = await usecases.propose_dividend(uow, **given)
    return _dividend(details)


@routes.get(
    "",
    response_model=Page[ShareDividend],
    summary="List dividends on virtual shares",
)
async def list_share_dividends(
    session: Read,
    caller: SeesDividends,
    paging: PageAsked,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="Only dividends of this year.")] = None,
    plan_code: Annotated[CodeText | None, Query(description="Only dividends of this plan.")] = None,
) -> dict[str, Any]:
    """In the order in which they were entered."""
    rows = await usecases.list_dividends(session, year=year, plan_code=plan_code, paging=paging)
    return rows.written(_dividend)


@routes.get(
    "/{dividend_id}",
    response_model=ShareDividend,
    summary="Read a dividend on virtual shares",
)
async def get_share_dividend(session: Read, caller: SeesDividends, dividend_id: DividendId) -> dict[str, Any]:
    """With its figures."""
    return _dividend(await usecases.read_dividend(session, dividend_id=dividend_id))


@routes.get(
    "/{dividend_id}/parts",
    response_model=Page[DividendPart],
    summary="List what holders of virtual shares get",
)
async def list_dividend_parts(
    session: Read, caller: SeesParts, dividend_id: DividendId, paging: PageAsked
) -> dict[str, Any]:
    """Of the last sharing out, by employee number; empty until it is released."""
    return (await usecases.list_parts(session, dividend_id=dividend_id, paging=paging)).written(
        lambda row: {
            "employee_id": row.employee_id,
            "employee_number": row.number,
            "employee_name": row.name,
            "units": row.units,
            "amount": row.amount,
        }
    )


@routes.post(
    "/{dividend_id}/release",
    response_model=ShareDividend,
    summary="Release a dividend on virtual shares",
)
@moves_money
async def release_share_dividend(uow: ApproverUnitOfWork, dividend_id: DividendId, revision: IfMatch) -> dict[str, Any]:
    """By somebody of finance, or an executive, who neither entered it nor gets a part of it. It is shared out over
    vested units at once; the next run pays.
    """
    action = ReleaseAction.RELEASE
    details = await usecases.decide_dividend(uow, dividend_id=dividend_id, action=action, revision=revision)
    return _dividend(details)


@routes.post(
    "/{dividend_id}/refuse",
    response_model=ShareDividend,
    summary="Refuse the figures of a dividend",
)
async def refuse_share_dividend(
    uow: ApproverUnitOfWork, dividend_id: DividendId, body: ShareDividendRefusal, revision: IfMatch
) -> dict[str, Any]:
    """Whoever entered it takes it back in this way."""
    details = await usecases.decide_dividend(
        uow, dividend_id=dividend_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _dividend(details)


@routes.post(
    "/{dividend_id}/share_out",
    response_model=ShareDividend,
    summary="Share a dividend out again",
)
@moves_money
async def share_out_share_dividend(
    uow: CompanyCompensationUnitOfWork, dividend_id: DividendId, revision: IfMatch
) -> dict[str, Any]:
    """By compensation, once grants or exits have changed; the next run books the differences."""
    return _dividend(await usecases.share_out_again(uow, dividend_id=dividend_id, revision=revision))


def _dividend(details: usecases.DividendDetails) -> dict[str, Any]:
    return {name: getattr(details.row, name) for name in ShareDividend.model_fields}
