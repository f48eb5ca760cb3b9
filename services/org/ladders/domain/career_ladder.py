"""Career ladders (ORG-10): two tracks of equal standing, each step with its criteria and its effects as data."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from services.kit.errors import FieldError, Invalid, NotFound, Text
from services.kit.money import plain
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.appraisal_guide import twice
from services.org.documents.domain.work_standard import Comparator
from services.org.structure.domain.position import Track


class LadderBroken(Invalid):
    """The steps of a career ladder do not fit together."""

    code = "ladder_broken"
    zh = "职业发展通道的内容有误，请按下列提示修改。"
    en = "The career ladder is not valid; correct it as follows."


class StepUnknown(NotFound):
    """The ladder has no such step."""

    code = "step_unknown"
    zh = "职业发展通道中没有“{step}”这一级。"
    en = "The career ladder has no step '{step}'."


class Measure(StrEnum):
    """What a criterion measures.

    The organisation's own history supplies ``years_managing``, ``years_in_step`` and ``team_size``; other values
    come with the request.
    """

    YEARS_EXPERIENCE = "years_experience"
    YEARS_MANAGING = "years_managing"
    YEARS_IN_STEP = "years_in_step"
    TEAM_SIZE = "team_size"
    ANNUAL_ATTAINMENT = "annual_attainment"
    YEARS_OVER_TARGET = "years_over_target"
    COMPANY_PROJECTS_LED = "company_projects_led"
    PEOPLE_DEVELOPED = "people_developed"
    CERTIFICATES = "certificates"
    AWARDS = "awards"
    PUBLICATIONS = "publications"


class FactSource(StrEnum):
    """The source of a value: the request, or the organisation's own history."""

    GIVEN = "given"
    ORGANISATION = "organisation"


FACT_SOURCE_NAMES: Final = {
    FactSource.GIVEN: Text("填报", "given in the request"),
    FactSource.ORGANISATION: Text("组织数据", "records of the organisation"),
}

KNOWN_HERE = frozenset({Measure.YEARS_MANAGING, Measure.YEARS_IN_STEP, Measure.TEAM_SIZE})
"""What the organisation's own history tells; everything else has to be given."""

MEASURE_NAMES = {
    Measure.YEARS_EXPERIENCE: Text("相关工作年限", "years of experience"),
    Measure.YEARS_MANAGING: Text("团队管理年限", "years managing a team"),
    Measure.YEARS_IN_STEP: Text("现职级年限", "years in the present step"),
    Measure.TEAM_SIZE: Text("管理人数", "people in the team"),
    Measure.ANNUAL_ATTAINMENT: Text("年度达成率（%）", "annual attainment (%)"),
    Measure.YEARS_OVER_TARGET: Text("连续超额完成目标年数", "years over target in a row"),
    Measure.COMPANY_PROJECTS_LED: Text("主导公司级项目数", "company-level projects led"),
    Measure.PEOPLE_DEVELOPED: Text("培养骨干人数", "people developed"),
    Measure.CERTIFICATES: Text("专业认证数", "professional certificates"),
    Measure.AWARDS: Text("行业奖项数", "industry awards"),
    Measure.PUBLICATIONS: Text("行业白皮书等成果（项）", "published methods"),
}


@dataclass(frozen=True)
class Criterion:
    """One condition of a step. Amounts of time in years, attainment in percent."""

    measure: Measure
    comparator: Comparator
    value: Decimal


@dataclass(frozen=True)
class PayEffect:
    """Fixed pay and bonus base rise by so many percent, once."""

    fixed_pay_percent: Decimal
    bonus_base_percent: Decimal
    kind: Literal["pay"] = "pay"


@dataclass(frozen=True)
class AuthorityEffect:
    """The limit becomes ``limit`` (None: without bound), from ``before`` (None: the step below has none)."""

    authority_type: AuthorityType
    before: Decimal | None
    limit: Decimal | None
    kind: Literal["authority"] = "authority"


