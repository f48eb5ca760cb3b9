"""Who mirrors org by its news misses nobody that came by a file, and each record tells where it came from (ORG-14)."""

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.kit.events.subscriptions import subscribe
from services.kit.identity import Role
from tests.api.org.test_imports import ASSIGNMENTS, EMPLOYEES, POSITIONS, UNITS, changed, csv, send, workbook
from tests.builders.org import ok
from tests.clients import CIPHER, Clients

pytestmark = pytest.mark.req("ORG-14", "PLT-04", "PLT-05")
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
Published = dict[str, list[tuple[str, dict[str, Any]]]]


async def published(sessions: Any) -> Published:
    """Type and data of all events, by subject, in the order in which they were reported."""
    found: Published = defaultdict(list)
    async with sessions.read() as session:
        for row in await session.execute(text("SELECT subject, type, data FROM event ORDER BY id")):
            found[row.subject].append((row.type, row.data))
    return found


async def lines(sessions: Any, action: str) -> list[Any]:
    async with sessions.read() as session:
        query = text("SELECT resource_id, before, after FROM audit WHERE action = :action ORDER BY id")
        return list(await session.execute(query, {"action": action}))


async def ids(client: Any, kind: str, key: str) -> dict[str, str]:
    items = (await ok(await client.get(f"/v1/org/{kind}", params={"limit": "500"})))["items"]
    return {item[key]: item["id"] for item in items}


async def test_every_new_record_is_told_as_if_it_had_been_made_by_hand(org: Clients, org_sessions: Any) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    news = await published(org_sessions)
    units, positions = await ids(hr, "units", "code"), await ids(hr, "positions", "code")
    for code in ("G", "S"):
        [(type_, data)] = news[f"unit/{units[code]}"]
        assert (type_, data["valid_from"]) == ("org.unit.changed", "2020-01-01")
    for code in ("GM", "S1", "S2"):
        assert [type_ for type_, _ in news[f"position/{positions[code]}"]] == ["org.position.changed"]
    e2 = news[f"employee/{(await ids(hr, 'employees', 'number'))['E2']}"]
    assert [type_ for type_, _ in e2] == ["org.employee.hired", "org.assignment.created", "org.assignment.created"]
    assert e2[0][1]["hired_on"] == "2020-01-01"
    assignments = sorted((data["valid_from"], data["valid_to"], data["position_id"]) for _, data in e2[1:])
    assert assignments == [
        ("2020-01-01", "2026-01-31", positions["S1"]),
        ("2026-02-01", None, positions["S2"]),
    ]


async def test_every_new_record_has_its_line_with_what_it_is_and_the_import_it_came_by(
    org: Clients, org_sessions: Any
) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    (file,) = await lines(org_sessions, "org.import.completed")
    for kind, made in (("unit", 2), ("position", 3), ("employee", 3), ("assignment", 4)):
        found = await lines(org_sessions, f"org.{kind}.imported")
        assert len({row.resource_id for row in found}) == made
        assert {(row.before, row.after["import_id"]) for row in found} == {(None, str(file.resource_id))}
    third = {row.after["is"]["number"]: row.after["is"] for row in await lines(org_sessions, "org.employee.imported")}[
        "E3"
    ]
    job = {"valid": {"valid_from": "2025-12-01", "valid_to": None}, "termination_reason": None}
    assert third["employments"] == [{**job, "probation_until": "2026-02-28"}]
    assert {row.after["code"] for row in await lines(org_sessions, "org.position.imported")} == {"GM", "S1", "S2"}


async def test_what_a_file_changes_is_told_with_before_and_after(org: Clients, org_sessions: Any) -> None:
    hr = org(Role.HR)
    await ok(await send(hr, workbook()))
    numbers = await ids(hr, "employees", "number")
    units = await ids(hr, "units", "code")
    before = await published(org_sessions)
    last = date(2026, 3, 31)
    again = workbook(
        units=changed(UNITS, 3, 1, "大客户部"),
        employees=changed(changed(EMPLOYEES, 4, 5, last), 3, 1, "李二二"),
        assignments=changed(ASSIGNMENTS, 5, 4, last),
    )
    await ok(await send(hr, again))
    after = await published(org_sessions)
    fresh = {subject: its[len(before.get(subject, [])) :] for subject, its in after.items()}
    assert [type_ for type_, _ in fresh[f"unit/{units['S']}"]] == ["org.unit.changed"]
    assert [type_ for type_, _ in fresh[f"employee/{numbers['E2']}"]] == ["org.employee.changed"]
    left, assignment = fresh[f"employee/{numbers['E3']}"]
    assert (left[0], left[1]["last_day"]) == ("org.employee.terminated", "2026-03-31")
    assert (assignment[0], assignment[1]["valid_to"]) == ("org.assignment.ended", "2026-03-31")
    (line,) = [row for row in await lines(org_sessions, "org.assignment.imported") if row.before]
    assert (line.before["was"]["valid_to"], line.after["is"]["valid_to"]) == (None, "2026-03-31")


async def test_a_rehired_person_a_closed_position_and_a_closed_unit_are_told_as_such(
    org: Clients, org_sessions: Any
) -> None:
    hr = org(Role.HR)
    gone = date(2025, 6, 30)
    employees = [*EMPLOYEES, ("E4", "赵四", None, date(2024, 1, 1), None, gone)]
    positions = [*POSITIONS, ("X", "旧岗", "Old", "S", "专业", "P1", 1, None, date(2020, 1, 1), gone)]
    await ok(await send(hr, workbook(employees=employees, positions=positions)))
    fourth = f"employee/{await _employee(org_sessions, 'E4')}"
    assert [type_ for type_, _ in (await published(org_sessions))[fourth]] == [
        "org.employee.hired",
        "org.employee.terminated",
    ]
    back = [("E4", "赵四", None, date(2026, 2, 1), None, None)]
    await ok(await send(hr, csv("employees", back), "text/csv", sheet="employees"))
    last = (await published(org_sessions))[fourth][-1]
    assert (last[0], last[1]["hired_on"]) == ("org.employee.hired", "2026-02-01")
    (closed,) = [
        its for its in (await published(org_sessions)).values() if [t for t, _ in its][-1:] == ["org.position.closed"]
    ]
    assert closed[-1][1]["last_day"] == "2025-06-30"


async def test_a_refused_file_tells_nothing(org: Clients, org_sessions: Any) -> None:
    refused = await send(org(Role.HR), workbook(employees=changed(EMPLOYEES, 2, 0, "工号一")))
    assert refused.status_code == 422
    assert await published(org_sessions) == {}


async def test_a_subscriber_is_handed_every_event_of_a_file(org: Clients, org_sessions: Any) -> None:
    async with org_sessions.write() as session:
        await subscribe(
            session, name="mirror", url="https://mirror.test/", types=["org.employee.*"], now=NOW, cipher=CIPHER
        )
    await ok(await send(org(Role.HR), workbook()))
    async with org_sessions.read() as session:
        waiting = await session.execute(text("SELECT count(*), count(DISTINCT subject) FROM delivery_backlog"))
        assert tuple(waiting.one()) == (3, 3)
        jobs = await session.scalars(text("SELECT task_name FROM procrastinate_jobs"))
        assert "hand_out_deliveries" in jobs.all()


async def _employee(sessions: Any, number: str) -> str:
    async with sessions.read() as session:
        query = text("SELECT id FROM employee WHERE number = :number")
        return str(await session.scalar(query, {"number": number}))
