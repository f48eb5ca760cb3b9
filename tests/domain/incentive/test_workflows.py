"""Every state × action × role of the workflows, and the rules about sign_offs (INC-10, INC-16)."""

from enum import StrEnum
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.awards.domain.award import AWARD, AwardAction, AwardState
from services.incentive.awards.domain.proposal import PROPOSAL, ProposalAction, ProposalState
from services.incentive.recognition.domain.recognition import RECOGNITION, RecognitionAction, RecognitionState
from services.incentive.referrals.domain.referral import REFERRAL, ReferralAction, ReferralState
from services.incentive.runs.domain.run import (
    RUN,
    RunAction,
    RunState,
    SamePerson,
    SignOff,
    check_sign_offs,
    unapproved,
)
from services.incentive.statements.domain.statement import STATEMENT, StatementAction, StatementState
from services.kit.identity import Caller, Role
from services.kit.workflow import TransitionForbidden, TransitionNotPossible, Workflow

COMPENSATION, FINANCE, EXECUTIVE, EMPLOYEE, SERVICE = (
    frozenset({role}) for role in (Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.EMPLOYEE, Role.SERVICE)
)
RUN_TABLE = {
    ("draft", "calculate"): ("calculating", COMPENSATION | SERVICE),
    ("calculated", "calculate"): ("calculating", COMPENSATION),
    ("reviewed", "calculate"): ("calculating", COMPENSATION),
    ("calculating", "finish"): ("calculated", SERVICE),
    ("calculating", "fail"): ("draft", SERVICE),
    ("calculated", "review"): ("reviewed", COMPENSATION | FINANCE),
    ("reviewed", "approve"): ("approved", FINANCE | EXECUTIVE),
    ("approved", "post"): ("posted", FINANCE),
    ("posted", "pay"): ("paid", FINANCE),
    ("paid", "unpay"): ("posted", FINANCE),
    ("draft", "cancel"): ("cancelled", COMPENSATION),
    ("calculating", "cancel"): ("cancelled", COMPENSATION),
    ("calculated", "cancel"): ("cancelled", COMPENSATION),
    ("reviewed", "cancel"): ("cancelled", COMPENSATION),
    ("approved", "cancel"): ("cancelled", COMPENSATION),
}
AWARD_TABLE = {
    ("nominated", "approve"): ("approved", EMPLOYEE),
    ("nominated", "refuse"): ("refused", EMPLOYEE),
    ("approved", "revoke"): ("revoked", COMPENSATION),
}
PROPOSAL_TABLE = {
    ("submitted", "assess"): ("assessed", FINANCE),
    ("assessed", "assess"): ("assessed", FINANCE),
    ("assessed", "adopt"): ("adopted", EXECUTIVE),
    ("submitted", "refuse"): ("refused", EXECUTIVE),
    ("assessed", "refuse"): ("refused", EXECUTIVE),
}
RECOGNITION_TABLE = {("granted", "withdraw"): ("withdrawn", frozenset({Role.HR}))}
REFERRAL_TABLE = {("entered", "withdraw"): ("withdrawn", frozenset({Role.HR}))}
STATEMENT_TABLE = {
    ("issued", "confirm"): ("confirmed", EMPLOYEE),
    ("issued", "dispute"): ("disputed", EMPLOYEE),
    ("disputed", "answer"): ("answered", COMPENSATION),
    ("answered", "confirm"): ("confirmed", EMPLOYEE),
    ("answered", "dispute"): ("disputed", EMPLOYEE),
}


def check(
    flow: Workflow[Any, Any],
    table: dict[tuple[str, str], tuple[str, frozenset[Role]]],
    state: StrEnum,
    action: StrEnum,
    role: Role,
) -> None:
    """One cell of the product."""
    known = table.get((state.value, action.value))
    if known is None:
        with pytest.raises(TransitionNotPossible):
            flow.next(state, action, [role])
    elif role not in known[1]:
        with pytest.raises(TransitionForbidden):
            flow.next(state, action, [role])
    else:
        assert flow.next(state, action, [role]).target == known[0]


@pytest.mark.req("INC-10")
@pytest.mark.parametrize(("state", "action"), list(product(RunState, RunAction)))
def test_a_run_moves_as_the_table_says_and_no_other_way(state: RunState, action: RunAction) -> None:
    for role in Role:
        check(RUN, RUN_TABLE, state, action, role)


@pytest.mark.req("INC-16")
@pytest.mark.parametrize(("state", "action"), list(product(StatementState, StatementAction)))
def test_a_statement_moves_as_the_table_says_and_no_other_way(state: StatementState, action: StatementAction) -> None:
    for role in Role:
        check(STATEMENT, STATEMENT_TABLE, state, action, role)


@pytest.mark.req("INC-04")
@pytest.mark.parametrize(("state", "action"), list(product(AwardState, AwardAction)))
def test_an_award_moves_as_the_table_says_and_no_other_way(state: AwardState, action: AwardAction) -> None:
    for role in Role:
        check(AWARD, AWARD_TABLE, state, action, role)


@pytest.mark.req("INC-04")
@pytest.mark.parametrize(("state", "action"), list(product(ProposalState, ProposalAction)))
def test_a_proposal_moves_as_the_table_says_and_no_other_way(state: ProposalState, action: ProposalAction) -> None:
    for role in Role:
        check(PROPOSAL, PROPOSAL_TABLE, state, action, role)


@pytest.mark.req("INC-06")
@pytest.mark.parametrize(("state", "action"), list(product(ReferralState, ReferralAction)))
def test_a_referral_moves_as_the_table_says_and_no_other_way(state: ReferralState, action: ReferralAction) -> None:
    for role in Role:
        check(REFERRAL, REFERRAL_TABLE, state, action, role)


@pytest.mark.req("INC-09")
@pytest.mark.parametrize(("state", "action"), list(product(RecognitionState, RecognitionAction)))
def test_a_recognition_moves_as_the_table_says(state: RecognitionState, action: RecognitionAction) -> None:
    for role in Role:
        check(RECOGNITION, RECOGNITION_TABLE, state, action, role)


people = st.none() | st.sampled_from([UUID(int=1), UUID(int=2), UUID(int=3)])


@pytest.mark.req("INC-10")
@given(st.lists(people, min_size=1))
def test_every_line_has_an_approver_whom_it_does_not_pay(approvers: list[UUID | None]) -> None:
    waiting = unapproved(approvers)
    for payee in (UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)):
        approved = any(approver != payee for approver in approvers)
        assert approved == (payee != waiting)


@pytest.mark.req("INC-10")
@given(people, people, st.booleans())
def test_a_hand_is_the_callers_by_account_or_by_person(
    acted: UUID | None,
    calling: UUID | None,
    same_account: bool,  # noqa: FBT001 - drawn
) -> None:
    account = uuid4()
    sign_off = SignOff(RunAction.CALCULATE, account, acted)
    caller = Caller(account if same_account else uuid4(), "某人", employee_id=calling)
    if same_account or (acted is not None and acted == calling):
        with pytest.raises(SamePerson):
            check_sign_offs([sign_off], caller)
    else:
        check_sign_offs([sign_off], caller)
