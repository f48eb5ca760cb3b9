"""/v1/appraisal/cycles: cycles up to evaluation; scoring and decisions take them from there (APR-04)."""

from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.cycles.domain import cycle as domain
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.usecases import cycles
from services.appraisal.library.domain.scheme import Frequency
from services.appraisal.permissions import AnyCaller, HrUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Label, Model, PeriodLabel
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/cycles", tag="cycles")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
GOALS_DUE = (
    "Last day on which both sides can agree on goals; afterwards they are settled. Null if there is no deadline."
)
RATINGS_DUE = "Last day for raters; later ratings still count until scoring. Null if there is no deadline."
CycleId = Annotated[UUID, Path(description="Id of the cycle.")]


class CyclePolicy(Model):
    """The policy chosen when a cycle is created."""

    transfers: Literal["per_assignment", "last_assignment"] = Field(
        default="per_assignment",
        description="Forms after a transfer: one for each main assignment, weighted by days, or one for the last "
        "assignment.",
        examples=["per_assignment"],
    )
    leavers: Literal["include", "exclude"] = Field(
        default="exclude", description="Whether people who leave within the period are appraised.", examples=["exclude"]
    )
    minimum_days: Annotated[int, Field(ge=1, le=366)] = Field(
        default=1, description="Minimum number of days in the period; with fewer, a person is excluded.", examples=[1]
    )
    public_notice_days: Annotated[int, Field(ge=1, le=60)] = Field(
        default=5, description="Working days of the public notice; never below 5.", examples=[5]
    )
    quota_minimum: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=5,
        description="Smallest number of people in a unit for its own quota of grades; smaller units are merged with "
        "others.",
        examples=[5],
    )
    superior_keeps_raters: bool = Field(
        default=False,
        description="Whether the superior, besides HR, keeps and replaces raters who are away or have left.",
        examples=[False],
    )


class NewCycle(Model):
    """A draft cycle for one year, half-year, quarter or month."""

    code: CodeText = Field(description="Code of the cycle.", examples=["2026-Q1"])
    name: Label = Field(description="Name of the cycle.", examples=["2026 年第一季度考核"])
    period: PeriodLabel = Field(
        description="Period that is appraised: a year, half-year, quarter or month.", examples=["2026-Q1"]
    )
    frequency: Frequency = Field(
        default=Frequency.QUARTER,
        description="Frequency, which determines the schemes that apply; the period has this length.",
        examples=["quarter"],
    )
    unit_id: UUID | None = Field(
        default=None,
        description="Unit to which the cycle is limited, including those below it; null: the whole organisation.",
        examples=[_ID],
    )
    policy: CyclePolicy = Field(
        default_factory=CyclePolicy, description="Policy; most of it is fixed once the cycle is opened."
    )
    goals_due_on: Day | None = Field(default=None, description=GOALS_DUE, examples=["2026-01-20"])
    ratings_due_on: Day | None = Field(default=None, description=RATINGS_DUE, examples=["2026-04-10"])


class CycleDeadlines(Model):
    """The last days for goal setting and for evaluation; both are required."""

    goals_due_on: Day | None = Field(description=GOALS_DUE, examples=["2026-01-20"])
    ratings_due_on: Day | None = Field(description=RATINGS_DUE, examples=["2026-04-10"])


