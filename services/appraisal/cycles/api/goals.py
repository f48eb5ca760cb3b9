"""/v1/appraisal/forms/{id}/goals: goals that both sides agree on (APR-05)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.appraisal.cycles.domain import goal as domain
from services.appraisal.cycles.usecases import goals, settlement
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.kit.fields import CodeText, Day, ExactDecimal, Model, Prose
from services.kit.web.application import IfMatch, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/forms", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
FormId = Annotated[UUID, Path(description="Id of the form.")]


class Goal(Model):
    """The goal for one item."""

    key: CodeText = Field(description="Key of the item.", examples=["S01"])
    target: ExactDecimal | None = Field(
        default=None, description="Target in the unit of the indicator.", examples=["2000000"]
    )
    measure: Annotated[str, Field(max_length=2000)] = Field(
        default="",
        description="Description of the measure; the indicator's definition by default.",
        examples=["含税销售额"],
    )
    data_source: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Source of the actual; the indicator's by default.", examples=["CRM"]
    )
    due_on: Day | None = Field(
        default=None,
        description="Day by which it is to be reached; the form's last day by default.",
        examples=["2026-03-31"],
    )


class GoalProposal(Model):
    """A proposal of all goals of a form at once."""

    items: Annotated[list[Goal], Field(max_length=200)] = Field(description="One goal for each measured item.")
    reason: Prose | None = Field(
        default=None, description="Reason for changing agreed goals; required after agreement.", examples=["区域调整"]
    )


class GoalChangeRejection(Model):
    """The refusal of a change of agreed goals."""

    reason: Prose = Field(description="Reason, kept with the decision.", examples=["目标不变"])


class GoalSettlement(Model):
    """Goals set for both sides after the deadline."""

    items: Annotated[list[Goal], Field(max_length=200)] | None = Field(
        default=None, description="One goal for each measured item; the last proposal by default."
    )
    reason: Prose = Field(description="Reason, shown with the goals.", examples=["截止日已过，双方未达成一致"])


class GoalRevision(Model):
    """A revision of the goals; earlier ones are kept."""

    number: int = Field(description="Number of the revision, from 1.", examples=[1])
    side: domain.Origin = Field(
        description="Side that proposed it; settlement if it was set for both.", examples=["superior"]
    )
    proposed_by: UUID = Field(description="Account of the person who proposed it.", examples=[_ID])
    proposed_by_name: str = Field(description="Name of that person.", examples=["林晓燕"])
    proposed_at: datetime = Field(description="Time of the proposal.", examples=["2026-01-05T01:00:00Z"])
    reason: str | None = Field(
        description="Reason for changing agreed goals, or for settling them.", examples=["区域调整"]
    )
    items: list[Goal] = Field(description="Goals of this revision.")

    @classmethod
    def of(cls, revision: domain.GoalRevision) -> "GoalRevision":
        """A revision as the API shows it."""
        shown = {name: getattr(revision, name) for name in cls.model_fields if name != "items"}
        return cls(**shown, items=_goals(revision.goals))


class GoalChangeRejected(Model):
    """The manager's refusal of a change of agreed goals, with its author and reason."""

    rejected_at: datetime = Field(description="Time of the refusal.", examples=["2026-02-05T01:00:00Z"])
    rejected_by_name: str = Field(description="Name of the person who refused it.", examples=["林晓燕"])
    reason: str | None = Field(description="Reason for the refusal.", examples=["目标不变"])


class Goals(Model):
    """The goals of a form: their state, missing parts and all revisions."""

    form_id: UUID = Field(description="Id of the form.", examples=[_ID])
    state: domain.GoalState = Field(description="State of the agreement.", examples=["proposed"])
    revision: int = Field(description="Revision of the form, for `If-Match` at the next step.", examples=[2])
    agreed_revision: int | None = Field(
        description="Number of the revision in force, agreed by both sides or settled.", examples=[1]
    )
    settlement: GoalRevision | None = Field(
        description="Settlement in force, with its author and reason; null if both sides agreed."
    )
    rejection: GoalChangeRejected | None = Field(
        description="Refusal of the change that was proposed last; null if it was not refused.", examples=[None]
    )
    current: list[Goal] = Field(description="Goals proposed last.")
    agreed: list[Goal] = Field(description="Goals in force.")
    weights: dict[str, ExactDecimal] = Field(
        description="What each item weighs, in percent of the form's total.", examples=[{"S01": "42", "S03": "28"}]
    )
    missing_parts: dict[str, list[str]] = Field(
        description="Result of the SMART check of the current goals: missing parts for each item.",
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
            rejection=GoalChangeRejected(**vars(found.rejection)) if found.rejection else None,
            current=_goals(found.current),
            agreed=_goals(found.agreed),
            weights=found.weights,
            missing_parts=found.missing_parts,
            revisions=[GoalRevision.of(each) for each in found.revisions],
        )


@routes.get("/{form_id}/goals", summary="Read the goals of a form")
async def get_goals(form_id: FormId, caller: AnyCaller, session: Read) -> Goals:
    """The goals with all their revisions and the SMART check."""
    return Goals.of(await goals.read_goals(session, caller=caller, form_id=form_id))


@routes.put("/{form_id}/goals", summary="Propose goals")
@answers_with(state="proposed")
async def propose_goals(form_id: FormId, body: GoalProposal, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Goals:
    """Proposes goals, makes a counter-proposal, or, with a reason, asks to change agreed goals."""
    proposed = [domain.Goal(**dict(item)) for item in body.items]
    found = await goals.propose(uow, form_id=form_id, revision=revision, goals=proposed, reason=body.reason)
    return Goals.of(found)


@routes.post("/{form_id}/goals/agree", summary="Agree on goals")
@answers_with(state="agreed")
async def agree_goals(form_id: FormId, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Goals:
    """Accepts the other side's proposal, in the revision that was read; a change after agreement is approved by the
    manager.
    """
    return Goals.of(await goals.agree(uow, form_id=form_id, revision=revision))


@routes.post("/{form_id}/goals/reject_change", summary="Reject a change of agreed goals")
@answers_with(state="agreed")
async def reject_goal_change(
    form_id: FormId, body: GoalChangeRejection, uow: AnyCallerUnitOfWork, revision: IfMatch
) -> Goals:
    """The manager refuses a change of agreed goals, which stay in force."""
    found = await goals.reject_change(uow, form_id=form_id, revision=revision, reason=body.reason)
    return Goals.of(found)


@routes.post("/{form_id}/goals/settle", summary="Settle goals")
@answers_with(state="agreed")
async def settle_goals(form_id: FormId, body: GoalSettlement, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Goals:
    """Sets goals that were not agreed by the deadline (the superior), or whose owner or superior has left (HR)."""
    wanted = None if body.items is None else [domain.Goal(**dict(item)) for item in body.items]
    found = await settlement.settle(uow, form_id=form_id, revision=revision, goals=wanted, reason=body.reason)
    return Goals.of(found)


@routes.post("/{form_id}/goals/acknowledge", summary="Acknowledge settled goals")
@answers_with(state="agreed")
async def acknowledge_goals(form_id: FormId, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Goals:
    """Confirms that the person concerned has read settled goals; this is not an agreement and ends their task."""
    return Goals.of(await settlement.acknowledge(uow, form_id=form_id, revision=revision))


def _goals(found: tuple[domain.Goal, ...]) -> list[Goal]:
    return [Goal.model_validate(goal) for goal in found]
