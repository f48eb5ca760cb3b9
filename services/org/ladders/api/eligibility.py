"""Whether people meet the criteria of the steps to which they might be promoted (ORG-10)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.kit.fields import CodeText, ExactDecimal, Id, Model
from services.kit.web.application import Read
from services.kit.web.routing import router
from services.org.ladders.api.career_ladder_steps import BilingualLabel, Criterion, Effect, steps_shown
from services.org.ladders.domain.career_ladder import MEASURE_NAMES, Eligibility, FactSource, Measure
from services.org.ladders.usecases import career_ladders
from services.org.permissions import Reader
from services.org.schemas import AsOf

routes = router("/v1/org/career_ladders", tag="career_ladders")


class PromotionCandidate(Model):
    """A candidate for promotion, with the values known of them.

    With ``employee_id``, the organisation's own history supplies what is left out of ``years_managing`` (on the
    management track or as head of a unit), ``years_in_step`` (without a break on the present track and grade) and
    ``team_size`` (direct and indirect reports). A criterion without a known value is not met.
    """

    step: CodeText = Field(description="Code of the step.", examples=["senior_manager"])
    employee_id: Id | None = Field(default=None, description="Employee whose history is used.")
    facts: dict[Measure, ExactDecimal] = Field(
        default_factory=dict, description="Known values by measure.", examples=[{"annual_attainment": "121.5"}]
    )


class EligibilityRequest(Model):
    """Up to 500 candidates to check."""

    candidates: Annotated[list[PromotionCandidate], Field(min_length=1, max_length=500)] = Field(
        description="Candidates to check."
    )


class CriterionCheck(Model):
    """A criterion compared with the facts."""

    criterion: Criterion = Field(description="Criterion that was checked.")
    name: BilingualLabel = Field(description="Name of the measure in both languages.")
    found: ExactDecimal | None = Field(description="Value found; null if nothing is known.", examples=["3.5"])
    source: FactSource | None = Field(description="Source of the value.", examples=["organisation"])
    met: bool = Field(description="Whether the criterion is met.", examples=[True])


class EligibilityResult(Model):
    """Whether a candidate meets all criteria, and what the step brings."""

    step: str = Field(description="Code of the step.", examples=["senior_manager"])
    eligible: bool = Field(description="Whether all criteria are met.", examples=[True])
    checks: list[CriterionCheck] = Field(description="Result for each criterion.")
    effects: list[Effect] = Field(description="Effects of reaching the step.")


class EligibilityResults(Model):
    """One result per candidate, in the same order."""

    number: int = Field(description="Number of the ladder's version in force on the day.", examples=[1])
    answers: list[EligibilityResult] = Field(description="Results, one per candidate.")


@routes.post("/{ladder_id}/eligibility_checks", summary="Check eligibility for promotion")
async def check_eligibility(
    ladder_id: Annotated[UUID, Path(description="Id of the career ladder.")],
    body: EligibilityRequest,
    session: Read,
    _caller: Reader,
    day: AsOf,
) -> EligibilityResults:
    """Compares the values known of candidates with the criteria of the steps to which they might be promoted."""
    candidates = [career_ladders.Candidate(each.step, each.facts, each.employee_id) for each in body.candidates]
    number, found = await career_ladders.check(session, ladder_id=ladder_id, day=day, candidates=candidates)
    return EligibilityResults(number=number, answers=[_result(each) for each in found])


def _result(found: Eligibility) -> EligibilityResult:
    [shown] = steps_shown([found.step])
    return EligibilityResult(
        step=found.step.code,
        eligible=found.met,
        checks=[
            CriterionCheck(
                criterion=criterion,
                name=BilingualLabel.model_validate(MEASURE_NAMES[check.criterion.measure]),
                found=check.found,
                source=check.source,
                met=check.met,
            )
            for criterion, check in zip(shown.criteria, found.checks, strict=True)
        ],
        effects=list(shown.effects),
    )
