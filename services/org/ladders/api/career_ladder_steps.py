"""Steps of career ladders as they are sent and answered (ORG-10)."""

from typing import Annotated, Literal

from pydantic import Field

from services.kit.codec import Codec
from services.kit.fields import CodeText, ExactDecimal, Label, Model, Percent, PositiveMoney
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.work_standard import Comparator
from services.org.ladders.domain.career_ladder import CareerLadder, Measure, Step
from services.org.structure.domain.position import Track


class Named(Model):
    """A text in both languages."""

    zh: Label
    en: Label


class Criterion(Model):
    """One condition: years, percent or a number of things, by the measure."""

    measure: Measure
    comparator: Comparator
    value: ExactDecimal


class PayEffect(Model):
    """Fixed pay and bonus base rise by so many percent, once."""

    kind: Literal["pay"]
    fixed_pay_percent: Percent
    bonus_base_percent: Percent


class AuthorityEffect(Model):
    """The limit becomes ``limit`` (null: without bound), from ``before`` (null: the step below has none)."""

    kind: Literal["authority"]
    authority_type: AuthorityType
    before: PositiveMoney | None
    limit: PositiveMoney | None


class HonourEffect(Model):
    """Something that is neither pay nor authority."""

    kind: Literal["honour"]
    text: Named


Effect = Annotated[PayEffect | AuthorityEffect | HonourEffect, Field(discriminator="kind")]


class LadderStep(Model):
    """One rung. Equal ``standing`` counts the same on both tracks; all criteria have to be met."""

    code: CodeText
    track: Track
    standing: Annotated[int, Field(ge=1, le=99)]
    name: Named
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=30)] = ()
    effects: Annotated[tuple[Effect, ...], Field(max_length=30)] = ()


_LADDER: Codec[CareerLadder] = Codec(CareerLadder)
_STEPS: Codec[tuple[Step, ...]] = Codec(tuple[Step, ...])
Steps = Annotated[tuple[LadderStep, ...], Field(min_length=1, max_length=50)]


def ladder_sent(code: str, name: Named, steps: Steps) -> CareerLadder:
    """The ladder that a body describes.

    Raises:
        LadderBroken: its steps do not fit together.
    """
    data = {"code": code, "name": name.model_dump(), "steps": [step.model_dump(mode="json") for step in steps]}
    return _LADDER.load(data)


def steps_shown(ladder: CareerLadder) -> list[LadderStep]:
    """The steps of a ladder as they are answered."""
    return [LadderStep.model_validate(step) for step in _STEPS.dump(ladder.steps)]
