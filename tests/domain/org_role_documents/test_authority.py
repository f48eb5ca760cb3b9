"""Who may approve what, who is next, and what a delegation may give (ORG-09)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.kit.periods import Period
from services.org.authority.domain.authority import ApprovalCheck, ApproversShort, AuthorityBook
from services.org.authority.domain.authority_type import AuthorityType, EmployeeLimit, TwoApprovers, limit_in_words
from services.org.authority.domain.delegation import Delegation, DelegationInvalid, DelegationTooWide

pytestmark = pytest.mark.req("ORG-09")

CLERK, DEPUTY, HEAD, DIRECTOR, PRESIDENT = (UUID(int=n) for n in range(1, 6))
COMPANY, CENTRE, DEPARTMENT, SALES = (UUID(int=n) for n in range(11, 15))
POSITION, LEAVE = UUID(int=21), UUID(int=31)
FROM = date(2026, 1, 1)
DAY = date(2026, 3, 10)
SPRING = Period.closed(date(2026, 3, 1), date(2026, 3, 31))
PAY, CONTRACT = AuthorityType.SINGLE_PAYMENT, AuthorityType.CONTRACT
POLICY = TwoApprovers(Decimal(200000))


def _held(who: UUID, unit: UUID, limit: int | None, authority_type: AuthorityType = PAY) -> EmployeeLimit:
    return EmployeeLimit(who, POSITION, unit, authority_type, None if limit is None else Decimal(limit), Period(FROM))


HELD = (
    _held(DEPUTY, DEPARTMENT, 50000),
    _held(HEAD, DEPARTMENT, 100000),
    _held(DIRECTOR, CENTRE, 1000000),
    _held(PRESIDENT, COMPANY, None),
)
UPWARDS = (DEPUTY, HEAD, DIRECTOR, PRESIDENT)
TO_DEPUTY = Delegation(LEAVE, HEAD, DEPUTY, DEPARTMENT, PAY, Decimal(80000), SPRING)


def _asked(
    amount: str, *, day: date = DAY, requester: UUID | None = None, authority_type: AuthorityType = PAY
) -> ApprovalCheck:
    return ApprovalCheck(authority_type, Decimal(amount), (COMPANY, CENTRE, DEPARTMENT), day, requester)


def _book(*delegations: Delegation) -> AuthorityBook:
    return AuthorityBook(HELD, delegations, POLICY)


def test_a_limit_suffices_up_to_and_including_itself() -> None:
    assert _book().decide(DEPUTY, _asked("50000"), UPWARDS[1:]).allowed
    assert not _book().decide(DEPUTY, _asked("50000.01"), UPWARDS[1:]).allowed


def test_whoever_may_not_is_told_who_is_next_and_why() -> None:
    answer = _book().decide(CLERK, _asked("120000"), UPWARDS)
    assert (answer.allowed, answer.next_id, answer.needed) == (False, DIRECTOR, 1)
    assert [link.verdict for link in answer.chain] == ["no_authority", "over_limit", "over_limit", "own_limit"]
    assert answer.chain[1].reason(AuthorityType.SINGLE_PAYMENT) == (
        "额度 50,000 元，不足，须由上级审批",
        "limit 50,000 yuan is too low; a superior has to approve",
    )
    assert answer.chain[3].reason(AuthorityType.SINGLE_PAYMENT).en == "own limit suffices: 1,000,000 yuan"


def test_a_limit_holds_in_the_unit_and_below_and_nowhere_else() -> None:
    elsewhere = replace(_asked("100"), unit_path=(COMPANY, CENTRE, SALES))
    assert _book().check(HEAD, elsewhere).verdict == "no_authority"
    assert _book().check(DIRECTOR, elsewhere).is_allowed
    above = replace(_asked("100"), unit_path=(COMPANY,))
    assert _book().check(DIRECTOR, above).verdict == "no_authority"


def test_a_power_does_not_stand_for_another() -> None:
    assert _book().check(HEAD, _asked("1", authority_type=CONTRACT)).verdict == "no_authority"


def test_a_limit_is_in_force_on_its_days_only() -> None:
    assert _book().check(HEAD, _asked("1", day=date(2025, 12, 31))).verdict == "no_authority"


def test_without_bound_covers_every_amount() -> None:
    link = _book().check(PRESIDENT, _asked("99999999999"))
    assert link.is_allowed
    assert link.reason(AuthorityType.SINGLE_PAYMENT) == ("本人额度不限，可以审批", "own limit suffices: unlimited")


def test_the_largest_of_several_limits_counts() -> None:
    book = AuthorityBook([*HELD, _held(DEPUTY, COMPANY, 300), _held(DEPUTY, CENTRE, 70000)])
    assert book.check(DEPUTY, _asked("60000")).limit == Decimal(70000)


def test_nobody_in_the_chain_is_an_answer_too() -> None:
    answer = _book().decide(CLERK, _asked("500000"), (DEPUTY, HEAD))
    assert (answer.allowed, answer.next_id) == (False, None)


def test_nobody_approves_his_own_request() -> None:
    answer = _book(TO_DEPUTY).decide(HEAD, _asked("60000", requester=HEAD), (DIRECTOR,))
    assert (answer.allowed, answer.next_id) == (False, DIRECTOR)
    assert answer.chain[0].verdict == "own_request"


def test_a_delegate_does_not_approve_for_the_requester_who_delegated() -> None:
    assert not _book(TO_DEPUTY).check(DEPUTY, _asked("60000", requester=HEAD)).is_allowed


def test_a_delegate_approves_in_the_delegators_name_while_it_runs() -> None:
    link = _book(TO_DEPUTY).check(DEPUTY, _asked("80000"))
    assert (link.verdict, link.acting_for, link.delegation_id) == ("delegated", HEAD, LEAVE)
    assert not _book(TO_DEPUTY).check(DEPUTY, _asked("80000", day=date(2026, 4, 1))).is_allowed
    assert not _book(TO_DEPUTY).check(DEPUTY, _asked("80000.01")).is_allowed


def test_a_revoked_delegation_ends_on_the_day_itself() -> None:
    revoked = replace(TO_DEPUTY, revoked_on=DAY)
    assert not _book(revoked).check(DEPUTY, _asked("80000")).is_allowed
    assert _book(revoked).check(DEPUTY, _asked("80000", day=date(2026, 3, 9))).is_allowed


def test_a_delegation_shrinks_with_the_delegators_own_limit() -> None:
    lowered = AuthorityBook([_held(HEAD, DEPARTMENT, 30000)], [TO_DEPUTY])
    assert lowered.check(DEPUTY, _asked("30000")).is_allowed
    assert lowered.check(DEPUTY, _asked("30001")).limit == Decimal(30000)
    assert AuthorityBook([], [TO_DEPUTY]).check(DEPUTY, _asked("1")).verdict == "no_authority"


def test_what_was_delegated_is_not_delegated_on() -> None:
    onwards = Delegation(UUID(int=32), DEPUTY, CLERK, DEPARTMENT, PAY, Decimal(80000), SPRING)
    assert not _book(TO_DEPUTY, onwards).check(CLERK, _asked("60000")).is_allowed


@pytest.mark.parametrize(
    ("delegation", "pointer"),
    [
        (replace(TO_DEPUTY, limit=Decimal(100001)), "/limit"),
        (replace(TO_DEPUTY, limit=None), "/limit"),
        (replace(TO_DEPUTY, authority_type=CONTRACT), "/authority_type"),
        (replace(TO_DEPUTY, valid=Period.closed(date(2025, 12, 1), date(2026, 1, 31))), "/authority_type"),
    ],
)
def test_a_delegation_wider_than_the_delegators_own_is_refused(delegation: Delegation, pointer: str) -> None:
    with pytest.raises(DelegationTooWide) as refused:
        _book().require_delegable(delegation, (COMPANY, CENTRE, DEPARTMENT))
    assert refused.value.field_errors[0].pointer == pointer


def test_a_delegation_in_a_unit_that_is_not_the_delegators_is_refused() -> None:
    with pytest.raises(DelegationTooWide):
        _book().require_delegable(replace(TO_DEPUTY, unit_id=SALES), (COMPANY, CENTRE, SALES))


def test_a_delegation_that_outlasts_the_delegators_limit_is_refused() -> None:
    ending = replace(HELD[1], valid=Period.closed(FROM, date(2026, 3, 15)))
    with pytest.raises(DelegationTooWide):
        AuthorityBook([ending]).require_delegable(TO_DEPUTY, (COMPANY, CENTRE, DEPARTMENT))


def test_a_delegation_within_the_delegators_own_is_accepted() -> None:
    _book().require_delegable(TO_DEPUTY, (COMPANY, CENTRE, DEPARTMENT))
    boundless = replace(TO_DEPUTY, delegator_id=PRESIDENT, limit=None)
    _book().require_delegable(boundless, (COMPANY, CENTRE, DEPARTMENT))


@pytest.mark.parametrize(
    ("delegation", "pointer"),
    [
        (replace(TO_DEPUTY, delegate_id=HEAD), "/d/delegate_id"),
        (replace(TO_DEPUTY, valid=Period(DAY)), "/d/valid_to"),
        (replace(TO_DEPUTY, limit=Decimal(-1)), "/d/limit"),
    ],
)
def test_an_unsound_delegation_is_refused(delegation: Delegation, pointer: str) -> None:
    with pytest.raises(DelegationInvalid) as refused:
        _book().require_delegable(delegation, (COMPANY, CENTRE, DEPARTMENT), pointer="/d")
    assert refused.value.field_errors[0].pointer == pointer


def test_a_large_payment_needs_two_different_approvers() -> None:
    answer = _book().decide(DIRECTOR, _asked("200000"), (PRESIDENT,))
    assert (answer.allowed, answer.needed, answer.next_id) == (True, 2, PRESIDENT)
    with pytest.raises(ApproversShort) as refused:
        _book().require_enough([DIRECTOR, DIRECTOR], _asked("200000"))
    assert refused.value.field_errors[0].found == "1"
    _book().require_enough([DIRECTOR, PRESIDENT], _asked("200000"))
    _book().require_enough([DIRECTOR], _asked("199999.99"))


def test_a_large_payment_asked_from_below_names_the_first_of_the_two() -> None:
    answer = _book().decide(CLERK, _asked("300000"), UPWARDS)
    assert (answer.allowed, answer.next_id) == (False, DIRECTOR)
    assert [link.employee_id for link in answer.chain if link.is_allowed] == [DIRECTOR, PRESIDENT]


def test_a_delegate_and_his_delegator_are_one_approver() -> None:
    borrowed = Delegation(LEAVE, DIRECTOR, HEAD, CENTRE, PAY, Decimal(1000000), SPRING)
    book = _book(borrowed)
    with pytest.raises(ApproversShort):
        book.require_enough([HEAD, DIRECTOR], _asked("300000"))
    assert book.decide(HEAD, _asked("300000"), (DIRECTOR, PRESIDENT)).next_id == PRESIDENT


def test_a_delegate_of_two_may_act_for_the_one_who_does_not_sign_himself() -> None:
    for_director = Delegation(LEAVE, DIRECTOR, HEAD, CENTRE, PAY, Decimal(1000000), SPRING)
    for_president = Delegation(UUID(int=33), PRESIDENT, HEAD, CENTRE, PAY, Decimal(1000000), SPRING)
    book = _book(for_director, for_president)
    book.require_enough([HEAD, DIRECTOR], _asked("300000"))
    assert book.decide(HEAD, _asked("300000"), (DIRECTOR, PRESIDENT)).next_id == DIRECTOR
    with pytest.raises(ApproversShort):
        book.require_enough([HEAD], _asked("300000"))


def test_the_budget_of_a_year_needs_one_approver_however_large() -> None:
    assert POLICY.needed(AuthorityType.YEARLY_BUDGET_APPROVAL, Decimal(5000000)) == 1


@pytest.mark.req("ORG-09")
def test_a_limit_of_staffing_counts_people_and_any_other_yuan() -> None:
    assert limit_in_words(Decimal("12.00"), AuthorityType.STAFFING) == (" 12 人", "12 people")
    assert limit_in_words(Decimal("1000000.50"), PAY) == (" 1,000,000.50 元", "1,000,000.50 yuan")
