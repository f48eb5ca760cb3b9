"""/v1/incentive/award_funds: what special awards are paid out of (INC-04)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.incentive.answers import InCurrency
from services.incentive.awards.usecases import funds as usecases
from services.incentive.pay.api.pay_profiles import YuanOnly
from services.incentive.permissions import PayerUnitOfWork
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, Id, Label, Model, Money, Prose
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseAction
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import located, moves_money, router

routes = router("/v1/incentive", tag="awards")

SeesFunds = Annotated[Caller, permit(Role.FINANCE, Role.COMPENSATION, Role.EXECUTIVE, Role.AUDITOR, whole=True)]
FundId = Annotated[Id, Path(description="Id of the fund.")]
EndowmentId = Annotated[Id, Path(description="Id of the endowment.")]
Year = Annotated[int, Field(description="Year whose awards the fund pays.", ge=2000, le=2999, examples=[2026])]


def _not_nothing(value: Decimal) -> Decimal:
    if not value:
        raise PydanticCustomError("not_nothing", "an amount other than 0")
    return value


class AwardFundRequest(Model):
    """A new award fund, with a balance of zero."""

    code: CodeText = Field(description="Code of the fund.", examples=["AF-2026"])
    year: Year
    name: Label = Field(description="Name in Chinese.", examples=["2026 年专项奖励基金"])
    name_en: Label = Field(description="Name in English.", examples=["Award fund 2026"])
    currency: YuanOnly = "CNY"
    cost_centre: CodeText = Field(description="Cost centre that bears the awards.", examples=["CC-AWARDS"])


class AwardFund(InCurrency):
    """An award fund with its balance."""

    id: Id = Field(description="Id of the fund.", examples=["01980000-0000-7000-8000-0000000000f5"])
    code: str = Field(description="Code of the fund.", examples=["AF-2026"])
    year: int = Field(description="Year whose awards the fund pays.", examples=[2026])
    name: str = Field(description="Name in Chinese.", examples=["2026 年专项奖励基金"])
    name_en: str = Field(description="Name in English.", examples=["Award fund 2026"])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    cost_centre: str = Field(description="Cost centre that bears the awards.", examples=["CC-AWARDS"])
    balance: Money = Field(
        description="Balance: money released into the fund, less the amounts of approved awards.",
        examples=["450000.00"],
    )
    created_at: datetime = Field(
        description="Time at which the fund was set up.", examples=["2026-01-05T09:00:00+08:00"]
    )
    created_by_name: str = Field(description="Name of the person who set it up.", examples=["秦国栋"])


class FundEndowmentRequest(Model):
    """An endowment to be proposed."""

    amount: Annotated[Money, AfterValidator(_not_nothing)] = Field(
        description="Amount in yuan; a negative amount takes money out.", examples=["500000.00"]
    )
    purpose: Prose = Field(
        description="Purpose of the endowment, and who decided it.", examples=["2026 年度预算，董事会 1 月 4 日批准"]
    )


class FundEndowment(ReleasedRecord):
    """An endowment of a fund, which takes effect once a second person in finance releases it."""

    fund_id: Id = Field(description="Id of the fund.", examples=["01980000-0000-7000-8000-0000000000f5"])
    fund_code: str = Field(description="Code of the fund.", examples=["AF-2026"])
    fund_name: str = Field(description="Name of the fund in Chinese.", examples=["2026 年专项奖励基金"])
    fund_name_en: str = Field(description="Name of the fund in English.", examples=["Award fund 2026"])
    fund_balance: Money = Field(description="Present balance of the fund.", examples=["450000.00"])
    amount: Money = Field(description="Amount in yuan; a negative amount takes money out.", examples=["500000.00"])
    purpose: str = Field(
        description="Purpose of the endowment, and who decided it.", examples=["2026 年度预算，董事会 1 月 4 日批准"]
    )


class FundEndowmentRefusal(Model):
    """The reason for refusing an endowment."""

    reason: Prose = Field(description="Reason, shown to the person who proposed it.", examples=["预算尚未批准"])


@routes.post("/award_funds", status_code=201, response_model=AwardFund, summary="Set up an award fund")
async def create_award_fund(uow: PayerUnitOfWork, body: AwardFundRequest) -> dict[str, Any]:
    """Finance sets up the fund. It has no money until an endowment is released."""
    name = Text(body.name, body.name_en)
    details = await usecases.create_fund(uow, code=body.code, year=body.year, name=name, cost_centre=body.cost_centre)
    return _fund(details)


@routes.get("/award_funds", response_model=Page[AwardFund], summary="List award funds")
async def list_award_funds(
    session: Read,
    caller: SeesFunds,
    paging: PageAsked,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="Only funds of this year.")] = None,
) -> dict[str, Any]:
    """Award funds by year and code."""
    return (await usecases.list_funds(session, year=year, paging=paging)).written(_fund)


@routes.get("/award_funds/{fund_id}", response_model=AwardFund, summary="Read a fund")
async def get_award_fund(session: Read, caller: SeesFunds, fund_id: FundId) -> dict[str, Any]:
    """The fund with its balance. The journal shows the same balance on the account of kind fund, with the opposite
    sign.
    """
    return _fund(await usecases.read_fund(session, fund_id=fund_id))


@routes.post(
    "/award_funds/{fund_id}/endowments",
    status_code=201,
    response_model=FundEndowment,
    summary="Propose an endowment of a fund",
)
@located("/v1/incentive/fund_endowments/{id}")
async def propose_fund_endowment(uow: PayerUnitOfWork, fund_id: FundId, body: FundEndowmentRequest) -> dict[str, Any]:
    """Finance proposes an endowment; a second person in finance has to release it."""
    details = await usecases.propose_endowment(uow, fund_id=fund_id, amount=body.amount, purpose=body.purpose)
    return _endowment(details)


@routes.get(
    "/award_funds/{fund_id}/endowments", response_model=Page[FundEndowment], summary="List the endowments of a fund"
)
async def list_fund_endowments(session: Read, caller: SeesFunds, fund_id: FundId, paging: PageAsked) -> dict[str, Any]:
    """Changes in the order in which they were proposed."""
    return (await usecases.list_endowments(session, fund_id=fund_id, paging=paging)).written(_endowment)


@routes.get("/fund_endowments/{endowment_id}", response_model=FundEndowment, summary="Read an endowment")
async def get_fund_endowment(session: Read, caller: SeesFunds, endowment_id: EndowmentId) -> dict[str, Any]:
    """Returns one version by its id."""
    return _endowment(await usecases.read_endowment(session, endowment_id=endowment_id))


@routes.post(
    "/fund_endowments/{endowment_id}/release", response_model=FundEndowment, summary="Release an endowment of a fund"
)
@moves_money
async def release_fund_endowment(uow: PayerUnitOfWork, endowment_id: EndowmentId, revision: IfMatch) -> dict[str, Any]:
    """A second person releases the endowment, and it is booked at once. A release that would make the balance
    negative is refused.
    """
    action = ReleaseAction.RELEASE
    details = await usecases.decide_endowment(uow, endowment_id=endowment_id, action=action, revision=revision)
    return _endowment(details)


@routes.post("/fund_endowments/{endowment_id}/refuse", response_model=FundEndowment, summary="Refuse an endowment")
async def refuse_fund_endowment(
    uow: PayerUnitOfWork,
    endowment_id: EndowmentId,
    body: FundEndowmentRefusal,
    revision: IfMatch,
) -> dict[str, Any]:
    """The person who proposed it withdraws it in the same way."""
    details = await usecases.decide_endowment(
        uow, endowment_id=endowment_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _endowment(details)


def _fund(details: usecases.FundDetails) -> dict[str, Any]:
    return {name: getattr(details.row, name) for name in AwardFund.model_fields}


def _endowment(details: usecases.EndowmentDetails) -> dict[str, Any]:
    fund = details.fund
    names = {"fund_name": fund.name, "fund_name_en": fund.name_en}
    of_fund = {"fund_code": fund.code, **names, "fund_balance": fund.balance}
    own = (name for name in FundEndowment.model_fields if name not in of_fund)
    return {**{name: getattr(details.row, name) for name in own}, **of_fund}
