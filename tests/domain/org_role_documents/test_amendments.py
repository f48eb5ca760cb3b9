"""Requests to amend, reviews that come due, supplements for a time (ORG-05)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import TransitionForbidden
from services.org.documents.domain.amendment import (
    AMENDMENT,
    AmendmentAction,
    AmendmentGrounds,
    AmendmentState,
    RequestWithoutGrounds,
    ReviewPolicy,
    Supplement,
    SupplementUnsound,
    Trigger,
    as_supplemented,
    days_overdue,
    demand_fits,
)
from services.org.documents.domain.role_document import Duty, DutyKind
from services.org.documents.domain.work_standard import WorkStandard
from tests.domain.org_role_documents.building import PLANNER

pytestmark = pytest.mark.req("ORG-05")

LIVE = Duty("S01", DutyKind.AD_HOC, Text("试行直播推广", "Tries promotion by live stream"))
SPRING = Period.closed(date(2026, 3, 1), date(2026, 5, 31))


def test_drafting_waits_for_the_vice_presidents_approval() -> None:
    assert AMENDMENT.next(AmendmentState.REQUESTED, AmendmentAction.APPROVE, {Role.EXECUTIVE}).target == "approved"
    assert AMENDMENT.next(AmendmentState.APPROVED, AmendmentAction.DRAFT, {Role.MANAGER}).target == "drafting"
    with pytest.raises(TransitionForbidden):
        AMENDMENT.next(AmendmentState.REQUESTED, AmendmentAction.APPROVE, {Role.HR, Role.MANAGER})


@given(st.lists(st.sampled_from(AmendmentAction), max_size=20))
def test_nothing_is_drafted_or_done_without_approval(actions: list[AmendmentAction]) -> None:
    state, approved = AmendmentState.REQUESTED, False
    for action in actions:
        move = next((move for move in AMENDMENT.moves if (move.source, move.action) == (state, action)), None)
        if move is not None:
            state = move.target
            approved = approved or action is AmendmentAction.APPROVE
        assert approved or state not in {AmendmentState.DRAFTING, AmendmentState.DONE}


def test_a_request_names_reason_benchmark_and_business_need() -> None:
    with pytest.raises(RequestWithoutGrounds) as refused:
        AmendmentGrounds(reason="新业务", benchmark=" ", business_need="")
    assert [fault.pointer for fault in refused.value.field_errors] == ["/benchmark", "/business_need"]


@pytest.mark.parametrize(
    ("trigger", "recorded_on", "due_on"),
    [
        (Trigger.STRATEGY_CHANGE, date(2026, 1, 15), date(2026, 2, 14)),
        (Trigger.REORGANISATION, date(2026, 1, 15), date(2026, 4, 15)),
        (Trigger.REORGANISATION, date(2025, 11, 30), date(2026, 2, 28)),
    ],
)
def test_a_review_is_due_thirty_days_or_three_months_after_its_trigger(
    trigger: Trigger, recorded_on: date, due_on: date
) -> None:
    assert ReviewPolicy().due_on(trigger, recorded_on) == due_on


def test_the_time_for_a_review_is_policy() -> None:
    policy = ReviewPolicy(strategy_change_days=10, reorganisation_months=1)
    assert policy.due_on(Trigger.STRATEGY_CHANGE, date(2026, 1, 1)) == date(2026, 1, 11)
    assert policy.due_on(Trigger.REORGANISATION, date(2026, 1, 1)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("today", "closed_on", "late"),
    [
        (date(2026, 2, 14), None, 0),
        (date(2026, 2, 15), None, 1),
        (date(2026, 9, 1), date(2026, 2, 10), 0),
        (date(2026, 9, 1), date(2026, 2, 20), 6),
    ],
)
def test_a_review_is_late_from_the_day_after_it_was_due(today: date, closed_on: date | None, late: int) -> None:
    assert days_overdue(date(2026, 2, 14), today, closed_on) == late


def test_a_supplement_adds_its_duties_while_it_runs() -> None:
    supplement = Supplement(Text("新场景", "a new field"), (LIVE,), SPRING)
    codes = [duty.code for duty in as_supplemented(PLANNER, [supplement], date(2026, 5, 31)).duties]
    assert codes == ["D01", "D02", "D03", "D04", "S01"]
    assert as_supplemented(PLANNER, [supplement], date(2026, 6, 1)) == PLANNER


def test_a_supplement_needs_an_end_and_duties() -> None:
    with pytest.raises(SupplementUnsound) as refused:
        Supplement(Text("新场景", "a new field"), (), Period(date(2026, 3, 1)))
    assert {fault.pointer for fault in refused.value.field_errors} == {"/valid_to", "/duties"}


def test_a_supplement_with_a_broken_standard_is_refused() -> None:
    with pytest.raises(SupplementUnsound) as refused:
        Supplement(LIVE.text, (replace(LIVE, standards=(WorkStandard(LIVE.text),)),), SPRING)
    assert refused.value.field_errors[0].pointer == "/duties/0/standards/0"


def test_a_supplement_does_not_take_the_code_of_a_duty() -> None:
    with pytest.raises(SupplementUnsound) as refused:
        demand_fits(Supplement(LIVE.text, (replace(LIVE, code="D01"),), SPRING), PLANNER)
    assert refused.value.field_errors[0].found == "D01"
