"""/v1/incentive/awards: nominations, their approval by org's authorities, and what became of them (INC-04)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.awards.domain.award import AwardState, Evidence
from services.incentive.awards.usecases import approvals, nominations, questions
from services.incentive.awards.usecases import awards as usecases
from services.incentive.clients.approval import Colleague
from services.incentive.permissions import CompanyCompensationUnitOfWork
from services.incentive.plans.usecases.plan_names import named
from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Id, Label, Link, Model, Money, Percent, PositiveMoney, Prose, Weight
from services.kit.web.application import IfMatch, PageAsked, Read, app_context
from services.kit.web.routing import asks_first, router
from services.kit.work.history import decision_shown

routes = router("/v1/incentive/awards", tag="awards")

AwardId = Annotated[Id, Path(description="Id of the award.")]


class AwardEvidence(Model):
    """A document or figure in support of a nomination."""

    title: Label = Field(description="What it is.", examples=["首批合同清单"])
    link: Link = Field(description="Link to the document.", examples=["https://docs.example.com/contracts/2026-17"])


class AwardShare(Model):
    """A nominee with their share."""

    employee_number: CodeText = Field(description="Number of the employee.", examples=["E002"])
    share: Weight = Field(description="Share in percent; the shares sum to 100.", examples=["60"])


class AwardRequest(Model):
    """A nomination, either by a rule of a plan, which sets the amount, or freely, with the amount requested."""

    code: CodeText = Field(description="Code of the award, unique for ever.", examples=["SA-2026-001"])
    title: Label = Field(description="Title of the award, in a few words.", examples=["开拓西南市场"])
    reason: Prose = Field(description="Reason why the award is deserved.", examples=["三个月内签下首批 12 家客户。"])
    evidence: list[AwardEvidence] = Field(min_length=1, max_length=20, description="Evidence for the nomination.")
    fund_id: Id = Field(description="Fund that pays the award.", examples=["01980000-0000-7000-8000-0000000000f5"])
    unit_id: Id = Field(
        description="Unit of the project or team; its reporting line approves.",
        examples=["01980000-0000-7000-8000-0000000000a0"],
    )
    achieved_on: Day = Field(
        description="Day on which it was achieved, in the year of the fund.", examples=["2026-04-01"]
    )
    members: list[AwardShare] = Field(min_length=1, max_length=200, description="Participants with their shares.")
    plan_code: CodeText | None = Field(default=None, description="Plan whose rule applies.", examples=["SA"])
    rule: CodeText | None = Field(default=None, description="Code of the award rule.", examples=["NEW-MARKET"])
    amount: PositiveMoney | None = Field(
        default=None, description="Amount in yuan before tax; only without a rule.", examples=[None]
    )
    proposal_id: Id | None = Field(
        default=None, description="Adopted innovation, where the rule requires one.", examples=[None]
    )


class AwardReason(Model):
    """The reason for refusing or revoking an award."""

    reason: Prose = Field(description="Reason, shown to the people concerned.", examples=["合同尚未生效"])


class AwardMember(Model):
    """A nominee with their share and amount."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    share: Percent = Field(description="Share in percent.", examples=["60"])
    amount: Money = Field(
        description="Amount before tax; the members' amounts sum to the award.", examples=["30000.00"]
    )


class Delegator(Model):
    """The person on whose authority, delegated in org, an approval was given."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000003"])
    employee_number: str = Field(description="Number of the employee.", examples=["E010"])
    employee_name: str = Field(description="Name of the employee.", examples=["秦国栋"])


class AwardApproval(Model):
    """An approval, with approver and time."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000002"])
    employee_name: str = Field(description="Name of the employee.", examples=["韩卓然"])
    acting_for: Delegator | None = Field(
        description="Delegator for whom they approved; null if on their own authority.", examples=[None]
    )
    approved_at: datetime = Field(description="Time of the approval.", examples=["2026-04-20T09:00:00+08:00"])


