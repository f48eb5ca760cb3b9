"""The rules of a cycle: windows, assignments, quotas, measurements, and whom a form exists for."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from services.appraisal.cycles.domain.cycle import CyclePolicy, PublicNoticeTooShort
from services.appraisal.cycles.domain.form_role import FormRole, Ownership, form_roles
from services.appraisal.decisions.domain.calibration import QuotaInvalid, check_quota
from services.appraisal.decisions.domain.public_notice import PublicNotice, PublicNoticeOver, PublicNoticeRunning
from services.appraisal.decisions.domain.quota import GradeCounts, distribution
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.domain.assignment import (
    Assignment,
    department_of,
    last_assignment_only,
    main_assignments,
)
from services.appraisal.scoring.domain.adjustment import AdjustmentTooFine, AdjustmentTooGreat, check_adjustments
from services.appraisal.scoring.domain.decision import Decision, OneDecision, computed_part, without_groups
from services.appraisal.tracking.domain.measurement import Measured, Stored, sort_out
from services.kit.errors import Text
from services.kit.explanation import Step
from services.kit.identity import Caller, Role, RoleAssignment
from services.kit.periods import Period
from services.kit.working_days import CalendarUnknown, WorkingDays

SHANGHAI = ZoneInfo("Asia/Shanghai")


def calendar(*holidays: int) -> WorkingDays:
    """April 2026: weekends and some days are free."""
    days = [date(2026, 4, 1) + timedelta(days=n) for n in range(30)]
    return WorkingDays({day: day.weekday() < 5 and day.day not in holidays for day in days})


@pytest.mark.req("APR-13")
@pytest.mark.parametrize(
    ("first", "holidays", "last"),
    [(14, (), 20), (14, (16,), 21), (11, (), 17), (13, (), 17), (18, (), 24)],
    ids=["over a weekend", "with a holiday", "from a Saturday", "a whole week", "a second Saturday"],
)
def test_public_notice_lasts_its_working_days(first: int, holidays: tuple[int, ...], last: int) -> None:
    window = PublicNotice.of(calendar(*holidays), first=date(2026, 4, first), working_days=5)
    assert window.last == date(2026, 4, last)


@pytest.mark.req("APR-13")
def test_public_notice_into_a_year_without_calendar_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        PublicNotice.of(calendar(), first=date(2026, 4, 28), working_days=5)


@pytest.mark.req("APR-13")
def test_the_window_ends_with_the_last_second_of_its_last_day_in_the_companys_zone() -> None:
    window = PublicNotice(date(2026, 4, 14), date(2026, 4, 20))
    last_second = datetime(2026, 4, 20, 15, 59, 59, 999999, tzinfo=UTC)  # 23:59:59.999999 in Shanghai
    window.demand_running(last_second, SHANGHAI)
    with pytest.raises(PublicNoticeRunning):
        window.demand_over(last_second, SHANGHAI)
    after = last_second + timedelta(microseconds=1)
    window.demand_over(after, SHANGHAI)
    with pytest.raises(PublicNoticeOver):
        window.demand_running(after, SHANGHAI)
    with pytest.raises(PublicNoticeOver):
        window.demand_running(datetime(2026, 4, 13, 15, 59, tzinfo=UTC), SHANGHAI)


@pytest.mark.req("APR-13")
def test_public_notice_is_never_shorter_than_five_working_days() -> None:
    with pytest.raises(PublicNoticeTooShort):
        CyclePolicy(public_notice_days=4)


def assignment(kind: str, first: tuple[int, int], last: tuple[int, int]) -> Assignment:
    """A assignment in 2026, both days included."""
    days = Period.closed(date(2026, *first), date(2026, *last))
    return Assignment(uuid4(), uuid4(), uuid4(), (uuid4(),), kind, days, None, ())


@pytest.mark.req("APR-04")
def test_a_rotation_replaces_the_main_assignment_while_it_runs() -> None:
    main, away = assignment("primary", (1, 1), (3, 31)), assignment("rotation", (2, 1), (2, 28))
    found = main_assignments(
        [main, away, assignment("acting", (1, 1), (3, 31)), assignment("concurrent", (1, 1), (3, 31))]
    )
    spans = [(each.assignment_id, each.days.start, each.days.last) for each in found]
    assert spans == [
        (main.assignment_id, date(2026, 1, 1), date(2026, 1, 31)),
        (away.assignment_id, date(2026, 2, 1), date(2026, 2, 28)),
        (main.assignment_id, date(2026, 3, 1), date(2026, 3, 31)),
    ]


@pytest.mark.req("APR-04")
def test_one_form_by_policy_answers_for_all_days_from_the_last_assignment() -> None:
    early, late = assignment("primary", (1, 1), (2, 15)), assignment("primary", (2, 16), (3, 31))
    (found,) = last_assignment_only(main_assignments([late, early]))
    assert (found.assignment_id, found.days.days) == (late.assignment_id, 90)
    assert last_assignment_only([]) == []


@pytest.mark.req("APR-13")
def test_the_department_of_a_team_is_the_unit_above_it() -> None:
    root, department, team, project = (uuid4() for _ in range(4))
    kinds = {root: "group", department: "department", team: "team", project: "project_team"}
    assert department_of([root, department, team, project], kinds) == department
    assert department_of([root], kinds) == root


@pytest.mark.req("APR-12")
def test_a_quota_is_cumulative() -> None:
    counts = GradeCounts({}, {Grade.S: 1, Grade.A: 3, Grade.B: 6})
    shares = distribution(counts, {Grade.S: Decimal(10), Grade.A: Decimal(30)}, counts)
    assert [(share.grade.value, str(share.percent), share.exceeded) for share in shares[:3]] == [
        ("S", "10.00", False),
        ("A", "30.00", True),
        ("B", "60.00", False),
    ]
    nobody = GradeCounts({}, {})
    assert not any(share.exceeded for share in distribution(nobody, {Grade.S: Decimal(0)}, nobody))


@pytest.mark.req("APR-12")
@pytest.mark.parametrize(
    "quota", [{Grade.S: Decimal(-1)}, {Grade.A: Decimal(101)}, {Grade.S: Decimal(30), Grade.A: Decimal(10)}]
)
def test_a_quota_that_cannot_be_met_is_refused(quota: dict[Grade, Decimal]) -> None:
    with pytest.raises(QuotaInvalid):
        check_quota(quota)


@pytest.mark.req("APR-11")
def test_adjustments_lie_together_within_the_limit() -> None:
    check_adjustments([Decimal(10)], limit=Decimal(10))
    check_adjustments([Decimal(10), Decimal("-20")], limit=Decimal(10))
    with pytest.raises(AdjustmentTooGreat, match=r"10\.01"):
        check_adjustments([Decimal(10), Decimal("0.01")], limit=Decimal(10))
    for points in ("0", "0.001"):
        with pytest.raises(AdjustmentTooFine):
            check_adjustments([Decimal(points)], limit=Decimal(10))


def measured(external_id: str, value: str = "5", **given: Any) -> Measured:
    """A measurement."""
    facts = {"line": 1, "subject_kind": SubjectKind.EMPLOYEE, "subject_code": "E1", "indicator": "S01", **given}
    return Measured(value=Decimal(value), measured_on=date(2026, 1, 31), source="CRM", external_id=external_id, **facts)


KNOWN = frozenset({"S01"})


@pytest.mark.req("APR-06")
def test_resending_changes_nothing_and_another_content_is_a_fault() -> None:
    stored = {("CRM", "1"): Stored(measured("1", "5").content, superseded=False)}
    again = sort_out([measured("1", "5.00"), measured("2"), measured("2")], stored, KNOWN)
    assert (len(again.fresh), again.repeated, again.field_errors) == (1, 2, [])
    assert [fault.pointer for fault in sort_out([measured("1", "6")], stored, KNOWN).field_errors] == ["/1/external_id"]


@pytest.mark.req("APR-06")
def test_a_correction_supersedes_one_measurement_of_the_same_subject_once() -> None:
    stored = {("CRM", "1"): Stored(measured("1").content, superseded=False)}
    assert len(sort_out([measured("1b", "6", corrects="1")], stored, KNOWN).fresh) == 1
    chain = [measured("2"), measured("2b", "6", corrects="2"), measured("2c", "7", corrects="2b")]
    assert len(sort_out(chain, {}, KNOWN).fresh) == 3
    wrong = [
        measured("x", corrects="none"),
        measured("y", corrects="1", subject_code="E2"),
        measured("1b", corrects="1"),
        measured("1c", corrects="1"),
        measured("z", indicator="S99"),
    ]
    field_errors = sort_out(wrong, stored, KNOWN).field_errors
    assert [fault.pointer for fault in field_errors] == ["/1/corrects", "/1/corrects", "/1/corrects", "/1/indicator"]
    gone = {("CRM", "1"): Stored(measured("1").content, superseded=True)}
    assert sort_out([measured("1b", corrects="1")], gone, KNOWN).field_errors


@pytest.mark.req("APR-13", "APR-14")
def test_a_decision_is_exactly_one_of_three() -> None:
    for given in ({}, {"grade": Grade.A, "total": Decimal(80)}, {"grade": Grade.A, "rescore": True}):
        with pytest.raises(OneDecision):
            Decision(**given)


@pytest.mark.req("APR-10")
def test_groups_are_cut_out_of_an_explanation_wherever_they_stand() -> None:
    label = Text("甲", "a")
    group = Step("feedback_peer", label, "Σ ÷ n", "80")
    feedback = Step("feedback", label, "100 % × 80", "80", (), (group,))
    whole = Step("appeal", label, "B → A", "A", (), (Step("result", label, "80", "B", (), (feedback,)),))
    assert without_groups(whole).steps[0].steps[0] == Step("feedback", label, "—", "80")
    assert computed_part(whole).rule == "result"


ROOT, UNIT, OTHER = uuid4(), uuid4(), uuid4()


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ("owner", {FormRole.OWNER}),
        ("manager", {FormRole.MANAGER, FormRole.ABOVE}),
        ("skip", {FormRole.ABOVE}),
        ("stranger", set()),
        ("hr of all", {FormRole.HR}),
        ("hr of the root", {FormRole.HR}),
        ("hr of another unit", set()),
        ("auditor", {FormRole.AUDITOR}),
        ("administrator", set()),
        ("compensation", set()),
        ("finance", set()),
        ("executive", set()),
        ("service", set()),
    ],
)
def test_who_a_form_exists_for(caller: str, expected: set[FormRole]) -> None:
    people = {name: uuid4() for name in ("owner", "manager", "skip", "stranger")}
    form = Ownership(people["owner"], people["manager"], [people["manager"], people["skip"]], [ROOT, UNIT])
    grants: dict[str, tuple[RoleAssignment, ...]] = {
        "hr of all": (RoleAssignment(Role.HR),),
        "hr of the root": (RoleAssignment(Role.HR, ROOT),),
        "hr of another unit": (RoleAssignment(Role.HR, OTHER),),
        **{role.value: (RoleAssignment(role),) for role in Role if role is not Role.HR},
    }
    employee: UUID | None = people.get(caller)
    assert form_roles(Caller(uuid4(), "x", "person", employee, grants.get(caller, ())), form) == expected
