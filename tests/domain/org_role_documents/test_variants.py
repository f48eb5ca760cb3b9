"""Local variants keep what they must (ORG-06)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Text
from services.org.documents.domain.role_document import Duty, DutyKind
from services.org.documents.domain.role_document_comparison import (
    CoreDutyLost,
    VariantNotAllowed,
    demand_core_duties_kept,
    demand_variant_allowed,
)
from tests.domain.org_role_documents.building import ATTENDANCE, FILES, PLANNER, PLANS, REPORTS, with_duties

pytestmark = pytest.mark.req("ORG-06")


def test_only_a_special_business_unit_may_have_a_variant() -> None:
    demand_variant_allowed(special=True)
    with pytest.raises(VariantNotAllowed):
        demand_variant_allowed(special=False)


def test_a_variant_may_add_duties_drop_others_and_set_its_own_figures() -> None:
    local = replace(PLANS, standards=(replace(ATTENDANCE, value=Decimal("70")),))
    extra = Duty("L01", DutyKind.CORE, Text("本地合规申报", "Files with local authorities"))
    demand_core_duties_kept(PLANNER, with_duties(local, REPORTS, extra))


@pytest.mark.parametrize(
    ("duties", "pointer"),
    [
        ((PLANS, FILES), "/duties/D02"),
        ((PLANS, replace(REPORTS, kind=DutyKind.AUXILIARY)), "/duties/D02/kind"),
        ((PLANS, replace(REPORTS, text=Text("写写报告", "Reports now and then"))), "/duties/D02/text"),
    ],
)
def test_a_variant_that_loses_demotes_or_rewords_a_core_duty_is_refused(duties: tuple[Duty, ...], pointer: str) -> None:
    with pytest.raises(CoreDutyLost) as refused:
        demand_core_duties_kept(PLANNER, with_duties(*duties))
    assert [fault.pointer for fault in refused.value.field_errors] == [pointer]


@given(st.sets(st.sampled_from([duty.code for duty in PLANNER.duties])))
def test_a_variant_passes_exactly_when_no_core_duty_is_missing(kept: set[str]) -> None:
    variant = with_duties(*(duty for duty in PLANNER.duties if duty.code in kept))
    lost = [f"/duties/{duty.code}" for duty in PLANNER.core_duties if duty.code not in kept]
    if not lost:
        demand_core_duties_kept(PLANNER, variant)
        return
    with pytest.raises(CoreDutyLost) as refused:
        demand_core_duties_kept(PLANNER, variant)
    assert [fault.pointer for fault in refused.value.field_errors] == lost