class Award(InCurrency):
    """An award, from its nomination on. Nominees see no share but their own among the members."""

    id: Id = Field(description="Id of the award.", examples=["01980000-0000-7000-8000-0000000000f8"])
    code: str = Field(description="Code of the award; the occasion of its claims.", examples=["SA-2026-001"])
    title: str = Field(description="What it is for.", examples=["开拓西南市场"])
    reason: str = Field(description="Reason why the award is deserved.", examples=["三个月内签下首批 12 家客户。"])
    evidence: list[AwardEvidence] = Field(description="Evidence for the nomination.")
    fund_id: Id = Field(description="Fund that pays the award.", examples=["01980000-0000-7000-8000-0000000000f5"])
    fund_code: str = Field(description="Code of the fund.", examples=["AF-2026"])
    fund_name: str = Field(description="Name of the fund in Chinese.", examples=["2026 年专项奖励基金"])
    fund_name_en: str = Field(description="Name of the fund in English.", examples=["Award fund 2026"])
    plan_version_id: Id | None = Field(description="Version of the plan whose rule applies.", examples=[None])
    plan_code: str | None = Field(description="Code of that plan.", examples=[None])
    plan_version: int | None = Field(description="Number of that version.", examples=[None])
    plan_name: str | None = Field(description="Name of that plan in Chinese.", examples=[None])
    plan_name_en: str | None = Field(description="Name of that plan in English.", examples=[None])
    rule: str | None = Field(description="Code of the award rule; null for a free nomination.", examples=["NEW-MARKET"])
    proposal_id: Id | None = Field(description="Adopted innovation that the award is for.", examples=[None])
    proposal_title: str | None = Field(description="Title of that innovation.", examples=[None])
    unit_id: Id = Field(description="Unit of the project or team.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str | None = Field(description="Its name in Chinese.", examples=["品牌部"])
    unit_name_en: str | None = Field(description="Its name in English.", examples=["Brand"])
    achieved_on: date = Field(description="Day on which it was achieved.", examples=["2026-04-01"])
    amount: Money = Field(description="Amount to be shared, before tax.", examples=["50000.00"])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    members: list[AwardMember] = Field(description="Nominees with their shares and amounts.")
    state: AwardState = Field(description="Its state.", examples=["nominated"])
    revision: int = Field(
        description="Revision of the award, for `If-Match`: an approval applies only to what was seen.", examples=[1]
    )
    approvers_needed: int = Field(description="Number of different people who have to approve.", examples=[1])
    approvals: list[AwardApproval] = Field(description="Approvals so far, in order.")
    next_approver_id: Id | None = Field(
        description="Account of the next approver, by the authorities set in org.", examples=[None]
    )
    next_approver_name: str | None = Field(description="Name of that person.", examples=[None])
    decided_at: datetime | None = Field(
        description="Time of the last approval, the refusal or the revocation; null until then.", examples=[None]
    )
    decided_by_name: str | None = Field(
        description="Name of the person who decided, or who withdrew their nomination.", examples=[None]
    )
    decision: str | None = Field(description="Reason for the refusal or revocation.", examples=[None])
    nominated_at: datetime = Field(description="Time of the nomination.", examples=["2026-04-18T09:00:00+08:00"])
    nominated_by_name: str = Field(description="Name of the nominator.", examples=["林知远"])


async def _asked(request: Request, award_id: AwardId, caller: AnyCaller) -> questions.Asked | None:
    """What org says of the caller's authority, asked before the route's transaction opens."""
    async with app_context(request).sessions.read() as session:
        question = await questions.approval_question(session, caller=caller, award_id=award_id)
    return None if question is None else questions.Asked(question, await request.app.state.org.check_approval(question))


async def _may_approve(request: Request, award_id: AwardId, caller: AnyCaller) -> bool:
    """Whether org lets the caller approve an award in which they have no part otherwise."""
    async with app_context(request).sessions.read() as session:
        question = await questions.reading_question(session, caller=caller, award_id=award_id)
    return question is not None and await request.app.state.org.may_approve(question)


AskedOfOrg = Annotated[questions.Asked | None, Depends(_asked)]
MayApprove = Annotated[bool, Depends(_may_approve)]


@routes.post("", status_code=201, response_model=Award, summary="Nominate for a special award")
async def nominate_award(uow: AnyCallerUnitOfWork, body: AwardRequest) -> dict[str, Any]:
    """Every employee can nominate. The approvers follow from the authorities set in org over the unit."""
    evidence = [Evidence(each.title, each.link) for each in body.evidence]
    members = [nominations.Share(each.employee_number, Decimal(each.share)) for each in body.members]
    given = {name: getattr(body, name) for name in AwardRequest.model_fields if name not in {"evidence", "members"}}
    award_id = await nominations.nominate(uow, nominations.Nomination(**given, evidence=evidence, members=members))
    return _award(await usecases.decided_award(uow.session, award_id))


@routes.get("", response_model=Page[Award], summary="List special awards")
async def list_awards(
    session: Read,
    caller: AnyCaller,
    paging: PageAsked,
    state: Annotated[AwardState | None, Query(description="Only awards in this state.")] = None,
    fund_id: Annotated[Id | None, Query(description="Only awards of this fund.")] = None,
) -> dict[str, Any]:
    """Compensation and finance over the whole organisation see all awards; others see those in
    which they take part.
    """
    rows = await usecases.list_awards(session, caller=caller, state=state, fund_id=fund_id, paging=paging)
    return rows.written(_award)


@routes.get("/{award_id}", response_model=Award, summary="Read a special award")
async def get_award(may_approve: MayApprove, session: Read, caller: AnyCaller, award_id: AwardId) -> dict[str, Any]:
    """For the nominator, the nominees, those who may approve it, whoever decided and those who pay it; everyone else
    gets 404. Of people without a part in it, org is asked whether they may approve it.
    """
    return _award(await usecases.read_award(session, caller=caller, award_id=award_id, may_approve=may_approve))


@routes.post("/{award_id}/approve", response_model=Award, summary="Approve a special award")
@asks_first
async def approve_award(
    asked: AskedOfOrg, uow: AnyCallerUnitOfWork, award_id: AwardId, revision: IfMatch
) -> dict[str, Any]:
    """The approvers follow from the authorities set in org; nominees cannot approve. The last approval required pays
    the award from the fund at once.
    """
    details = await approvals.approve_award(uow, award_id=award_id, revision=revision, asked=asked)
    return _award(details)


@routes.post("/{award_id}/refuse", response_model=Award, summary="Refuse a special award")
@asks_first
async def refuse_award(
    asked: AskedOfOrg,
    uow: AnyCallerUnitOfWork,
    award_id: AwardId,
    body: AwardReason,
    revision: IfMatch,
) -> dict[str, Any]:
    """Anyone who could approve the award can refuse it, as can executives if it exceeds everyone's authority.
    Nominators withdraw their nomination in the same way.
    """
    details = await approvals.refuse_award(uow, award_id=award_id, revision=revision, reason=body.reason, asked=asked)
    return _award(details)


@routes.post("/{award_id}/revoke", response_model=Award, summary="Revoke a special award")
async def revoke_award(
    uow: CompanyCompensationUnitOfWork, award_id: AwardId, body: AwardReason, revision: IfMatch
) -> dict[str, Any]:
    """Compensation revokes an approved award. The money returns to the fund; the next run takes
    back what was posted.
    """
    details = await approvals.revoke_award(uow, award_id=award_id, revision=revision, reason=body.reason)
    return _award(details)


_OWN = (
    "id", "code", "title", "reason", "evidence", "fund_id", "plan_version_id", "rule", "proposal_id", "unit_id",
    "achieved_on", "amount", "currency", "state", "revision", "approvers_needed", "next_approver_id", "decision",
    "nominated_at", "nominated_by_name",
)  # fmt: skip


def _award(details: usecases.AwardDetails) -> dict[str, Any]:
    record = details.record
    return {
        **decision_shown(record.decision),
        **{name: getattr(record.row, name) for name in _OWN},
        **named(details.plan),
        "fund_code": record.fund.code,
        "fund_name": record.fund.name,
        "fund_name_en": record.fund.name_en,
        "proposal_title": details.proposal_title,
        "unit_name": details.unit and details.unit.zh,
        "unit_name_en": details.unit and details.unit.en,
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
            {
                "employee_id": each.employee_id,
                "employee_name": each.name,
                "acting_for": _delegator(each.acting_for),
                "approved_at": each.approved_at,
            }
            for each in record.approvals
        ],
        "next_approver_name": details.next_approver_name,
    }


def _delegator(person: Colleague | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {"employee_id": person.id, "employee_number": person.number, "employee_name": person.name}
