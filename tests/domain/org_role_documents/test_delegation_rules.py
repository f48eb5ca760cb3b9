"""Whoever delegates whatever: nobody gains more than the delegator had (ORG-09)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.periods import Period
from services.org.authority.domain.authority import ApprovalCheck, AuthorityBook
from services.org.authority.domain.authority_type import AuthorityType, EmployeeLimit, TwoApprovers
from services.org.authority.domain.delegation import Delegation, DelegationInvalid, DelegationTooWide

pytestmark = pytest.mark.req("ORG-09")

PATH = tuple(UUID(int=n) for n in range(100, 104))
PEOPLE = [UUID(int=n) for n in range(1, 6)]
START = date(2026, 1, 1)

people = st.sampled_from(PEOPLE)
units = st.sampled_from(PATH)
authority_types = st.sampled_from([AuthorityType.SINGLE_PAYMENT, AuthorityType.CONTRACT])
limits = st.none() | st.integers(0, 20).map(Decimal)
days = st.integers(0, 20).map(lambda offset: START + timedelta(days=offset))
spans = st.tuples(days, st.integers(1, 15)).map(lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1])))
held = st.builds(EmployeeLimit, people, st.just(UUID(int=50)), units, authority_types, limits, spans)
delegations = st.builds(
    Delegation, st.uuids(version=4), people, people, units, authority_types, limits, spans, revoked_on=st.none() | days
)
questions = st.builds(
    ApprovalCheck,
    authority_types,
    st.integers(0, 25).map(Decimal),
    st.integers(1, len(PATH)).map(lambda depth: PATH[:depth]),
    days,
    requester_id=st.none() | people,
)


@given(st.lists(held, max_size=8), st.lists(delegations, max_size=8), people, questions)
def test_a_delegation_never_widens(
    rights: list[EmployeeLimit], lent: list[Delegation], person: UUID, question: ApprovalCheck
) -> None:
    link = AuthorityBook(rights, lent).check(person, question)
    if link.is_allowed:
        alone = AuthorityBook(rights).check(link.source, question)
        assert alone.verdict == "own_limit"
        assert alone.limit is None or (link.limit is not None and link.limit <= alone.limit)


def test_a_delegation_counts_in_its_own_unit_and_below_alone() -> None:
    span, kind, most = Period(START, START + timedelta(days=30)), AuthorityType.SINGLE_PAYMENT, Decimal(20)
    boss, deputy = PEOPLE[:2]
    rights = [EmployeeLimit(boss, UUID(int=50), PATH[0], kind, most, span)]
    lent = [Delegation(UUID(int=60), boss, deputy, PATH[1], kind, most, span, revoked_on=None)]
    book = AuthorityBook(rights, lent)
    for path, allowed in ((PATH[:2], True), (PATH, True), (PATH[:1], False), ((PATH[0], UUID(int=200)), False)):
        asked = ApprovalCheck(kind, Decimal(1), path, START)
        assert book.check(boss, asked).is_allowed
        assert book.check(deputy, asked).is_allowed is allowed


@given(st.lists(held, max_size=8), st.lists(delegations, max_size=8), people, questions)
def test_delegating_takes_nothing_away(
    rights: list[EmployeeLimit], lent: list[Delegation], person: UUID, question: ApprovalCheck
) -> None:
    if AuthorityBook(rights).check(person, question).is_allowed:
        assert AuthorityBook(rights, lent).check(person, question).is_allowed


@given(st.lists(held, max_size=8), delegations, days)
def test_what_was_accepted_can_be_used_in_full_on_each_of_its_days(
    rights: list[EmployeeLimit], wanted: Delegation, day: date
) -> None:
    book = AuthorityBook(rights, [wanted])
    depth = PATH.index(wanted.unit_id) + 1
    try:
        book.require_delegable(wanted, PATH[:depth])
    except (DelegationTooWide, DelegationInvalid):
        return
    if wanted.is_in_force_on(day):
        amount = Decimal(25) if wanted.limit is None else wanted.limit
        asked = ApprovalCheck(wanted.authority_type, amount, PATH[:depth], day)
        assert book.check(wanted.delegate_id, asked).is_allowed


@given(st.lists(held, max_size=8), st.lists(delegations, max_size=8), st.permutations(PEOPLE), questions)
def test_the_answer_names_only_people_who_may_and_never_too_few(
    rights: list[EmployeeLimit], lent: list[Delegation], chain: list[UUID], question: ApprovalCheck
) -> None:
    book = AuthorityBook(rights, lent, TwoApprovers(Decimal(10)))
    answer = book.decide(chain[0], question, chain[1:])
    assert answer.allowed is book.check(chain[0], question).is_allowed
    if answer.next_id is not None:
        assert answer.next_id != chain[0]
        assert book.check(answer.next_id, question).is_allowed
    if answer.allowed and answer.needed > 1 and answer.next_id is not None:
        book.require_enough([chain[0], answer.next_id], question)


@given(st.lists(held, max_size=8), st.lists(delegations, max_size=8), people, questions)
def test_a_smaller_amount_is_never_harder_to_approve(
    rights: list[EmployeeLimit], lent: list[Delegation], person: UUID, question: ApprovalCheck
) -> None:
    book = AuthorityBook(rights, lent)
    smaller = ApprovalCheck(
        question.authority_type,
        question.amount / 2,
        question.unit_path,
        question.day,
        requester_id=question.requester_id,
    )
    assert book.check(person, smaller).is_allowed or not book.check(person, question).is_allowed
