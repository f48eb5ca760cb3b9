"""/v1/appraisal/cycles: changing a cycle while nothing is lost by it, and copying one (APR-04)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.api.cycles import GOALS_DUE, RATINGS_DUE, Cycle, CycleId, shown
from services.appraisal.cycles.domain.cycle import PhaseDeadlines
from services.appraisal.cycles.usecases.cycle_editing import copy_cycle as copy
from services.appraisal.cycles.usecases.cycle_editing import edit_cycle
from services.appraisal.library.domain.scheme import Frequency
from services.appraisal.permissions import HrUnitOfWork
from services.kit.fields import CodeText, Day, Label, Model, PeriodLabel
from services.kit.web.application import IfMatch
from services.kit.web.routing import answers_with, located, router

routes = router("/v1/appraisal/cycles", tag="cycles")

_UNIT = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class CyclePolicyChange(Model):
    """The parts of the policy to set; those left out are unchanged."""

    transfers: Literal["per_assignment", "last_assignment"] | None = Field(
        default=None,
        description="Forms after a transfer: one for each main assignment, or one for the last.",
        examples=["per_assignment"],
    )
    leavers: Literal["include", "exclude"] | None = Field(
        default=None, description="Whether people who leave within the period are appraised.", examples=["exclude"]
    )
    minimum_days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        default=None,
        description="Minimum number of days in the period; with fewer, a person is excluded.",
        examples=[1],
    )
    public_notice_days: Annotated[int, Field(ge=1, le=60)] | None = Field(
        default=None, description="Working days of the public notice; until publication.", examples=[7]
    )
    quota_minimum: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="Smallest number of people in a unit for its own quota; until calibration ends.",
        examples=[5],
    )
    superior_keeps_raters: bool | None = Field(
        default=None,
        description="Whether the superior, too, keeps and replaces raters who are away; until evaluation begins.",
        examples=[True],
    )


class CycleChange(Model):
    """The fields to set; those left out or null are unchanged. A draft can be changed in every field; later, only
    the name and parts of the policy.
    """

    code: CodeText | None = Field(default=None, description="Code of the cycle; only in a draft.", examples=["2026-Q2"])
    name: Label | None = Field(
        default=None, description="Name of the cycle; until it is closed.", examples=["二季度考核"]
    )
    period: PeriodLabel | None = Field(
        default=None, description="Period that is appraised; only in a draft.", examples=["2026-Q2"]
    )
    frequency: Frequency | None = Field(
        default=None,
        description="Frequency, which determines the schemes that apply; only in a draft.",
        examples=["quarter"],
    )
    unit_id: UUID | None = Field(
        default=None,
        description="Unit to which the cycle is limited, including those below it; only in a draft. Null: the whole "
        "organisation.",
        examples=[_UNIT],
    )
    policy: CyclePolicyChange = Field(default_factory=CyclePolicyChange, description="Parts of the policy to change.")


class CycleCopy(Model):
    """The values that differ in a copy."""

    code: CodeText = Field(description="Code of the new cycle.", examples=["2026-Q2"])
    name: Label = Field(description="Its name.", examples=["2026 年第二季度考核"])
    period: PeriodLabel = Field(
        description="Period of the new cycle, of the same length as that of the copied one.", examples=["2026-Q2"]
    )
    goals_due_on: Day | None = Field(default=None, description=GOALS_DUE, examples=["2026-04-20"])
    ratings_due_on: Day | None = Field(default=None, description=RATINGS_DUE, examples=["2026-07-10"])


@routes.patch("/{cycle_id}", summary="Change a cycle")
async def update_cycle(cycle_id: CycleId, body: CycleChange, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """Changes a cycle: every field of a draft, and in a running cycle the fields on which no finished phase depends.

    Deadlines have their own operation.
    """
    sent = body.model_dump(exclude_unset=True, exclude={"policy"})
    changes = {name: value for name, value in sent.items() if value is not None or name == "unit_id"}
    changes.update(body.policy.model_dump(exclude_none=True))
    return shown(await edit_cycle(uow, cycle_id=cycle_id, revision=revision, changes=changes))


@routes.post("/{cycle_id}/copy", summary="Copy a cycle", status_code=201)
@answers_with(state="draft", unit_name=None, unit_name_en=None, public_notice_from=None, public_notice_to=None)
@located("/v1/appraisal/cycles/{id}")
async def copy_cycle(cycle_id: CycleId, body: CycleCopy, uow: HrUnitOfWork) -> Cycle:
    """Creates a draft for another period with the frequency, unit and policy of an earlier cycle."""
    cycle = await copy(
        uow,
        cycle_id=cycle_id,
        code=body.code,
        name=body.name,
        label=body.period,
        deadlines=PhaseDeadlines(body.goals_due_on, body.ratings_due_on),
    )
    return shown(cycle)
