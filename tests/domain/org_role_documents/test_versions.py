"""The life of a role document and what changed between two versions (ORG-04)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import TransitionForbidden, TransitionNotPossible
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.role_document import Authority, Duty, DutyKind
from services.org.documents.domain.role_document_comparison import Change, ChangeKind, differences
from services.org.documents.domain.role_document_life import (
    DOCUMENT,
    FOUR_EYES,
    AlreadyInForce,
    AlreadySigned,
    DocumentAction,
    DocumentState,
    Issued,
    SigningBackdated,
    VariantNotRegistered,
    demand_registered,
    due_transitions,
    in_force,
    signature_revoked,
    signed,
)
from tests.domain.org_role_documents.building import ATTENDANCE, FILES, HELPS, PLANNER, PLANS, REPORTS, with_duties

pytestmark = pytest.mark.req("ORG-04")

TODAY = date(2026, 3, 2)
LATER = date(2026, 4, 1)


def test_a_document_runs_from_draft_over_review_and_approval_to_its_end() -> None:
    way = [
        (DocumentAction.SUBMIT, Role.MANAGER),
        (DocumentAction.ENDORSE, Role.HR),
        (DocumentAction.APPROVE, Role.EXECUTIVE),
        (DocumentAction.SIGN, Role.HR),
        (DocumentAction.TAKE_EFFECT, Role.SERVICE),
        (DocumentAction.SUPERSEDE, Role.SERVICE),
    ]
    state = DocumentState.DRAFT
    for action, role in way:
        state = DOCUMENT.next(state, action, {role}).target
    assert state is DocumentState.SUPERSEDED


@given(st.sampled_from(DocumentState), st.sampled_from(DocumentAction), st.sampled_from(Role))
def test_every_state_action_and_role_is_in_the_table_or_refused(
    state: DocumentState, action: DocumentAction, role: Role
) -> None:
    rows = [move for move in DOCUMENT.moves if (move.source, move.action) == (state, action)]
    if not rows:
        with pytest.raises(TransitionNotPossible):
            DOCUMENT.next(state, action, {role})
    elif role not in rows[0].by:
        with pytest.raises(TransitionForbidden):
            DOCUMENT.next(state, action, {role})
    else:
        assert DOCUMENT.next(state, action, {role}) == rows[0]


@given(st.lists(st.sampled_from(DocumentAction), max_size=30))
def test_no_way_reaches_force_past_review_approval_and_signing(actions: list[DocumentAction]) -> None:
    state, since_draft = DocumentState.DRAFT, set[DocumentAction]()
    for action in actions:
        move = next((move for move in DOCUMENT.moves if (move.source, move.action) == (state, action)), None)
        if move is None:
            continue
        state = move.target
        since_draft = set() if state is DocumentState.DRAFT else since_draft | {action}
        if state is DocumentState.EFFECTIVE:
            assert {DocumentAction.ENDORSE, DocumentAction.APPROVE, DocumentAction.SIGN} <= since_draft


def test_superseded_and_withdrawn_versions_are_archived_for_ever() -> None:
    sources = {move.source for move in DOCUMENT.moves}
    assert {DocumentState.SUPERSEDED, DocumentState.WITHDRAWN}.isdisjoint(sources)


def test_approval_takes_another_hand_than_submitting_and_reviewing() -> None:
    assert FOUR_EYES[DocumentAction.APPROVE] == {DocumentAction.SUBMIT, DocumentAction.ENDORSE}
    assert FOUR_EYES[DocumentAction.ENDORSE] == {DocumentAction.SUBMIT}


def test_a_signed_version_counts_from_its_signing_date_and_ends_the_one_before() -> None:
    issued = signed([Issued(1, Period(date(2025, 1, 1)))], version=2, signed_on=LATER, today=TODAY)
    assert issued == [Issued(1, Period(date(2025, 1, 1), LATER)), Issued(2, Period(LATER))]
    assert in_force(issued, date(2026, 3, 31)) == issued[0]
    assert in_force(issued, LATER) == issued[1]
    assert in_force(issued, date(2024, 12, 31)) is None


def test_a_version_cannot_count_from_a_past_day() -> None:
    with pytest.raises(SigningBackdated) as refused:
        signed([], version=1, signed_on=TODAY - timedelta(days=1), today=TODAY)
    assert refused.value.field_errors[0].pointer == "/signed_on"


def test_two_versions_cannot_begin_on_one_day() -> None:
    with pytest.raises(SigningBackdated):
        signed([Issued(1, Period(TODAY))], version=2, signed_on=TODAY, today=TODAY)


def test_a_second_version_cannot_be_signed_while_one_waits_for_its_day() -> None:
    waiting = signed([Issued(1, Period(date(2025, 1, 1)))], version=2, signed_on=LATER, today=TODAY)
    with pytest.raises(AlreadySigned, match="Version 2"):
        signed(waiting, version=3, signed_on=LATER + timedelta(days=9), today=TODAY)


def test_a_signing_is_undone_before_its_day_and_not_after() -> None:
    before = [Issued(1, Period(date(2025, 1, 1)))]
    waiting = signed(before, version=2, signed_on=LATER, today=TODAY)
    assert signature_revoked(waiting, version=2, today=TODAY) == before
    with pytest.raises(AlreadyInForce) as refused:
        signature_revoked(waiting, version=2, today=LATER)
    assert refused.value.text("zh") == "版本 2 已经生效，不能撤销签发；如需修改，请新建版本。"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-3, 40)), max_size=12))
def test_whatever_is_signed_one_version_counts_at_a_time_and_the_past_stays(steps: list[tuple[int, int]]) -> None:
    issued: list[Issued] = []
    today, seen = TODAY, dict[date, int]()
    for version, (wait, ahead) in enumerate(steps, start=1):
        for _ in range(wait):
            if in_force(issued, today) is not None:
                seen[today] = _version(issued, today)
            today += timedelta(days=1)
        try:
            issued = signed(issued, version=version, signed_on=today + timedelta(days=ahead), today=today)
        except (SigningBackdated, AlreadySigned):
            continue
        starts = [one.valid for one in issued]
        assert all(one.overlap(other) is None for one in starts for other in starts if one is not other)
        assert all(_version(issued, day) == counted for day, counted in seen.items())


def _version(issued: list[Issued], day: date) -> int:
    counting = in_force(issued, day)
    assert counting is not None
    return counting.version


@pytest.mark.parametrize(
    ("state", "valid", "moves"),
    [
        (DocumentState.SIGNED, Period(LATER), ()),
        (DocumentState.SIGNED, Period(TODAY), (DocumentAction.TAKE_EFFECT,)),
        (DocumentState.EFFECTIVE, Period(date(2025, 1, 1), LATER), ()),
        (DocumentState.EFFECTIVE, Period(date(2025, 1, 1), TODAY), (DocumentAction.SUPERSEDE,)),
        (
            DocumentState.SIGNED,
            Period(date(2026, 1, 1), date(2026, 2, 1)),
            (DocumentAction.TAKE_EFFECT, DocumentAction.SUPERSEDE),
        ),
        (DocumentState.SUPERSEDED, Period(date(2025, 1, 1), TODAY), ()),
    ],
)
def test_the_daily_job_catches_up_also_after_days_of_standstill(
    state: DocumentState, valid: Period, moves: tuple[DocumentAction, ...]
) -> None:
    assert due_transitions(state, valid, TODAY) == moves


@pytest.mark.req("ORG-06")
def test_a_variant_is_signed_only_once_it_is_filed() -> None:
    demand_registered(variant=False, registered=False)
    demand_registered(variant=True, registered=True)
    with pytest.raises(VariantNotRegistered):
        demand_registered(variant=True, registered=False)


def test_equal_documents_show_no_difference_whatever_the_order_of_their_duties() -> None:
    assert differences(PLANNER, with_duties(HELPS, FILES, REPORTS, PLANS)) == ()


def test_a_difference_names_the_duty_by_its_code() -> None:
    stricter = replace(PLANS, standards=(replace(ATTENDANCE, value=Decimal("85")),))
    news = Duty("D05", DutyKind.AUXILIARY, Text("复盘", "Reviews"))
    changes = differences(PLANNER, with_duties(stricter, replace(REPORTS, kind=DutyKind.AUXILIARY), HELPS, news))
    summary = [(change.path, change.kind) for change in changes]
    assert summary == [
        ("/duties/D01/standards/0", ChangeKind.REMOVED),
        ("/duties/D01/standards/0", ChangeKind.ADDED),
        ("/duties/D02/kind", ChangeKind.CHANGED),
        ("/duties/D03", ChangeKind.REMOVED),
        ("/duties/D05", ChangeKind.ADDED),
    ]
    assert (changes[2].before, changes[2].after) == ("core", "auxiliary")


def test_a_difference_shows_texts_limits_and_parts_that_came_or_went() -> None:
    changed = replace(
        PLANNER,
        purpose=Text("办好活动", PLANNER.purpose.en),
        authorities=(Authority(AuthorityType.SINGLE_PAYMENT, Decimal("5000")),),
        qualification=None,
    )
    found = {change.path: change for change in differences(PLANNER, changed)}
    assert found["/purpose/zh"] == Change("/purpose/zh", ChangeKind.CHANGED, PLANNER.purpose.zh, "办好活动")
    assert found["/authorities/single_payment/limit"].after == Decimal("5000")
    assert found["/qualification"].kind is ChangeKind.REMOVED
    assert len(found) == 3


duties = st.lists(
    st.builds(
        Duty,
        code=st.sampled_from([f"D{n}" for n in range(6)]),
        kind=st.sampled_from(DutyKind),
        text=st.builds(Text, st.sampled_from("甲乙"), st.sampled_from("ab")),
    ),
    unique_by=lambda duty: duty.code,
)


@given(duties, duties)
def test_two_documents_differ_exactly_where_their_duties_do(before: list[Duty], after: list[Duty]) -> None:
    old, new = with_duties(*before), with_duties(*after)
    touched = {change.path.split("/")[2] for change in differences(old, new)}
    codes = {duty.code for duty in (*before, *after)}
    assert touched == {code for code in codes if old.duty(code) != new.duty(code)}
    assert _mirrored(differences(new, old)) == set(_seen(differences(old, new)))


def _seen(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.path, str(change.before), str(change.after)) for change in changes]


def _mirrored(changes: tuple[Change, ...]) -> set[tuple[str, str, str]]:
    return {(path, after, before) for path, before, after in _seen(changes)}
