"""A bonus plan: a rule with its figures, versioned. A run uses the newest version in force on its period's last day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from services.incentive.plans.domain.policy import Policy, PolicyNotAcceptable
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.domain.rules.weight import Need
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.explanation import Input
from services.kit.identity import Role
from services.kit.periods import Period, calendar_period
from services.kit.release import ReleaseRecord, release_workflow


class PeriodUnsuitable(Invalid):
    """A quarterly rule cannot pay a year, nor an annual rule a quarter."""

    code = "period_unsuitable"
    zh = "奖金方案“{plan}”为{rule}，不能用于 {period}；请改填期间，例如 {marks}。"
    en = "The plan '{plan}' pays the {rule}, which has no period {period}; give one such as {marks}."


class NoPlanInForce(Conflict):
    """No version of the plan is in force on the last day of the period."""

    code = "no_plan_in_force"
    zh = "奖金方案“{plan}”在 {day} 没有生效的版本，请先新建并确认覆盖该日的版本。"
    en = "No version of the plan '{plan}' is in force on {day}; publish one that covers that day."


class CycleMissing(Invalid):
    """The rule pays by grades, and no cycle says which."""

    code = "cycle_missing"
    zh = "{rule}按考核等级计算，请选择考核周期。"
    en = "The {rule} depends on grades; give the appraisal cycle from which they come."


class CycleNotNeeded(Invalid):
    """The rule does not go by grades, so a cycle has no meaning."""

    code = "cycle_not_needed"
    zh = "{rule}不按考核等级计算，请勿选择考核周期。"
    en = "The {rule} does not depend on grades; leave the appraisal cycle out."


PLAN_VERSION: Final = release_workflow(
    "plan_version", Text("奖金方案版本", "version of a bonus plan"), [Role.COMPENSATION]
)


@dataclass(frozen=True)
class PlanVersion:
    """One version, never edited. ``validity`` says when its figures are in force."""

    id: UUID
    code: str
    version: int
    name: Text
    rule: Rule
    policy: Policy
    validity: Period

    @property
    def source(self) -> str:
        """How explanations cite it."""
        return f"plan:{self.code}@{self.version}"

    @cached_property
    def citation(self) -> Input:
        """The version as the ground of what an explanation says."""
        name = Text(
            f"奖金方案“{self.name.zh}”第 {self.version} 版", f"bonus plan '{self.name.en}', version {self.version}"
        )
        return Input(name, self.code, self.source)


@dataclass(frozen=True)
class PlanRecord:
    """A version as it is kept: with its note, who entered it, and who released it."""

    version: PlanVersion
    note: str | None
    release: ReleaseRecord


def period_for(version: PlanVersion, label: str) -> Period:
    """The days that ``label`` names, if the plan's rule pays such a period.

    Raises:
        PeriodMalformed, PeriodUnsuitable.
    """
    period = calendar_period(label)
    if label[5:6] not in version.rule.period_marks:
        marks = joined(f"2026-{mark}1" if mark else "2026" for mark in version.rule.period_marks)
        fault = FieldError("/period", label, Text(f"例如 {marks.zh}", f"such as {marks.en}"))
        raise PeriodUnsuitable(
            plan=version.code, rule=version.rule.label, period=label, marks=marks, field_errors=[fault]
        )
    return period


def check_figures(rule: Rule, policy: Policy) -> None:
    """A rule that goes by grades needs their coefficients; no other is asked for them.

    Raises:
        PolicyNotAcceptable.
    """
    if Need.GRADES in rule.needs and not policy.grade_coefficients:
        expected = Text("至少一个等级的系数", "a coefficient for at least one grade")
        raise PolicyNotAcceptable(field_errors=[FieldError("/policy/grade_coefficients", "{}", expected)])


def check_cycle_given(plan: PlanVersion, cycle_id: UUID | None) -> None:
    """A run names a cycle if, and only if, the rule of its plan needs grades.

    Raises:
        CycleMissing, CycleNotNeeded.
    """
    needs_grades = Need.GRADES in plan.rule.needs
    if needs_grades and cycle_id is None:
        expected = Text("已关闭的考核周期", "a closed appraisal cycle")
        raise CycleMissing(rule=plan.rule.label, field_errors=[FieldError("/cycle_id", None, expected)])
    if not needs_grades and cycle_id is not None:
        expected = Text("请留空", "nothing")
        raise CycleNotNeeded(rule=plan.rule.label, field_errors=[FieldError("/cycle_id", str(cycle_id), expected)])


def in_force(versions: Sequence[PlanVersion], code: str, period: Period) -> PlanVersion:
    """The newest version in force on the period's last day.

    Raises:
        NoPlanInForce: there is none.
    """
    day = period.last or period.start
    fitting = [version for version in versions if version.validity.contains(day)]
    if not fitting:
        raise NoPlanInForce(plan=code, day=day)
    return max(fitting, key=lambda version: version.version)


def each_in_force(versions: Sequence[PlanVersion], day: date) -> list[PlanVersion]:
    """The newest version in force on ``day`` of each plan that has one, by code."""
    newest: dict[str, PlanVersion] = {}
    for version in sorted(versions, key=lambda each: (each.code, each.version)):
        if version.validity.contains(day):
            newest[version.code] = version
    return list(newest.values())
