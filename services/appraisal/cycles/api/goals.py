"""/v1/appraisal/forms/{id}/goals: goals that both sides agree on (APR-05)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from services.appraisal.cycles.domain import goal as domain
from services.appraisal.cycles.usecases import goals, settlement
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.kit.fields import CodeText, ExactDecimal, Model, Prose
from services.kit.routing import router
from services.kit.web import IfMatch, Read, tag

routes = router("/v1/appraisal/forms", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
FormId = Annotated[UUID, Path(description="The form.")]


class Goal(Model):
    """What is aimed at in one item."""

    key: CodeText = Field(description="Key of the item.", examples=["S01"])
    target: ExactDecimal | None = Field(
        default=None, description="Target in the unit of the indicator.", examples=["2000000"]
    )
    measure: Annotated[str, Field(max_length=2000)] = Field(
        default="", description="What is measured; the indicator's definition if left out.", examples=["含税销售额"]
    )
    data_source: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Where the actual comes from; the indicator's if left out.", examples=["CRM"]
    )
    due_on: date | None = Field(
        default=None,
        description="Day by which it is reached; the form's last day if left out.",
        examples=["2026-03-31"],
    )


class GoalProposal(Model):
    """All goals of the form at once."""

    items: Annotated[list[Goal], Field(max_length=200)] = Field(description="One goal for each measured item.")
    reason: Prose | None = Field(
        default=None, description="Why agreed goals are to change; needed after agreement.", examples=["区域调整"]
    )


class GoalChangeRejection(Model):
    """Why a change of agreed goals is refused."""

    reason: Prose = Field(description="Why; kept with the decision.", examples=["目标不变"])


class GoalSettlement(Model):
    """Goals set for both sides after the deadline."""

    items: Annotated[list[Goal], Field(max_length=200)] | None = Field(
        default=None, description="One goal for each measured item; the last proposal if left out."
    )
    reason: Prose = Field(description="Why; shown with the goals.", examples=["截止日已过，双方未达成一致"])


class GoalRevision(Model):
    """One revision of the goals; old ones stay."""

    number: int = Field(description="Number of the revision, from 1.", examples=[1])
    side: domain.Origin = Field(
        description="Which side proposed it; or settlement, where it was set for both.", examples=["superior"]
    )
    proposed_by: UUID = Field(description="Account of the person who proposed it.", examples=[_ID])
    proposed_by_name: str = Field(description="Their name.", examples=["林晓燕"])
    proposed_at: datetime = Field(description="When it was proposed.", examples=["2026-01-05T01:00:00Z"])
    reason: str | None = Field(description="Why agreed goals were to change, or were settled.", examples=["区域调整"])
    items: list[Goal] = Field(description="The goals of this revision.")

    @classmethod
    def of(cls, revision: domain.GoalRevision) -> "GoalRevision":
        """A revision as the API shows it."""
        shown = {name: getattr(revision, name) for name in cls.model_fields if name != "items"}
        return cls(**shown, items=_goals(revision.goals))


class Goals(Model):
    """The goals of a form: their state, what they lack, every revision."""

    form_id: UUID = Field(description="The form.", examples=[_ID])
    state: domain.GoalState = Field(description="State of the agreement.", examples=["proposed"])
    revision: int = Field(description="Revision of the form, for If-Match at the next step.", examples=[2])
    agreed_revision: int | None = Field(
        description="Number of the revision that counts: agreed by both sides, or settled.", examples=[1]
    )
    settlement: GoalRevision | None = Field(
        description="The settlement that counts, with who made it and why; null for goals that both sides agreed on."
    )
    current: list[Goal] = Field(description="The goals proposed last.")
    agreed: list[Goal] = Field(description="The goals that count.")
    weights: dict[str, ExactDecimal] = Field(
        description="What each item weighs, in percent of the form's total.", examples=[{"S01": "42", "S03": "28"}]
    )
    missing_parts: dict[str, list[str]] = Field(
        description="The SMART check of the current goals: for each item what is still missing.",
        examples=[{"S03": ["target"]}],
    )
    revisions: list[GoalRevision] = Field(description="All revisions, oldest first.")

    @classmethod
    def of(cls, found: domain.FormGoals) -> "Goals":
        """The goals as the API shows them."""
        return cls(
            form_id=found.form_id,
            state=found.state,
            revision=found.revision,
            agreed_revision=found.agreed_revision,
            settlement=GoalRevision.of(found.settlement) if found.settlement else None,
            current=_goals(found.current),
            agreed=_goals(found.agreed),
            weights=found.weights,
            missing_parts=found.missing_parts,
            revisions=[GoalRevision.of(each) for each in found.revisions],
        )


@routes.get("/{form_id}/goals", summary="Read the goals of a form")
async def get_goals(form_id: FormId, caller: AnyCaller, session: Read, response: Response) -> Goals:
    """The goals with all their revisions and the SMART check."""
    return _tagged(response, await goals.read_goals(session, caller=caller, form_id=form_id))


@routes.put("/{form_id}/goals", summary="Propose goals")
async def propose_goals(
    form_id: FormId, body: GoalProposal, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> Goals:
    """Propose goals, counter the other side's, or (with a reason) ask to change what was agreed."""
    proposed = [domain.Goal(**dict(item)) for item in body.items]
    found = await goals.propose(uow, form_id=form_id, revision=revision, goals=proposed, reason=body.reason)
    return _tagged(response, found)


@routes.post("/{form_id}/goals/agree", summary="Agree on goals")
async def agree_goals(form_id: FormId, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response) -> Goals:
    """Accept the other side's proposal that was read; a change after agreement is approved by the manager."""
    return _tagged(response, await goals.agree(uow, form_id=form_id, revision=revision))


@routes.post("/{form_id}/goals/reject_change", summary="Reject a change of agreed goals")
async def reject_goal_change(
    form_id: FormId, body: GoalChangeRejection, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> Goals:
    """Refuse a change of agreed goals, which stay as they are (the manager)."""
    found = await goals.reject_change(uow, form_id=form_id, revision=revision, reason=body.reason)
    return _tagged(response, found)


@routes.post("/{form_id}/goals/settle", summary="Settle goals")
async def settle_goals(
    form_id: FormId, body: GoalSettlement, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> Goals:
    """Set goals that were not agreed by the deadline (the superior), or whose owner or superior has left (HR)."""
    wanted = None if body.items is None else [domain.Goal(**dict(item)) for item in body.items]
    found = await settlement.settle(uow, form_id=form_id, revision=revision, goals=wanted, reason=body.reason)
    return _tagged(response, found)


@routes.post("/{form_id}/goals/acknowledge", summary="Take note of settled goals")
async def acknowledge_goals(form_id: FormId, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response) -> Goals:
    """Say that settled goals were read (the person concerned); it is no agreement and ends their task."""
    return _tagged(response, await settlement.acknowledge(uow, form_id=form_id, revision=revision))


def _tagged(response: Response, found: domain.FormGoals) -> Goals:
    tag(response, found.revision)
    return Goals.of(found)


def _goals(found: tuple[domain.Goal, ...]) -> list[Goal]:
    return [Goal.model_validate(goal) for goal in found]
