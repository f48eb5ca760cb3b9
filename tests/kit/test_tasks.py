"""Tasks: whose they are, in which order they are listed, and that nothing of a closed one remains (PLT-02)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.kit.database.pages import Paging
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text
from services.kit.identity import SYSTEM, Role, RoleAssignment
from services.kit.work.tasks import Assignee, close_tasks, list_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.working_days import CalendarUnknown
from tests.databases import RolledBack
from tests.identities import person

pytestmark = pytest.mark.req("PLT-02")

NOW = datetime(2026, 4, 22, 2, 0, tzinfo=UTC)
ROOT, SALES, BRAND = (UUID(int=n) for n in (1, 2, 3))
RUN = ("run", UUID(int=9))
ALL = Paging(50, None, b"", b"k")


async def opened(sessions: RolledBack, kind: str, assignee: Assignee | Sequence[Assignee], **more: object) -> None:
    async with sessions.write() as session:
        uow = UnitOfWork(session, SYSTEM, NOW, NOW.date())
        given = {"subject": RUN, "title": Text("审批", "Approve"), "link": "/v1/x", **more}
        await open_task(uow, kind, assignee=assignee, **given)  # type: ignore[arg-type]  # as the test says


async def seen(sessions: RolledBack, caller: object, *, overdue: bool | None = None, paging: Paging = ALL) -> list[str]:
    async with sessions.read() as session:
        found = await list_tasks(session, caller, now=NOW, overdue=overdue, kind=None, paging=paging)  # type: ignore[arg-type]  # a Caller
    return [each.kind for each in found.items]


async def test_a_task_is_seen_by_its_person_or_by_the_role_over_its_unit(kit_sessions: RolledBack) -> None:
    me = uuid4()
    await opened(kit_sessions, "form.rate", Assignee(employee_id=me))
    await opened(kit_sessions, "document.sign", Assignee(role=Role.HR, unit_path=(ROOT, SALES)))
    await opened(kit_sessions, "run.approve", Assignee(role=Role.FINANCE))
    assert await seen(kit_sessions, person(Role.EMPLOYEE, employee_id=me)) == ["form.rate"]
    assert await seen(kit_sessions, person(Role.EMPLOYEE, employee_id=uuid4())) == []
    for unit, kinds in ((None, ["document.sign"]), (SALES, ["document.sign"]), (BRAND, [])):
        assert await seen(kit_sessions, replace(person(), role_assignments=(RoleAssignment(Role.HR, unit),))) == kinds
    assert await seen(kit_sessions, replace(person(), role_assignments=(RoleAssignment(Role.FINANCE, SALES),))) == []
    assert await seen(kit_sessions, replace(person(), role_assignments=(RoleAssignment(Role.FINANCE),))) == [
        "run.approve"
    ]


async def test_whoever_may_not_act_does_not_see_the_task_that_their_role_has(kit_sessions: RolledBack) -> None:
    account, employee = person(Role.FINANCE), person(Role.FINANCE, employee_id=uuid4())
    excluded = (account.account_id, employee.employee_id)
    await opened(kit_sessions, "run.approve", Assignee(role=Role.FINANCE, excluded_ids=excluded))  # type: ignore[arg-type]  # both are ids
    found = [await seen(kit_sessions, each) for each in (account, employee, person(Role.FINANCE))]
    assert found == [[], [], ["run.approve"]]


async def test_of_several_who_may_act_each_sees_the_task_and_who_is_asked_twice_sees_it_once(
    kit_sessions: RolledBack,
) -> None:
    me = uuid4()
    able = [Assignee(role=role, unit_path=(ROOT, SALES)) for role in (Role.HR, Role.EXECUTIVE)]
    await opened(kit_sessions, "supplier.decide", [*able, Assignee(employee_id=me)])
    roles = (Role.HR,), (Role.EXECUTIVE,), (Role.HR, Role.EXECUTIVE)
    for each in (*(person(*held) for held in roles), person(Role.HR, Role.EXECUTIVE, employee_id=me)):
        assert await seen(kit_sessions, each) == ["supplier.decide"]
    grants = (RoleAssignment(Role.HR, BRAND), RoleAssignment(Role.EXECUTIVE, SALES))
    assert await seen(kit_sessions, replace(person(), role_assignments=grants)) == ["supplier.decide"]
    assert await seen(kit_sessions, person(Role.FINANCE)) == []
    other = ("run", UUID(int=10))
    await opened(kit_sessions, "supplier.decide", able, subject=other)
    await opened(kit_sessions, "supplier.read", able)
    assert await seen(kit_sessions, person(Role.HR, Role.EXECUTIVE)) == [*["supplier.decide"] * 2, "supplier.read"]


async def test_the_earliest_deadline_comes_first_and_none_comes_last_over_all_pages(kit_sessions: RolledBack) -> None:
    me = person(Role.EMPLOYEE, employee_id=uuid4())
    mine = Assignee(employee_id=me.employee_id)
    await opened(kit_sessions, "none", mine)
    await opened(kit_sessions, "late", mine, due_at=NOW + timedelta(days=3))
    await opened(kit_sessions, "soon", mine, due_at=NOW - timedelta(hours=1))
    assert await seen(kit_sessions, me) == ["soon", "late", "none"]
    assert await seen(kit_sessions, me, overdue=True) == ["soon"]
    assert await seen(kit_sessions, me, overdue=False) == ["late", "none"]
    walked: list[str] = []
    paging = Paging(1, None, b"", b"k")
    async with kit_sessions.read() as session:
        while True:
            found = await list_tasks(session, me, now=NOW, overdue=None, kind=None, paging=paging)
            walked += [each.kind for each in found.items]
            if found.next is None:
                break
            paging = Paging(1, found.next, b"", b"k")
    assert walked == ["soon", "late", "none"]


async def test_a_closed_task_leaves_nothing_that_tells_when_it_was_done(kit_sessions: RolledBack) -> None:
    one, other = uuid4(), uuid4()
    for rater in (one, other):
        await opened(kit_sessions, "form.rate", Assignee(employee_id=rater), private=True)
    async with kit_sessions.write() as session:
        uow = UnitOfWork(session, SYSTEM, NOW, NOW.date())
        await close_tasks(uow, "form.rate", subject=RUN, assignee_id=one)
    async with kit_sessions.read() as session:
        left = (await session.execute(text("SELECT assignee_id FROM task"))).scalars().all()
    assert left == [other]


async def test_a_term_over_days_that_nobody_entered_is_refused(kit_sessions: RolledBack) -> None:
    with pytest.raises(CalendarUnknown):
        await opened(kit_sessions, "x.y", Assignee(role=Role.HR), term=Term(2, TimeUnit.WORKING_DAYS))
