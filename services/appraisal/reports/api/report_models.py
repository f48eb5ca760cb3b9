"""What reports look like as data (APR-20)."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.library.api.scheme_parts import UnitEn
from services.appraisal.library.domain.attainment import Unattained
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.reports.domain import comparison
from services.appraisal.reports.domain.lateness import Late
from services.appraisal.reports.domain.unit_rows import PEOPLE, UnitRow
from services.appraisal.reports.usecases import reports
from services.appraisal.schemas import (
    CycleCode,
    CycleId,
    CycleName,
    FirstDay,
    LastDay,
    SubjectNameEn,
    UnitNameEn,
)
from services.kit.fields import ExactDecimal, Model, Percent

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class _OfCycle(Model):
    cycle_id: CycleId
    cycle_code: CycleCode
    cycle_name: CycleName


class _OfIndicator(Model):
    indicator: str = Field(description="Code of the indicator.", examples=["S01"])
    name: str = Field(description="Its name in Chinese.", examples=["销售额"])
    name_en: str = Field(description="Its name in English.", examples=["Sales"])
    unit: str = Field(description="Unit of its actuals.", examples=["元"])
    unit_en: UnitEn


class _OfUnit(Model):
    kind: Literal["unit", "direct", "merged"] = Field(
        description="A unit with everything beneath it, people directly in the unit above, or small units together.",
        examples=["unit"],
    )
    unit_id: UUID | None = Field(description="The unit; null where it is no single one.", examples=[_ID])
    unit_code: str = Field(description="Its code; empty where it is no single one.", examples=["D12"])
    unit_name: str = Field(description="What the line is called, in Chinese.", examples=["华东大区"])
    unit_name_en: str = Field(description="What the line is called, in English.", examples=["East Region"])


class ProgressLine(_OfUnit):
    """How far a unit is."""

    forms: int = Field(description="Forms.", examples=[42])
    goals_agreed: int = Field(description="Forms whose goals are agreed.", examples=[40])
    ratings: int = Field(description="Ratings that bear the rater's name.", examples=[84])
    ratings_submitted: int = Field(description="How many of them are submitted.", examples=[60])

    @classmethod
    def of(cls, row: UnitRow) -> "ProgressLine":
        """A line of a report."""
        counts = row.counts or {}
        figures = {name: counts.get(name, 0) for name in ("goals_agreed", "ratings", "ratings_submitted")}
        return cls.model_validate({**_named(row), "forms": counts.get(PEOPLE, 0), **figures})


class LateLine(Model):
    """Somebody who is late."""

    person_id: UUID = Field(description="Id of the person who is late.", examples=[_ID])
    person_number: str | None = Field(description="Employee number.", examples=["E100"])
    person_name: str | None = Field(description="Name of the employee.", examples=["陈志强"])
    what: Literal["goals", "ratings"] = Field(description="What is late.", examples=["ratings"])
    form_id: UUID = Field(description="The form that waits.", examples=[_ID])
    subject_name: str = Field(description="Whose form it is.", examples=["周雨桐"])
    subject_name_en: SubjectNameEn
    unit_name: str = Field(description="The unit of that form.", examples=["华东大区"])
    unit_name_en: UnitNameEn


class ProgressReport(_OfCycle):
    """How far a cycle is, and who is late."""

    state: CycleState = Field(description="State of the cycle.", examples=["evaluating"])
    whole: ProgressLine = Field(description="The unit asked for, or everything in sight.")
    parts: list[ProgressLine] = Field(description="What it consists of.")
    due_on: date | None = Field(
        description="Deadline of the phase that runs; null: none is set.", examples=["2026-04-10"]
    )
    late_count: int = Field(description="How much is late after it.", examples=[3])
    late: list[LateLine] = Field(description="The first five hundred of them; anonymous raters are never among them.")

    @classmethod
    def of(cls, found: reports.UnitReport) -> "ProgressReport":
        """A report as the API shows it."""
        lateness = found.lateness
        late = [_late(each) for each in lateness.items] if lateness else []
        return cls(
            cycle_id=found.cycle.id,
            cycle_code=found.cycle.code,
            cycle_name=found.cycle.name,
            state=found.cycle.state,
            whole=ProgressLine.of(found.rows.whole),
            parts=[ProgressLine.of(row) for row in found.rows.parts],
            due_on=lateness.due_on if lateness else None,
            late_count=lateness.count if lateness else 0,
            late=late,
        )


def _late(found: Late) -> LateLine:
    names = {**found.subject_name.as_fields("subject_name"), **found.unit_name.as_fields("unit_name")}
    return LateLine.model_validate({**vars(found), **names})


class GradeLine(_OfUnit):
    """The grades of a unit; null where too few people would show."""

    people: int | None = Field(description="People with a result; null: too few to be shown.", examples=[24])
    computed: dict[Grade, int] | None = Field(
        description="How many were computed which grade.", examples=[{"S": 3, "A": 8, "B": 10, "C": 2, "D": 1}]
    )
    final: dict[Grade, int] | None = Field(
        description="How many have which grade now.", examples=[{"S": 2, "A": 6, "B": 13, "C": 2, "D": 1}]
    )

    @classmethod
    def of(cls, row: UnitRow) -> "GradeLine":
        """A line of a report."""
        counts = row.counts
        grades = {
            name: None if counts is None else {grade: counts.get(f"{name}:{grade.value}", 0) for grade in Grade}
            for name in ("computed", "final")
        }
        people = None if counts is None else counts.get(PEOPLE, 0)
        return cls.model_validate({**_named(row), "people": people, **grades})


class GradeReport(_OfCycle):
    """How grades are distributed over units."""

    whole: GradeLine = Field(description="The unit asked for, or everything in sight.")
    parts: list[GradeLine] = Field(description="What it consists of.")

    @classmethod
    def of(cls, found: reports.UnitReport) -> "GradeReport":
        """A report as the API shows it."""
        return cls(
            cycle_id=found.cycle.id,
            cycle_code=found.cycle.code,
            cycle_name=found.cycle.name,
            whole=GradeLine.of(found.rows.whole),
            parts=[GradeLine.of(row) for row in found.rows.parts],
        )


class Comparison(Model):
    """Actual against target over several forms."""

    forms: int = Field(description="Forms that have the indicator.", examples=[24])
    measured: int = Field(description="How many of them have an actual.", examples=[23])
    actual: ExactDecimal | None = Field(
        description="The sum of the actuals, or their mean where the indicator is not summed.", examples=["46200000"]
    )
    target: ExactDecimal | None = Field(
        description="The same of the targets, of forms with an actual.", examples=["44000000"]
    )
    attainment: Percent | None = Field(
        description="Attainment in percent, where the rule gives one.", examples=["105.00"]
    )
    unattained: Unattained | None = Field(
        description="Reason why there is no attainment; null if there is one.", examples=[None]
    )
    hidden: bool = Field(description="Whether too few people stand behind it to be shown.", examples=[False])


class TrendLine(_OfCycle, Comparison):
    """One cycle of a trend."""

    valid_from: FirstDay
    valid_to: LastDay


class IndicatorTrend(_OfIndicator):
    """An indicator over cycles."""

    frequency: Frequency = Field(description="Frequency of the cycles.", examples=["quarter"])
    subject_kind: SubjectKind = Field(description="Whose forms.", examples=["employee"])
    unit_name: str | None = Field(
        description="Name of the unit in Chinese; null: everything in sight.", examples=["华东大区"]
    )
    unit_name_en: str | None = Field(
        description="Name of the unit in English; null: everything in sight.", examples=["East Region"]
    )
    points: list[TrendLine] = Field(description="Cycle by cycle, the oldest first.")

    @classmethod
    def of(cls, found: reports.Trend) -> "IndicatorTrend":
        """A trend as the API shows it."""
        facts = found.indicator.facts
        return cls(
            indicator=found.indicator.code,
            **facts.name.as_fields("name"),
            **facts.measure.as_fields("unit"),
            frequency=found.frequency,
            subject_kind=found.kind,
            unit_name=found.unit_name and found.unit_name.zh,
            unit_name_en=found.unit_name and found.unit_name.en,
            points=[_point(each) for each in found.points],
        )


def _point(found: comparison.TrendPoint) -> TrendLine:
    cycle = {"cycle_id": found.cycle_id, "cycle_code": found.code, "cycle_name": found.name}
    span = {"valid_from": found.period.start, "valid_to": found.period.last}
    return TrendLine.model_validate({**vars(found.value), **cycle, **span})


class CardLine(_OfIndicator, Comparison):
    """One indicator of a scorecard."""

    weight: Percent = Field(
        description="Weight in percent of the unit's form; over people's forms, its share in the weights of all.",
        examples=["40"],
    )


class Perspective(Model):
    """The indicators of one dimension."""

    dimension: str = Field(description="The dimension, as the library names it.", examples=["financial"])
    name: str = Field(description="Name of the dimension in Chinese.", examples=["财务"])
    name_en: str = Field(description="Name of the dimension in English.", examples=["Financial"])
    weight: Percent = Field(description="Sum of the weights of its indicators, in percent.", examples=["60"])
    attainment: Percent | None = Field(description="Mean attainment by weight, in percent.", examples=["107.83"])
    lines: list[CardLine] = Field(description="Its indicators.")


class Scorecard(_OfCycle):
    """The balanced scorecard of a unit in a cycle."""

    unit_id: UUID = Field(description="The unit.", examples=[_ID])
    unit_name: str = Field(description="Its name in Chinese.", examples=["华东大区"])
    unit_name_en: UnitNameEn
    subject_kind: SubjectKind = Field(description="By its own form, or by those of its people.", examples=["unit"])
    attainment: Percent | None = Field(description="Mean attainment by weight, in percent.", examples=["107.83"])
    perspectives: list[Perspective] = Field(description="The perspectives, in their usual order.")

    @classmethod
    def of(cls, found: reports.Scorecard) -> "Scorecard":
        """A scorecard as the API shows it."""
        return cls(
            cycle_id=found.cycle.id,
            cycle_code=found.cycle.code,
            cycle_name=found.cycle.name,
            unit_id=found.unit_id,
            **found.unit_name.as_fields("unit_name"),
            subject_kind=found.kind,
            attainment=found.attainment,
            perspectives=[_perspective(each) for each in found.perspectives],
        )


def _perspective(found: comparison.Perspective) -> Perspective:
    lines = [
        CardLine.model_validate(
            {
                **vars(line.value),
                "indicator": line.indicator,
                **line.name.as_fields("name"),
                **line.unit.as_fields("unit"),
                "weight": comparison.shown_weight(line.weight),
            }
        )
        for line in found.lines
    ]
    return Perspective(
        dimension=found.dimension,
        **found.name.as_fields("name"),
        weight=comparison.shown_weight(found.weight),
        attainment=found.attainment,
        lines=lines,
    )


def _named(row: UnitRow) -> dict[str, object]:
    return {
        "kind": row.kind,
        "unit_id": row.unit_id,
        "unit_code": row.code,
        **row.name.as_fields("unit_name"),
    }
