"""The rules about sign-offs (INC-10)."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentive.runs.domain.run import (
    RunAction,
    SamePerson,
    SignOff,
    check_sign_offs,
    unapproved,
)
from services.kit.identity import Caller

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
