"""Figures that cannot be meant, and claims that contradict themselves, never come into being (INC-02, INC-04)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.incentive.claims.domain.claim import (
    Claim,
    ClaimCurrencyChanged,
    ClaimUnsound,
    ClaimVersion,
    Source,
    next_version,
)
from services.incentive.plans.domain.policy import Caps, Corrections, Eligibility, Policy
from services.incentive.plans.domain.rules import weighing
from services.incentive.plans.domain.rules.annual_bonus import AnnualBonus
from services.incentive.plans.domain.rules.referral_bonus import ReferralBonus
from services.incentive.plans.domain.rules.special_award import AwardRule, SpecialAward
from services.incentive.plans.domain.rules.team_pool import TeamPool
from services.incentive.runs.domain.run import unapproved
from services.kit.errors import Invalid, Text
from services.kit.explanation import Step

FREE = AwardRule("FREE", "无", "Nothing", Decimal(0))
CLAIM = Claim(
    UUID(int=1),
    "award",
    "award:1",
    "CNY",
    Decimal("10.00"),
    (("CC-1", Decimal("10.00")),),
    date(2026, 4, 1),
    Source("award", UUID(int=2), "1"),
    Step("award", Text("奖励", "award"), "10.00", "10.00", (), ()),
)


@pytest.mark.req("INC-02")
@pytest.mark.parametrize(
    ("make", "figures", "pointer"),
    [
        (Eligibility, {"minimum_days": 367}, "/minimum_days"),
        (Caps, {"amounts": {"CNY": Decimal("0.001")}}, "/amounts/CNY"),
        (Corrections, {"recovery_share": Decimal("1.01")}, "/recovery_share"),
        (Policy, {"company_coefficient": Decimal(-1)}, "/company_coefficient"),
        (ReferralBonus, {"amount": Decimal(0)}, "/amount"),
        (SpecialAward, {"awards": (FREE,)}, "/awards/0/amount"),
        (TeamPool, {"share": Decimal(101)}, "/share"),
        (AnnualBonus, {"months": Decimal(37)}, "/months"),
    ],
)
def test_a_figure_out_of_range_is_refused_by_its_place(
    make: Callable[..., object], figures: Mapping[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make(**figures)
    assert [each.pointer for each in refused.value.field_errors] == [pointer]


@pytest.mark.req("INC-04")
@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Decimal("-10.00"), "costs": (("CC-1", Decimal("-10.00")),)},
        {"amount": Decimal("0.001"), "costs": (("CC-1", Decimal("0.001")),)},
        {"costs": (("CC-1", Decimal("9.99")),)},
        {"costs": (("CC-1", Decimal("10.00")), ("CC-2", Decimal(0)))},
    ],
)
def test_a_claim_that_contradicts_itself_is_none(changed: Mapping[str, Any]) -> None:
    with pytest.raises(ClaimUnsound):
        replace(CLAIM, **changed)


@pytest.mark.req("INC-04")
def test_a_claim_never_changes_its_currency() -> None:
    with pytest.raises(ClaimCurrencyChanged):
        next_version(ClaimVersion(UUID(int=3), 1, CLAIM), replace(CLAIM, currency="EUR"))


@pytest.mark.req("INC-10")
def test_what_makes_no_sense_is_not_asked() -> None:
    with pytest.raises(ValueError, match="nobody has approved"):
        unapproved([])
    with pytest.raises(TypeError):
        weighing(SpecialAward())
