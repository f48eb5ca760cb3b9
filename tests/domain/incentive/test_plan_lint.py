"""What is probably not meant in a version of a plan is found before it is released (INC-02)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.incentive.plans.domain.lint import FindingKind, findings
from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.store.plans import RULES
from services.kit.errors import Text
from services.kit.periods import Period
from tests.domain.incentive.building import policy

pytestmark = pytest.mark.req("INC-02")


def version(
    given: dict[str, Any] | None = None,
    *,
    code: str = "QB",
    first: date = date(2026, 1, 1),
    last: date | None = None,
    kind: str = "quarterly_bonus",
) -> PlanVersion:
    """A version of a plan."""
    name = Text("季度奖金", "Quarterly bonus")
    rule, validity = RULES.load({"kind": kind}), Period.closed(first, last)
    return PlanVersion(UUID(int=1), code, 1, name, rule, policy(given or {}), validity)


def found(one: PlanVersion, *released: PlanVersion) -> list[tuple[FindingKind, str, str]]:
    """Kind, place and words."""
    return [(each.kind, each.pointer, each.message.zh) for each in findings(one, released)]


def test_nothing_is_found_in_a_sound_plan() -> None:
    assert found(version(), version(first=date(2025, 1, 1), last=date(2025, 12, 31))) == []
    assert found(version({"caps": {"times_target": "0.6", "amounts": {"CNY": "100000"}}})) == []


def test_a_grade_without_coefficient_is_found_wherever_it_is_missing() -> None:
    given = {
        "grade_coefficients": {"S": "1.5", "A": "1.2", "B": "1"},
        "unit_coefficients": {"S": "1.2"},
        "overrides": [{"unit": "X", "grade_coefficients": {"S": "2", "A": "1", "B": "1", "C": "1"}}],
    }
    assert found(version(given)) == [
        (FindingKind.GRADE_MISSING, "/policy/grade_coefficients", "没有等级 C、D 的系数"),
        (FindingKind.GRADE_MISSING, "/policy/overrides/0/grade_coefficients", "没有等级 D 的系数"),
        (FindingKind.GRADE_MISSING, "/policy/unit_coefficients", "没有等级 A、B、C、D 的系数"),
    ]
    assert found(version({"grade_coefficients": {}, "unit_coefficients": {}}, kind="special_award")) == []


def test_days_on_which_no_version_is_in_force_are_found() -> None:
    before = version(first=date(2025, 1, 1), last=date(2025, 12, 31))
    (gap,) = found(version(first=date(2026, 2, 1)), before)
    assert gap == (FindingKind.GAP, "/valid_from", "2026-01-01 至 2026-01-31 没有生效的版本")
    assert found(version(first=date(2026, 2, 1)), before, version(first=date(2025, 6, 1), last=date(2026, 3, 1))) == []


def test_a_limit_below_what_everybody_earns_is_found() -> None:
    caps = {"times_target": "0.5", "amounts": {"CNY": "0", "USD": "1"}}
    kinds = [each[:2] for each in found(version({"caps": caps}))]
    assert kinds == [
        (FindingKind.CAP_BELOW_FLOOR, "/policy/caps/times_target"),
        (FindingKind.CAP_BELOW_FLOOR, "/policy/caps/amounts/CNY"),
    ]


def test_two_plans_that_pay_the_same_are_found_once_a_plan() -> None:
    gone = version(code="GONE", first=date(2020, 1, 1), last=date(2020, 12, 31))
    others = [version(code="OLD"), version(code="OLD", first=date(2026, 7, 1)), gone]
    assert found(version(), *others) == [
        (FindingKind.PAID_TWICE, "/rule/kind", "奖金方案“OLD”在相同期间也发放季度奖金")
    ]
