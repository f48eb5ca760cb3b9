"""/v1/appraisal: which goals serve which, and how far they are (APR-05)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fastapi import Response
from pydantic import Field

from services.appraisal.alignment.domain.cascade import GoalKey, GoalProgress
from services.appraisal.alignment.usecases import cascade
from services.appraisal.alignment.usecases.cascade import PlacedGoal
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.appraisal.schemas import (
    CycleCode,
    CycleId,
    CyclePath,
    FormId,
    FormPath,
    SubjectCode,
    SubjectName,
    SubjectNameEn,
)
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, ExactDecimal, Id, Model
from services.kit.money import round_half_up
from services.kit.web.application import IfMatch, PageAsked, Read, tag
from services.kit.web.routing import router

routes = router("/v1/appraisal", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class NamedGoal(Model):
    """A goal of some form, with names."""

    form_id: FormId
    cycle_id: CycleId
    cycle_code: CycleCode
    subject_kind: SubjectKind = Field(description="Whether a person, a unit or a supplier.", examples=["unit"])
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    item: str = Field(description="Key of the item.", examples=["S01"])
    item_name: str = Field(description="Name of the item in Chinese.", examples=["销售额"])
    item_name_en: str = Field(description="Name of the item in English.", examples=["Sales"])
    target: ExactDecimal | None = Field(description="Target in the unit of the indicator.", examples=["2000000"])
    due_on: date | None = Field(description="Day by which it is reached.", examples=["2026-03-31"])


class GoalProgressShown(Model):
    """How far a goal is."""

    actual: ExactDecimal | None = Field(
        description="Its own actual so far, or else the sum of what serves it; null if nothing is measured.",
        examples=["1250000"],
    )
    progress_percent: ExactDecimal | None = Field(
        description="Achieved ratio in percent, or else the mean of the goals that serve it; null if not known.",
        examples=["62.50"],
    )
    broken_down: ExactDecimal | None = Field(
        description="Sum of the targets that serve it, where the indicator sums; compare it with the target.",
        examples=["1900000"],
    )
    aligned_count: int = Field(description="How many goals serve it directly.", examples=[4])


class ServingGoal(NamedGoal, GoalProgressShown):
    """A goal that serves another."""


class AlignedGoal(NamedGoal, GoalProgressShown):
    """A goal of the form with its place in the cascade."""

    parent: NamedGoal | None = Field(description="The goal that it serves; null: none.")
    children: list[ServingGoal] = Field(description="Goals that serve it, in forms that the caller may see.")


class GoalAlignment(Model):
    """The agreed goals of a form with what they serve and what serves them."""

    form_id: FormId
    goals: list[AlignedGoal] = Field(description="The goals.")


class GoalReference(Model):
    """A goal of some form."""

    form_id: Id = Field(description="The form.", examples=[_ID])
    item: CodeText = Field(description="Key of the item.", examples=["S01"])


class AlignmentRequest(Model):
    """What a goal is to serve."""

    item: CodeText = Field(description="Key of the item of this form.", examples=["S01"])
    parent: GoalReference | None = Field(
        default=None, description="The goal that it serves; null takes it away.", examples=[None]
    )


class AlignableGoals(Model):
    """Goals that those of a form could serve."""

    goals: list[NamedGoal] = Field(description="The goals, by cycle and subject.")


class UnalignedGoal(Model):
    """A goal that serves none."""

    form_id: FormId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    item: str = Field(description="Key of the item.", examples=["S01"])
    item_name: str = Field(description="Name of the item in Chinese.", examples=["销售额"])
    item_name_en: str = Field(description="Name of the item in English.", examples=["Sales"])


@routes.get("/forms/{form_id}/goals/alignment", summary="Read how goals cascade")
async def get_goal_alignment(form_id: FormPath, caller: AnyCaller, session: Read, response: Response) -> GoalAlignment:
    """What the goals of a form serve, what serves them, and their progress rolled up from below."""
    return _shown(response, await cascade.get_alignment(session, caller=caller, form_id=form_id))


@routes.post("/forms/{form_id}/goals/align", summary="Align a goal")
async def align_goal(
    form_id: FormPath, body: AlignmentRequest, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> GoalAlignment:
    """Let a goal serve an agreed one of the same subject over longer, or of a unit above; or none (either side)."""
    parent = None if body.parent is None else GoalKey(body.parent.form_id, body.parent.item)
    found = await cascade.align_goal(uow, form_id=form_id, revision=revision, item=body.item, parent=parent)
    return _shown(response, found)


@routes.get("/forms/{form_id}/alignable_goals", summary="Read what goals could serve")
async def get_alignable_goals(form_id: FormPath, caller: AnyCaller, session: Read) -> AlignableGoals:
    """The agreed goals of longer cycles and of the units above that goals of this form could serve."""
    found = await cascade.list_alignable(session, caller=caller, form_id=form_id)
    return AlignableGoals(goals=[NamedGoal(**_named(each)) for each in found])


@routes.get(
    "/cycles/{cycle_id}/unaligned_goals",
    summary="List goals that serve none",
)
async def list_unaligned_goals(
    cycle_id: CyclePath, caller: AnyCaller, session: Read, paging: PageAsked
) -> Page[UnalignedGoal]:
    """The agreed goals that are aligned to nothing, in forms that the caller may see, by the subject's code."""
    found = await cascade.list_unaligned(session, caller=caller, cycle_id=cycle_id, paging=paging)
    return Page[UnalignedGoal].model_validate(found.written(_unaligned))


def _unaligned(found: tuple[cascade.UnalignedGoal, Text]) -> UnalignedGoal:
    goal, name = found
    return UnalignedGoal(
        form_id=goal.form.id,
        subject_code=goal.form.subject_code,
        subject_name=goal.form.subject_name,
        subject_name_en=goal.form.subject_name_en,
        item=goal.item,
        item_name=name.zh,
        item_name_en=name.en,
    )


def _shown(response: Response, found: cascade.FormAlignment) -> GoalAlignment:
    tag(response, found.revision)
    goals = [
        AlignedGoal(
            **_named(each.placed),
            **_progress(each.progress),
            parent=NamedGoal(**_named(each.parent)) if each.parent else None,
            children=[ServingGoal(**_named(child), **_progress(progress)) for child, progress in each.children],
        )
        for each in found.goals
    ]
    return GoalAlignment(form_id=found.form_id, goals=goals)


def _named(placed: PlacedGoal) -> dict[str, Any]:
    form, cycle, name = placed.form, placed.cycle, placed.item.name
    subject = {f"subject_{part}": getattr(form, f"subject_{part}") for part in ("kind", "code", "name", "name_en")}
    own = {"item": placed.goal.key, "item_name": name.zh, "item_name_en": name.en}
    aims = {"target": placed.goal.target, "due_on": placed.goal.due_on}
    return {"form_id": form.id, "cycle_id": cycle.id, "cycle_code": cycle.code, **subject, **own, **aims}


def _progress(progress: GoalProgress) -> dict[str, Any]:
    return {
        "actual": _number(progress.actual),
        "progress_percent": _number(progress.percent),
        "broken_down": progress.broken_down,
        "aligned_count": progress.aligned,
    }


def _number(value: Fraction | None) -> Decimal | None:
    return None if value is None else round_half_up(value, 2)