class Cycle(Model):
    """A cycle in its present state."""

    id: UUID = Field(description="Id of the cycle.", examples=[_ID])
    code: str = Field(description="Code of the cycle.", examples=["2026-Q1"])
    name: str = Field(description="Name of the cycle.", examples=["2026 年第一季度考核"])
    frequency: Frequency = Field(
        description="Frequency, which determines the schemes that apply.", examples=["quarter"]
    )
    valid_from: date = Field(description="First day of the appraised period, included.", examples=["2026-01-01"])
    valid_to: date = Field(description="Last day of the appraised period, included.", examples=["2026-03-31"])
    unit_id: UUID | None = Field(
        description="Unit to which the cycle is limited, including those below it; null: the whole organisation.",
        examples=[_ID],
    )
    unit_name: str | None = Field(description="Name of that unit, once the cycle is open.", examples=["销售中心"])
    unit_name_en: str | None = Field(
        description="Name of that unit in English, once the cycle is open; that in Chinese where no other is entered.",
        examples=["Sales Centre"],
    )
    policy: CyclePolicy = Field(description="Policy chosen when the cycle was created.")
    state: CycleState = Field(description="State of the cycle.", examples=["goal_setting"])
    revision: int = Field(description="Revision of the cycle, for `If-Match` at the next transition.", examples=[3])
    goals_due_on: date | None = Field(description=GOALS_DUE, examples=["2026-01-20"])
    ratings_due_on: date | None = Field(description=RATINGS_DUE, examples=["2026-04-10"])
    public_notice_from: date | None = Field(description="First day of the public notice.", examples=["2026-04-14"])
    public_notice_to: date | None = Field(description="Last day of the public notice.", examples=["2026-04-20"])
    failure: str | None = Field(description="Reason why the last job of the cycle failed, if it did.", examples=[None])
    created_at: datetime = Field(description="Time of creation.", examples=["2026-01-05T01:00:00Z"])
    cancelled_at: datetime | None = Field(
        description="Time at which the cycle was cancelled; null unless it was.", examples=[None]
    )
    cancelled_by_name: str | None = Field(description="Name of the person who cancelled the cycle.", examples=[None])
    cancellation_reason: str | None = Field(description="Reason for cancelling the cycle.", examples=[None])

    @classmethod
    def of(cls, cycle: domain.Cycle) -> "Cycle":
        """A cycle as the API shows it."""
        notice = cycle.public_notice
        return cls(
            id=cycle.id,
            code=cycle.code,
            name=cycle.name,
            frequency=cycle.frequency,
            valid_from=cycle.period.start,
            valid_to=cycle.period.last or cycle.period.start,
            unit_id=cycle.unit_id,
            unit_name=cycle.unit_name,
            unit_name_en=cycle.unit_name_en,
            policy=_policy(cycle.policy),
            state=cycle.state,
            revision=cycle.revision,
            goals_due_on=cycle.deadlines.goals_due_on,
            ratings_due_on=cycle.deadlines.ratings_due_on,
            public_notice_from=notice.start if notice else None,
            public_notice_to=notice.last if notice else None,
            failure=cycle.failure,
            created_at=cycle.created_at,
            cancelled_at=cycle.cancelled_at,
            cancelled_by_name=cycle.cancelled_by_name,
            cancellation_reason=cycle.cancellation_reason,
        )


@lru_cache(maxsize=64)
def _policy(policy: domain.CyclePolicy) -> CyclePolicy:
    """A policy as the API shows it: the cycles of a company have few different ones."""
    return CyclePolicy.model_validate(policy)


def shown(cycle: domain.Cycle) -> Cycle:
    """A cycle as the API answers it, with its entity tag."""
    return Cycle.of(cycle)


@routes.post("", summary="Create a draft cycle", status_code=201)
@answers_with(state="draft", unit_name=None, unit_name_en=None, public_notice_from=None, public_notice_to=None)
async def create_cycle(body: NewCycle, uow: HrUnitOfWork) -> Cycle:
    """Creates a draft cycle. Opening it is a separate transition."""
    cycle = await cycles.create(
        uow,
        code=body.code,
        name=body.name,
        label=body.period,
        frequency=body.frequency,
        unit_id=body.unit_id,
        policy=domain.CyclePolicy(**body.policy.model_dump()),
        deadlines=domain.PhaseDeadlines(body.goals_due_on, body.ratings_due_on),
    )
    return shown(cycle)


@routes.get("", summary="List cycles")
async def list_cycles(
    _: AnyCaller,
    session: Read,
    paging: PageAsked,
    state: Annotated[CycleState | None, Query(description="Only cycles in this state.")] = None,
    frequency: Annotated[Frequency | None, Query(description="Only cycles of this frequency.")] = None,
    code: Annotated[str | None, Query(max_length=64, description="Only the cycle with this code.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only cycles of this unit.")] = None,
    as_of: Annotated[Day | None, Query(description="Only cycles that cover this day.")] = None,
) -> Page[Cycle]:
    """Cycles in the order in which they were created."""
    wanted = domain.CycleFilter(state, frequency, code, unit_id, as_of)
    found = await cycles.list_cycles(session, wanted=wanted, paging=paging)
    return Page[Cycle](**found.written(Cycle.of))


@routes.get("/{cycle_id}", summary="Read a cycle")
async def get_cycle(cycle_id: CycleId, _: AnyCaller, session: Read) -> Cycle:
    """The cycle, with the revision required for its next transition."""
    return shown(await cycles.get(session, cycle_id))


@routes.post("/{cycle_id}/open", summary="Open a cycle", status_code=202)
@answers_with(state="opening")
async def open_cycle(cycle_id: CycleId, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """draft → opening. A job takes a snapshot of the organisation and creates forms and raters; the state is then
    goal_setting.
    """
    return shown(await cycles.open_cycle(uow, cycle_id=cycle_id, revision=revision))
