"""/v1/incentive/awards: nominations, their approval by org's authorities, and what became of them (INC-04)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import Field

from services.incentive.awards.domain.award import AwardState, Evidence
from services.incentive.awards.usecases import approvals, nominations
from services.incentive.awards.usecases import awards as usecases
from services.incentive.permissions import CompanyCompensationUnitOfWork
from services.kit.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.fields import CodeText, Id, Label, Model, Money, Percent, PositiveMoney, Prose, Weight
from services.kit.pages import Page
from services.kit.routing import asks_first, router
from services.kit.web import IfMatch, PageAsked, Read, app_context, tag

routes = router("/v1/incentive/awards", tag="awards")

AwardId = Annotated[Id, Path(description="Id of the award.")]


class AwardEvidence(Model):
    """What shows that the award is deserved."""

    title: Label = Field(description="What it is.", examples=["首批合同清单"])
    link: Label = Field(description="Where it can be read.", examples=["https://docs.example.com/contracts/2026-17"])


class AwardShare(Model):
    """Somebody who is nominated, with their share."""

    employee_number: CodeText = Field(description="Number of the employee.", examples=["E002"])
    share: Weight = Field(description="Share in percent; all together 100.", examples=["60"])


class AwardRequest(Model):
    """A nomination: by a rule of a plan, which says the amount, or freely with the amount that is asked for."""

    code: CodeText = Field(description="Code of the award, never used again.", examples=["SA-2026-001"])
    title: Label = Field(description="What it is for, in a few words.", examples=["开拓西南市场"])
    reason: Prose = Field(description="Why it is deserved.", examples=["三个月内签下首批 12 家客户。"])
    evidence: list[AwardEvidence] = Field(min_length=1, max_length=20, description="What shows it.")
    fund_id: Id = Field(description="The fund that pays.", examples=["01980000-0000-7000-8000-0000000000f5"])
    unit_id: Id = Field(
        description="The project or team; its line approves.", examples=["01980000-0000-7000-8000-0000000000a0"]
    )
    achieved_on: date = Field(description="When it was achieved, in the year of the fund.", examples=["2026-04-01"])
    members: list[AwardShare] = Field(min_length=1, max_length=200, description="Who took part, with shares.")
    plan_code: CodeText | None = Field(default=None, description="The plan whose rule applies.", examples=["SA"])
    rule: CodeText | None = Field(default=None, description="Code of the award rule.", examples=["NEW-MARKET"])
    amount: PositiveMoney | None = Field(
        default=None, description="Yuan before tax; without a rule only.", examples=[None]
    )
    proposal_id: Id | None = Field(
        default=None, description="The adopted innovation, where the rule is about one.", examples=[None]
    )


class AwardReason(Model):
    """Why an award is refused or revoked."""

    reason: Prose = Field(description="For those concerned.", examples=["合同尚未生效"])


class AwardMember(Model):
    """A nominee and what they get."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    share: Percent = Field(description="Share in percent.", examples=["60"])
    amount: Money = Field(description="Before tax; the parts sum to the award.", examples=["30000.00"])


class AwardApproval(Model):
    """Who approved, and when."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000002"])
    employee_name: str = Field(description="Name of the employee.", examples=["韩卓然"])
    approved_at: datetime = Field(description="When.", examples=["2026-04-20T09:00:00+08:00"])


class Award(Model):
    """An award from nomination on. Whoever is nominated finds no share among the members but their own."""

    id: Id = Field(description="Id of the award.", examples=["01980000-0000-7000-8000-0000000000f8"])
    code: str = Field(description="Code of the award; the occasion of its claims.", examples=["SA-2026-001"])
    title: str = Field(description="What it is for.", examples=["开拓西南市场"])
    reason: str = Field(description="Why it is deserved.", examples=["三个月内签下首批 12 家客户。"])
    evidence: list[AwardEvidence] = Field(description="What shows it.")
    fund_id: Id = Field(description="The fund that pays.", examples=["01980000-0000-7000-8000-0000000000f5"])
    fund_code: str = Field(description="Code of the fund.", examples=["AF-2026"])
    plan_version_id: Id | None = Field(description="The plan's version whose rule applies.", examples=[None])
    rule: str | None = Field(description="Code of the award rule; null: nominated freely.", examples=["NEW-MARKET"])
    proposal_id: Id | None = Field(description="The adopted innovation that it rewards.", examples=[None])
    unit_id: Id = Field(description="The project or team.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str | None = Field(description="Its name.", examples=["品牌部"])
    achieved_on: date = Field(description="When it was achieved.", examples=["2026-04-01"])
    amount: Money = Field(description="To be shared, before tax.", examples=["50000.00"])
    currency: str = Field(description="ISO 4217 code.", examples=["CNY"])
    members: list[AwardMember] = Field(description="Who gets what.")
    state: AwardState = Field(description="Its state.", examples=["nominated"])
    revision: int = Field(description="For If-Match: an approval is of what was seen.", examples=[1])
    approvers_needed: int = Field(description="How many different people have to approve.", examples=[1])
    approvals: list[AwardApproval] = Field(description="Who approved so far, in order.")
    next_approver_id: Id | None = Field(description="For whom it waits, by org's authorities.", examples=[None])
    next_approver_name: str | None = Field(description="Name of that person.", examples=[None])
    decision: str | None = Field(description="Why it was refused or revoked.", examples=[None])
    nominated_at: datetime = Field(description="When it was nominated.", examples=["2026-04-18T09:00:00+08:00"])
    nominated_by_name: str = Field(description="Who nominated.", examples=["林知远"])


async def _asked(request: Request, award_id: AwardId, caller: AnyCaller) -> approvals.Asked | None:
    """What org says of the caller's authority, asked before the route's transaction opens."""
    async with app_context(request).sessions.read() as session:
        question = await approvals.approval_question(session, caller=caller, award_id=award_id)
    return None if question is None else approvals.Asked(question, await request.app.state.org.check_approval(question))


AskedOfOrg = Annotated[approvals.Asked | None, Depends(_asked)]


@routes.post("", status_code=201, response_model=Award, summary="Nominate for a special award")
async def nominate_award(uow: AnyCallerUnitOfWork, body: AwardRequest, response: Response) -> dict[str, Any]:
    """By anybody who works here. Who may approve it follows from org's authorities over the unit."""
    evidence = [Evidence(each.title, each.link) for each in body.evidence]
    members = [nominations.Share(each.employee_number, Decimal(each.share)) for each in body.members]
    given = {name: getattr(body, name) for name in AwardRequest.model_fields if name not in {"evidence", "members"}}
    award_id = await nominations.nominate(uow, nominations.Nomination(**given, evidence=evidence, members=members))
    response.headers["Location"] = f"/v1/incentive/awards/{award_id}"
    return _tagged(await usecases.decided_award(uow.session, award_id), response)


