"""/v1/incentive/referrals: who referred whom, and what the bonus waits for (INC-06)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.permissions import HrUnitOfWork
from services.incentive.referrals.domain.referral import WAITING, ReferralState, Waiting
from services.incentive.referrals.usecases import referrals as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Prose
from services.kit.identity import Caller
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.kit.work.history import WITHDRAWN, decision_shown

routes = router("/v1/incentive/referrals", tag="referrals")

SeesReferrals = Annotated[Caller, permit(*usecases.READERS)]
ReferralId = Annotated[Id, Path(description="Id of the referral.")]


class ReferralRequest(Model):
    """A referral to be entered."""

    referrer_number: CodeText = Field(description="Number of the employee who made the referral.", examples=["E002"])
    hired_number: CodeText = Field(description="Number of the employee who was hired.", examples=["E004"])
    note: Prose | None = Field(default=None, description="Source of the information.", examples=["招聘系统 2026-017"])


class ReferralWithdrawal(Model):
    """The reason for withdrawing a referral."""

    reason: Prose = Field(description="Reason, kept with the referral.", examples=["推荐人登记有误"])


class Referral(Model):
    """A referral, and whether its bonus is due."""

    id: Id = Field(description="Id of the referral.", examples=["01980000-0000-7000-8000-0000000000f9"])
    referrer_id: Id = Field(
        description="Employee who made the referral.", examples=["01980000-0000-7000-8000-000000000001"]
    )
    referrer_number: str | None = Field(description="Number of that employee.", examples=["E002"])
    referrer_name: str | None = Field(description="Name of that employee.", examples=["苏曼青"])
    hired_id: Id = Field(description="Employee who was hired.", examples=["01980000-0000-7000-8000-000000000002"])
    hired_number: str | None = Field(description="Number of that employee.", examples=["E004"])
    hired_name: str | None = Field(description="Name of that employee.", examples=["王四"])
    state: ReferralState = Field(description="State of the referral: whether it counts.", examples=["entered"])
    waiting_for: Waiting | None = Field(
        description="Condition that the bonus still waits for; null once withdrawn.", examples=["probation"]
    )
    waiting_for_text: str | None = Field(
        description="The same in words, in the language of `Accept-Language`.", examples=["等待被推荐人通过试用期"]
    )
    note: str | None = Field(description="Source of the information.", examples=["招聘系统 2026-017"])
    withdrawn_at: datetime | None = Field(description="Time of the withdrawal; null if it counts.", examples=[None])
    withdrawn_by_name: str | None = Field(description="Name of the person who withdrew it.", examples=[None])
    withdrawal_reason: str | None = Field(description="Reason for the withdrawal.", examples=[None])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[1])
    entered_at: datetime = Field(description="Time of entry.", examples=["2026-02-02T09:00:00+08:00"])
    entered_by_name: str = Field(description="Name of the person who entered it.", examples=["范思齐"])


@routes.post("", status_code=201, response_model=Referral, summary="Enter a referral")
async def enter_referral(uow: HrUnitOfWork, body: ReferralRequest, language: AcceptedLanguage) -> dict[str, Any]:
    """HR over the hired person's unit enters the referral, before or after the probation decision. Only one referral
    of each person counts.
    """
    details = await usecases.enter_referral(uow, referrer=body.referrer_number, hired=body.hired_number, note=body.note)
    return _referral(details, language)


@routes.get("", response_model=Page[Referral], summary="List referrals")
async def list_referrals(
    session: Read,
    caller: SeesReferrals,
    paging: PageAsked,
    language: AcceptedLanguage,
    state: Annotated[ReferralState | None, Query(description="Only referrals in this state.")] = None,
) -> dict[str, Any]:
    """Referrals of hired people over whom the caller has the role, in the order in which they were entered."""
    rows = await usecases.list_referrals(session, caller=caller, state=state, paging=paging)
    return rows.written(lambda each: _referral(each, language))


@routes.get("/{referral_id}", response_model=Referral, summary="Read a referral")
async def get_referral(
    session: Read, caller: SeesReferrals, referral_id: ReferralId, language: AcceptedLanguage
) -> dict[str, Any]:
    """The referral, and the condition that it still waits for."""
    return _referral(await usecases.read_referral(session, caller=caller, referral_id=referral_id), language)


@routes.post("/{referral_id}/withdraw", response_model=Referral, summary="Withdraw a referral")
async def withdraw_referral(
    uow: HrUnitOfWork,
    referral_id: ReferralId,
    body: ReferralWithdrawal,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """HR withdraws the referral. Its claim is taken back; another referral of the same person can be entered."""
    details = await usecases.withdraw_referral(uow, referral_id=referral_id, revision=revision, reason=body.reason)
    return _referral(details, language)


_OWN = ("id", "referrer_id", "hired_id", "state", "note", "revision", "entered_at", "entered_by_name")


def _referral(details: usecases.ReferralDetails, language: Language) -> dict[str, Any]:
    referrer, hired = details.referrer, details.hired
    return {
        **{name: getattr(details.row, name) for name in _OWN},
        **decision_shown(details.withdrawal, WITHDRAWN),
        "referrer_number": referrer.number if referrer else None,
        "referrer_name": referrer.name if referrer else None,
        "hired_number": hired.number if hired else None,
        "hired_name": hired.name if hired else None,
        "waiting_for": details.waiting,
        "waiting_for_text": None if details.waiting is None else WAITING[details.waiting].in_language(language),
    }