@dataclass(frozen=True)
class HonourEffect:
    """An effect that concerns neither pay nor authority."""

    text: Text
    kind: Literal["honour"] = "honour"


Effect = PayEffect | AuthorityEffect | HonourEffect


@dataclass(frozen=True)
class Step:
    """One rung. Steps of equal ``standing`` count the same on both tracks. All criteria have to be met."""

    code: str
    track: Track
    standing: int
    name: Text
    criteria: tuple[Criterion, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class Check:
    """One criterion compared with what is known; ``found`` and ``source`` are None if nothing is."""

    criterion: Criterion
    found: Decimal | None
    source: FactSource | None = None

    @property
    def met(self) -> bool:
        """Whether it is fulfilled. What is not known is not fulfilled."""
        return self.found is not None and self.criterion.comparator.holds(self.found, self.criterion.value)


@dataclass(frozen=True)
class Eligibility:
    """Whether a person may be promoted to a step, criterion by criterion."""

    step: Step
    checks: tuple[Check, ...]

    @property
    def met(self) -> bool:
        """Whether every criterion is."""
        return all(check.met for check in self.checks)


@dataclass(frozen=True)
class CareerLadder:
    """The steps of both tracks, the lower before the higher in each."""

    code: str
    name: Text
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Raises LadderBroken for codes used twice, or standings that do not rise within a track."""
        field_errors = list(_faults(self))
        if field_errors:
            raise LadderBroken(field_errors=field_errors)

    def step(self, code: str) -> Step:
        """The step of that code.

        Raises:
            StepUnknown: there is none.
        """
        found = next((step for step in self.steps if step.code == code), None)
        if found is None:
            raise StepUnknown(step=code)
        return found

    def next_step(self, code: str) -> Step | None:
        """The step above on the same track, None at its top."""
        here = self.step(code)
        above = [step for step in self.steps if step.track is here.track and step.standing > here.standing]
        return min(above, key=lambda step: step.standing, default=None)

    def equals(self, code: str) -> tuple[Step, ...]:
        """The steps of the other track with the same standing."""
        here = self.step(code)
        return tuple(step for step in self.steps if step.track is not here.track and step.standing == here.standing)

    def eligibility(
        self, code: str, given: Mapping[Measure, Decimal], known: Mapping[Measure, Decimal] | None = None
    ) -> Eligibility:
        """Whether a person meets the criteria of a step, by facts ``given``, otherwise by those ``known`` here."""
        step = self.step(code)
        return Eligibility(step, tuple(_check(item, given, known or {}) for item in step.criteria))

    def open_measures(self, code: str, given: Collection[Measure]) -> frozenset[Measure]:
        """What the criteria of a step look at, was not given, and may be known here."""
        return KNOWN_HERE & {item.measure for item in self.step(code).criteria} - set(given)


def _check(item: Criterion, given: Mapping[Measure, Decimal], known: Mapping[Measure, Decimal]) -> Check:
    for facts, source in ((given, FactSource.GIVEN), (known, FactSource.ORGANISATION)):
        if item.measure in facts:
            return Check(item, facts[item.measure], source)
    return Check(item, None)


def _faults(ladder: CareerLadder) -> Iterator[FieldError]:
    yield from twice([step.code for step in ladder.steps], "/steps")
    reached: dict[Track, int] = {}
    for index, step in enumerate(ladder.steps):
        if step.standing <= reached.get(step.track, 0):
            expected = Text(f"大于 {reached.get(step.track, 0)}", f"greater than {reached.get(step.track, 0)}")
            yield FieldError(f"/steps/{index}/standing", str(step.standing), expected)
        reached[step.track] = max(step.standing, reached.get(step.track, 0))
        for place, criterion in enumerate(step.criteria):
            if criterion.value < 0:
                pointer = f"/steps/{index}/criteria/{place}/value"
                yield FieldError(pointer, plain(criterion.value), Text("不小于 0", "not below 0"))