@routes.get("", response_model=Page[Award], summary="List special awards")
async def list_awards(
    session: Read,
    caller: AnyCaller,
    paging: PageAsked,
    state: Annotated[AwardState | None, Query(description="Only awards in this state.")] = None,
    fund_id: Annotated[Id | None, Query(description="Only awards of this fund.")] = None,
) -> dict[str, Any]:
    """All for compensation and finance over the whole organisation; else those in which the caller has a part."""
    rows = await usecases.list_awards(session, caller=caller, state=state, fund_id=fund_id, paging=paging)
    return rows.written(_award)


@routes.get("/{award_id}", response_model=Award, summary="Read a special award")
async def get_award(session: Read, caller: AnyCaller, award_id: AwardId, response: Response) -> dict[str, Any]:
    """For whoever nominated, is nominated, approves or pays; for others there is none."""
    return _tagged(await usecases.read_award(session, caller=caller, award_id=award_id), response)


@routes.post("/{award_id}/approve", response_model=Award, summary="Approve a special award")
@asks_first
async def approve_award(
    asked: AskedOfOrg, uow: AnyCallerUnitOfWork, award_id: AwardId, revision: IfMatch, response: Response
) -> dict[str, Any]:
    """By whom org's authorities allow it, never by a nominee. With the last approver needed the fund pays at once."""
    details = await approvals.approve_award(uow, award_id=award_id, revision=revision, asked=asked)
    return _tagged(details, response)


@routes.post("/{award_id}/refuse", response_model=Award, summary="Refuse a special award")
@asks_first
async def refuse_award(
    asked: AskedOfOrg,
    uow: AnyCallerUnitOfWork,
    award_id: AwardId,
    body: AwardReason,
    revision: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """By whoever could approve it. Whoever nominated takes it back in this way."""
    details = await approvals.refuse_award(uow, award_id=award_id, revision=revision, reason=body.reason, asked=asked)
    return _tagged(details, response)


@routes.post("/{award_id}/revoke", response_model=Award, summary="Undo an approval")
async def revoke_award(
    uow: CompanyCompensationUnitOfWork, award_id: AwardId, body: AwardReason, revision: IfMatch, response: Response
) -> dict[str, Any]:
    """By compensation. The fund has its money again; what was posted is taken back by the next run."""
    details = await approvals.revoke_award(uow, award_id=award_id, revision=revision, reason=body.reason)
    return _tagged(details, response)


def _tagged(details: usecases.AwardDetails, response: Response) -> dict[str, Any]:
    tag(response, details.record.row.revision)
    return _award(details)


_ADDED = {"fund_code", "unit_name", "members", "approvals", "next_approver_name"}


def _award(details: usecases.AwardDetails) -> dict[str, Any]:
    record = details.record
    return {
        **{name: getattr(record.row, name) for name in Award.model_fields if name not in _ADDED},
        "fund_code": record.fund.code,
        "unit_name": details.unit_name,
        "members": [
            {
                "employee_id": each.employee_id,
                "employee_number": each.number,
                "employee_name": each.name,
                "share": each.share.normalize(),
                "amount": each.amount,
            }
            for each in details.members
        ],
        "approvals": [
            {"employee_id": each.employee_id, "employee_name": each.name, "approved_at": each.approved_at}
            for each in record.approvals
        ],
        "next_approver_name": details.next_approver_name,
    }
