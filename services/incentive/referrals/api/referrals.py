"""/v1/incentive/referrals: who referred whom, and what the bonus waits for (INC-06)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import Field

from services.incentive.permissions import HrUnitOfWork
from services.incentive.referrals.domain.referral import WAITING, ReferralState, Waiting
from services.incentive.referrals.usecases import referrals as usecases
from services.kit.callers import permit
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Prose
from services.kit.identity import Caller
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive/referrals", tag="referrals")

SeesReferrals = Annotated[Caller, permit(*usecases.READERS)]
ReferralId = Annotated[Id, Path(description="Id of the referral.")]


class ReferralRequest(Model):
    """Who referred whom."""

    referrer_number: CodeText = Field(description="Number of the employee who referred.", examples=["E002"])
    hired_number: CodeText = Field(description="Number of the employee who was hired.", examples=["E004"])
    note: Prose | None = Field(default=None, description="Where it is known from.", examples=["招聘系统 2026-017"])


class ReferralWithdrawal(Model):
    """Why a referral does not count."""

    reason: Prose = Field(description="Kept with the referral.", examples=["推荐人登记有误"])


class Referral(Model):
    """Who referred whom, and whether the bonus is due."""

    id: Id = Field(description="Id of the referral.", examples=["01980000-0000-7000-8000-0000000000f9"])
    referrer_id: Id = Field(description="Who referred.", examples=["01980000-0000-7000-8000-000000000001"])
    referrer_number: str | None = Field(description="Number of that employee.", examples=["E002"])
    referrer_name: str | None = Field(description="Name of that employee.", examples=["苏曼青"])
    hired_id: Id = Field(description="Who was hired.", examples=["01980000-0000-7000-8000-000000000002"])
    hired_number: str | None = Field(description="Number of that employee.", examples=["E004"])
    hired_name: str | None = Field(description="Name of that employee.", examples=["王四"])
    state: ReferralState = Field(description="Whether it counts.", examples=["entered"])
    waiting_for: Waiting | None = Field(
        description="What keeps the bonus from being due; null once withdrawn.", examples=["probation"]
    )
    waiting_for_text: str | None = Field(
        description="The same for people, by Accept-Language.", examples=["等待被推荐人通过试用期"]
    )
    note: str | None = Field(description="Where it is known from.", examples=["招聘系统 2026-017"])
    revision: int = Field(description="For If-Match.", examples=[1])
    entered_at: datetime = Field(description="When it was entered.", examples=["2026-02-02T09:00:00+08:00"])
    entered_by_name: str = Field(description="Who entered it.", examples=["范思齐"])


@routes.post("", status_code=201, response_model=Referral, summary="Enter a referral")
async def enter_referral(
    uow: HrUnitOfWork, body: ReferralRequest, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """By HR over the unit of the person hired; before probation is decided or after. Of each person one counts."""
    details = await usecases.enter_referral(uow, referrer=body.referrer_number, hired=body.hired_number, note=body.note)
    response.headers["Location"] = f"/v1/incentive/referrals/{details.row.id}"
    return _tagged(details, language, response)


@routes.get("", response_model=Page[Referral], summary="List referrals")
async def list_referrals(
    session: Read,
    caller: SeesReferrals,
    paging: PageAsked,
    language: AcceptedLanguage,
    state: Annotated[ReferralState | None, Query(description="Only referrals in this state.")] = None,
) -> dict[str, Any]:
    """Of people hired over whom the caller holds the role, in the order in which they were entered."""
    rows = await usecases.list_referrals(session, caller=caller, state=state, paging=paging)
    return rows.written(lambda each: _referral(each, language))


@routes.get("/{referral_id}", response_model=Referral, summary="Read a referral")
async def get_referral(
    session: Read, caller: SeesReferrals, referral_id: ReferralId, language: AcceptedLanguage, response: Response
) -> dict[str, Any]:
    """With what it waits for."""
    return _tagged(await usecases.read_referral(session, caller=caller, referral_id=referral_id), language, response)


@routes.post("/{referral_id}/withdraw", response_model=Referral, summary="Withdraw a referral")
async def withdraw_referral(
    uow: HrUnitOfWork,
    referral_id: ReferralId,
    body: ReferralWithdrawal,
    revision: IfMatch,
    language: AcceptedLanguage,
    response: Response,
) -> dict[str, Any]:
    """By HR. What was claimed for it is taken back; another referral of the same person may follow."""
    details = await usecases.withdraw_referral(uow, referral_id=referral_id, revision=revision, reason=body.reason)
    return _tagged(details, language, response)


_OWN = ("id", "referrer_id", "hired_id", "state", "note", "revision", "entered_at", "entered_by_name")


def _tagged(details: usecases.ReferralDetails, language: Language, response: Response) -> dict[str, Any]:
    tag(response, details.row.revision)
    return _referral(details, language)


def _referral(details: usecases.ReferralDetails, language: Language) -> dict[str, Any]:
    referrer, hired = details.referrer, details.hired
    return {
        **{name: getattr(details.row, name) for name in _OWN},
        "referrer_number": referrer.number if referrer else None,
        "referrer_name": referrer.name if referrer else None,
        "hired_number": hired.number if hired else None,
        "hired_name": hired.name if hired else None,
        "waiting_for": details.waiting,
        "waiting_for_text": None if details.waiting is None else WAITING[details.waiting].in_language(language),
    }
