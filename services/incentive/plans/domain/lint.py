"""Probable mistakes in a version of a plan, reported before it is released (INC-02)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.incentive.currencies import currency_name
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.rules.weight import Need
from services.kit.errors import Conflict, FieldError, Text
from services.kit.money import plain
from services.kit.periods import Period

GRADES: Final = ("S", "A", "B", "C", "D")
"""The grades that appraisal gives."""


class FindingKind(StrEnum):
    """The kind of a finding."""

    GRADE_MISSING = "grade_missing"
    GAP = "gap"
    CAP_BELOW_FLOOR = "cap_below_floor"
    PAID_TWICE = "paid_twice"


FINDING_KINDS: Final = {
    FindingKind.GRADE_MISSING: Text("缺少等级系数", "grade without a coefficient"),
    FindingKind.GAP: Text("生效期间有间断", "days without a version"),
    FindingKind.CAP_BELOW_FLOOR: Text("上限低于下限", "limit below the floor"),
    FindingKind.PAID_TWICE: Text("重复发放", "paid by two plans"),
}


@dataclass(frozen=True)
class Finding:
    """One point to check again; ``pointer`` is the place in the version."""

    kind: FindingKind
    pointer: str
    message: Text


class PlanFindings(Conflict):
    """A version with findings is released only by a person who confirms that they have seen them."""

    code = "plan_findings"
    zh = "该版本有 {count} 处需要留意，尚未确认生效。请核对下列各项；无误的，请注明已核对后再确认。"
    en = (
        "The version has {count} findings, so it was not released. Check them; if they are intended, accept them and "
        "release the version again."
    )

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "PlanFindings":
        """The refusal that lists them."""
        faults = [FieldError(each.pointer, None, each.message) for each in findings]
        return cls(count=len(findings), field_errors=faults)


def findings(version: PlanVersion, released: Sequence[PlanVersion]) -> list[Finding]:
    """Everything to look at in ``version`` beside the ``released`` versions of all plans of its kind of bonus."""
    own = [other for other in released if other.code == version.code]
    others = [other for other in released if other.code != version.code]
    return [*_grades(version), *_caps(version), *_gaps(version, own), *_paid_twice(version, others)]


def _grades(version: PlanVersion) -> Iterator[Finding]:
    if Need.GRADES not in version.rule.needs:
        return
    policy = version.policy
    yield from _missing("/policy/grade_coefficients", policy.grade_coefficients)
    for place, override in enumerate(policy.overrides):
        if override.grade_coefficients is not None:
            yield from _missing(f"/policy/overrides/{place}/grade_coefficients", override.grade_coefficients)
    if policy.unit_coefficients:
        yield from _missing("/policy/unit_coefficients", policy.unit_coefficients)


def _missing(pointer: str, table: Mapping[str, Decimal]) -> Iterator[Finding]:
    lacking = [grade for grade in GRADES if grade not in table]
    if lacking:
        message = Text(f"没有等级 {'、'.join(lacking)} 的系数", f"no coefficient for the grades {', '.join(lacking)}")
        yield Finding(FindingKind.GRADE_MISSING, pointer, message)


def _caps(version: PlanVersion) -> Iterator[Finding]:
    """Everyone who earns at all earns at least the floor: the target bonus times the lowest coefficient above 0."""
    caps, coefficients = version.policy.caps, version.policy.grade_coefficients.values()
    floor = min((each for each in coefficients if each > 0), default=None)
    if caps.times_target is not None and floor is not None and caps.times_target < floor:
        message = Text(
            f"上限为目标奖金的 {plain(caps.times_target)} 倍，低于最低系数 {plain(floor)}，所有人都将按上限计发",
            f"the limit of {plain(caps.times_target)} times the target bonus lies below the lowest coefficient "
            f"{plain(floor)}: everybody would be paid the limit",
        )
        yield Finding(FindingKind.CAP_BELOW_FLOOR, "/policy/caps/times_target", message)
    for currency, amount in caps.amounts.items():
        if not amount:
            name = currency_name(currency)
            message = Text(f"{name.zh}的上限为 0，不会发放任何奖金", f"the limit in {name.en} is 0: nobody is paid")
            yield Finding(FindingKind.CAP_BELOW_FLOOR, f"/policy/caps/amounts/{currency}", message)


def _gaps(version: PlanVersion, own: Sequence[PlanVersion]) -> Iterator[Finding]:
    """Days between the plan's versions on which none is in force."""
    spans = sorted([version.validity, *(other.validity for other in own)], key=lambda span: span.start)
    covered = spans[0]
    for span in spans[1:]:
        if covered.end is not None and span.start > covered.end:
            last = span.start - timedelta(days=1)
            message = Text(
                f"{covered.end} 至 {last} 没有生效的版本", f"no version is in force from {covered.end} to {last}"
            )
            yield Finding(FindingKind.GAP, "/valid_from", message)
        if covered.end is not None and (span.end is None or span.end > covered.end):
            covered = Period(covered.start, span.end)


def _paid_twice(version: PlanVersion, others: Sequence[PlanVersion]) -> Iterator[Finding]:
    """Other plans that pay the same kind of bonus on the same days: for one period only one of them can be run."""
    for code in sorted({other.code for other in others if other.validity.overlap(version.validity)}):
        message = Text(
            f"奖金方案“{code}”在相同期间也发放{version.rule.label.zh}",
            f"the plan '{code}' pays the {version.rule.label.en} on the same days",
        )
        yield Finding(FindingKind.PAID_TWICE, "/rule/kind", message)
