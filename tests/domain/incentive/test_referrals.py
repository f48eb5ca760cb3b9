"""When a referral bonus is due, by readable cases (INC-06)."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.referrals.domain.referral import Outcome, Referral, passed, plan_on, waiting
from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.yaml_files import read_yaml

CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "cases" / "referrals.yaml")
RULE = ReferralBonus()
PLAN = PlanVersion(UUID(int=9), "RB", 1, Text("伯乐奖", "referral"), RULE, Policy(), Period(date(2026, 1, 1)))


@pytest.mark.req("INC-06")
@pytest.mark.parametrize("case", [pytest.param(each, id=each["name"]) for each in CASES])
def test_a_referral_is_due_as_its_case_says(case: dict[str, Any]) -> None:
    outcomes = [Outcome(UUID(int=place), *each) for place, each in enumerate(case["outcomes"])]
    outcome = passed(outcomes)
    plan = plan_on([PLAN], outcome)
    assert waiting(outcomes, plan) == case["waiting"]
    if "day" in case:
        assert outcome is not None
        claim = Referral(UUID(int=1), UUID(int=2), UUID(int=3), "E3", "王四").claim(outcome, PLAN, RULE)
        assert (claim.due_on, str(claim.amount), claim.occasion) == (case["day"], "2000.00", f"hire:{UUID(int=3)}")
        assert "王四" in claim.explanation.label.zh
    else:
        assert outcome is None or plan is None
