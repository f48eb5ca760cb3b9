"""Steps of career ladders as they are sent and answered (ORG-10)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from services.kit.database.codec import Codec
from services.kit.fields import CodeText, ExactDecimal, Label, Model, Percent, PositiveMoney
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.work_standard import Comparator
from services.org.ladders.domain.career_ladder import CareerLadder, Measure, Step
from services.org.structure.domain.position import Track


class BilingualLabel(Model):
    """A short text in both languages."""

    zh: Label = Field(description="Text in Chinese.", examples=["高级经理"])
    en: Label = Field(description="Text in English.", examples=["Senior Manager"])


NAME = Field(description="Name in both languages.", examples=[{"zh": "高级经理", "en": "Senior Manager"}])


class Criterion(Model):
    """A criterion of a step."""

    measure: Measure = Field(description="Measure to which it refers.", examples=["years_managing"])
    comparator: Comparator = Field(
        description="Comparison of the measured value with the required one.", examples=["at_least"]
    )
    value: ExactDecimal = Field(
        description="Required value: years, percent or a count, depending on the measure.", examples=["2"]
    )


class PayEffect(Model):
    """A single rise of fixed pay and bonus base."""

    kind: Literal["pay"] = Field(description="Kind of effect.")
    fixed_pay_percent: Percent = Field(description="Rise of fixed pay in percent.", examples=["15"])
    bonus_base_percent: Percent = Field(description="Rise of the bonus base in percent.", examples=["10"])


class AuthorityEffect(Model):
    """A rise of an authority limit."""

    kind: Literal["authority"] = Field(description="Kind of effect.")
    authority_type: AuthorityType = Field(
        description="Kind of authority: what may be approved.", examples=["single_payment"]
    )
    before: PositiveMoney | None = Field(description="Limit of the step below; null if it has none.", examples=["2000"])
    limit: PositiveMoney | None = Field(description="Limit of this step; null: no upper limit.", examples=["5000"])


class HonourEffect(Model):
    """An effect that concerns neither pay nor authority."""

    kind: Literal["honour"] = Field(description="Kind of effect.")
    text: BilingualLabel = NAME


Effect = Annotated[PayEffect | AuthorityEffect | HonourEffect, Field(discriminator="kind")]


class LadderStep(Model):
    """One step of a career ladder."""

    code: CodeText = Field(description="Code of the step.", examples=["senior_manager"])
    track: Track = Field(description="Track: management or professional.", examples=["management"])
    standing: int = Field(ge=1, le=99, description="Rank of the step; steps of equal rank are equal on both tracks.")
    name: BilingualLabel = NAME
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=30)] = Field(
        default=(), description="Criteria, all of which have to be met."
    )
    effects: Annotated[tuple[Effect, ...], Field(max_length=30)] = Field(
        default=(), description="Effects of reaching the step."
    )


Steps = Annotated[
    tuple[LadderStep, ...],
    Field(min_length=1, max_length=50, description="Steps, from lower to higher in each track."),
]
_LADDER: Codec[CareerLadder] = Codec(CareerLadder)
_STEPS: Codec[tuple[Step, ...]] = Codec(tuple[Step, ...])


def ladder_sent(code: str, name: BilingualLabel, steps: Steps) -> CareerLadder:
    """The ladder that a body describes.

    Raises:
        LadderBroken: its steps do not fit together.
    """
    data = {"code": code, "name": name.model_dump(), "steps": [step.model_dump(mode="json") for step in steps]}
    return _LADDER.load(data)


def steps_shown(steps: Iterable[Step]) -> list[LadderStep]:
    """The steps of a ladder as they are answered."""
    return [LadderStep.model_validate(step) for step in _STEPS.dump(tuple(steps))]
