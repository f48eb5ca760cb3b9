"""What happens when two want the same at once, on a database where transactions really commit."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from services.kit.database.sessions import Database
from services.kit.identity import Role
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.signing import SigningKey
from tests.builders.org import Organisation, act, ok, small_company
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import ISSUER, Issuer, SetClock

PASSWORD = "a long enough password"
ACCOUNTS = "/v1/org/accounts"


@pytest.fixture
async def database(fresh_database: TestDatabase) -> AsyncIterator[Database]:
    database = Database(fresh_database.app_url("org"), pool_size=8)
    yield database
    await database.close()


@pytest.fixture
async def committing(database: Database, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of an org whose transactions commit."""
    context = app_context_of("org", database, issuer, clock)
    clients = Clients(app_of(context, signing_key=SigningKey(issuer.private_key, ISSUER)), issuer)
    yield clients
    await clients.close()


async def together(*requests: Any) -> list[httpx2.Response]:
    return list(await asyncio.gather(*requests))


async def move(company: Organisation, unit: str, under: str) -> httpx2.Response:
    body = {"parent_id": company.ids[under], "valid_from": "2026-05-01"}
    return await act(company.hr, f"/v1/org/units/{company.ids[unit]}/move", json=body)


@pytest.mark.req("ORG-08")
async def test_of_two_dotted_lines_that_together_make_a_circle_one_wins(committing: Clients) -> None:
    company = await small_company(committing)

    def draw(who: str, superior: str) -> Any:
        people = {"employee_id": company.ids[who], "superior_id": company.ids[superior]}
        return company.hr.post("/v1/org/dotted_lines", json={**people, "valid_from": "2026-02-01"})

    await ok(await draw("E5", "E6"))
    answers = await together(draw("E4", "E5"), draw("E6", "E4"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (lost,) = (answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "dotted_circle"
    assert len((await ok(await company.hr.get("/v1/org/dotted_lines")))["items"]) == 2


@pytest.mark.req("ORG-01")
async def test_of_two_moves_that_together_make_a_circle_one_wins(committing: Clients) -> None:
    company = await small_company(committing)
    answers = await together(move(company, "S", "B"), move(company, "B", "S"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = (answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "unit_circle"
    subtree = await ok(
        await company.hr.get(f"/v1/org/units/{company.ids['G']}/subtree", params={"as_of": "2026-06-01"})
    )
    assert len(subtree["items"]) == 5


@pytest.mark.req("ORG-02")
async def test_of_two_reporting_changes_that_together_make_a_circle_one_wins(committing: Clients) -> None:
    company = await small_company(committing)

    async def report(position: str, to: str) -> httpx2.Response:
        path = f"/v1/org/positions/{company.ids[position]}"
        tag = (await company.hr.get(path)).headers["ETag"]
        change = {"reports_to_id": company.ids[to], "valid_from": "2026-02-01"}
        return await company.hr.patch(path, json=change, headers={"If-Match": tag})

    answers = await together(report("S2", "B2"), report("B2", "S2"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.req("ORG-07")
async def test_many_transfers_of_one_person_at_once_leave_one_main_assignment_a_day(committing: Clients) -> None:
    company = await small_company(committing)
    for number in range(4):
        await company.position(f"N{number}", "B")

    employee = f"/v1/org/employees/{company.ids['E4']}"
    read = {"If-Match": (await company.hr.get(employee)).headers["ETag"]}
    bodies = [{"position_id": company.ids[f"N{number}"], "valid_from": "2026-02-10"} for number in range(4)]
    answers = await together(*(company.hr.post(f"{employee}/transfer", json=body, headers=read) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    again = [(await act(company.hr, f"{employee}/transfer", json=body)).status_code for body in bodies]
    assert again == [409] * 4  # nor does who has read the new version
    held = await ok(
        await company.hr.get("/v1/org/assignments", params={"employee_id": company.ids["E4"], "as_of": "2026-02-10"})
    )
    assert len(held["items"]) == 1


async def transferred(company: Organisation, number: str, to: str) -> tuple[str, dict[str, str]]:
    """A transfer of 10 February: the address of the new assignment, and the version that both callers have read."""
    body = {"position_id": company.ids[to], "valid_from": "2026-02-10"}
    made = await ok(await act(company.hr, f"/v1/org/employees/{company.ids[number]}/transfer", json=body))
    path = f"/v1/org/assignments/{made['id']}"
    return path, {"If-Match": (await company.hr.get(path)).headers["ETag"]}


@pytest.mark.req("ORG-07")
async def test_of_moving_a_first_day_and_withdrawing_it_at_once_one_counts(committing: Clients) -> None:
    company = await small_company(committing)
    path, read = await transferred(company, "E4", "B1")
    answers = await together(
        company.hr.patch(path, json={"valid_from": "2026-03-01", "valid_to": None}, headers=read),
        company.hr.patch(path, json={"valid_from": "2026-04-01", "valid_to": None}, headers=read),
        company.hr.post(f"{path}/rescind", json={"reason": "误录"}, headers=read),
    )
    counts = [answer.status_code for answer in answers]
    assert counts.count(200) == 1
    assert set(counts) <= {200, 404, 412}
    asked = {"employee_id": company.ids["E4"], "as_of": "2026-05-01"}
    assert len((await ok(await company.hr.get("/v1/org/assignments", params=asked)))["items"]) == 1


@pytest.mark.req("ORG-02", "ORG-07")
async def test_two_who_change_places_are_moved_at_once_without_waiting_for_each_other(committing: Clients) -> None:
    company = await small_company(committing)
    for position in ("N1", "N2"):
        await company.position(position, "B", headcount=2)
    await company.person("A1", "N1")
    await company.person("A2", "N2")
    moves = [await transferred(company, "A1", "N2"), await transferred(company, "A2", "N1")]
    for day in ("2026-03-01", "2026-02-20", "2026-04-01", "2026-02-15"):
        body = {"valid_from": day, "valid_to": None}
        tags = [(await company.hr.get(path)).headers["ETag"] for path, _ in moves]
        answers = await together(
            *(
                company.hr.patch(path, json=body, headers={"If-Match": tag})
                for (path, _), tag in zip(moves, tags, strict=True)
            )
        )
        assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.req("ORG-07")
async def test_two_who_rotate_into_each_others_posts_at_once_do_not_wait_for_each_other(committing: Clients) -> None:
    company = await small_company(committing)
    for pair in range(3):
        for position in (f"N{pair}", f"O{pair}"):
            await company.position(position, "B", headcount=2)
            await company.person(f"P{position}", position)

        async def rotate(number: str, to: str) -> httpx2.Response:
            ids = {"employee_id": company.ids[f"P{number}"], "position_id": company.ids[to]}
            days = {"valid_from": "2026-02-10", "valid_to": "2026-10-10"}
            return await company.hr.post("/v1/org/assignments", json={**ids, **days, "kind": "rotation"})

        answers = await together(rotate(f"N{pair}", f"O{pair}"), rotate(f"O{pair}", f"N{pair}"))
        assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.req("ORG-07")
async def test_of_two_first_days_of_one_hire_sent_at_once_one_counts(committing: Clients) -> None:
    company = await small_company(committing)
    await company.person("E9", "B1", hired_on="2026-03-01")
    path = f"/v1/org/employees/{company.ids['E9']}"
    read = {"If-Match": (await company.hr.get(path, params={"as_of": "2026-03-01"})).headers["ETag"]}
    bodies = [{"hired_on": day, "probation_until": None} for day in ("2026-02-01", "2026-04-01")]
    answers = await together(
        *(company.hr.post(f"{path}/change_hire_date", json=body, headers=read) for body in bodies),
        company.hr.post(f"{path}/rescind_hire", json={"reason": "放弃"}, headers=read),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


@pytest.mark.req("ORG-02")
async def test_the_last_assignment_of_a_headcount_is_given_once(committing: Clients) -> None:
    company = await small_company(committing)

    async def hire(number: int) -> httpx2.Response:
        body = {"number": f"N{number}", "name": "同时", "hired_on": "2026-02-01", "position_id": company.ids["B1"]}
        return await company.hr.post("/v1/org/employees", json=body)

    answers = await together(*(hire(number) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    position = await ok(await company.hr.get(f"/v1/org/positions/{company.ids['B1']}", params={"as_of": "2026-02-01"}))
    assert (position["filled"], position["vacant"]) == (1, 0)


@pytest.mark.req("ORG-12")
async def test_a_refresh_token_used_twice_at_once_gives_tokens_once_at_most(
    committing: Clients, database: Database
) -> None:
    async with database.write() as session:
        await bootstrap.administrator(session, password=PASSWORD, now=datetime.now(UTC))
    stranger = committing.stranger()
    signed_in = await ok(await stranger.post("/v1/org/sessions", json={"login": "administrator", "password": PASSWORD}))
    body = {"refresh_token": signed_in["refresh_token"]}
    answers = await together(*(stranger.post("/v1/org/sessions/refresh", json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401, 401]


@pytest.mark.req("ORG-12")
async def test_of_two_administrators_who_disable_each_other_at_once_one_remains(
    committing: Clients, database: Database
) -> None:
    logins = (bootstrap.ADMINISTRATOR, bootstrap.SECOND_ADMINISTRATOR)
    async with database.write() as session:
        for login in logins:
            await bootstrap.administrator(session, login=login, password=PASSWORD, now=datetime.now(UTC))
    third = committing(Role.ADMINISTRATOR)
    found = (await ok(await third.get(ACCOUNTS, params={"role": "administrator"})))["items"]
    answers = await together(
        *(
            third.post(f"{ACCOUNTS}/{each['id']}/disable", json={}, headers={"If-Match": f'"{each["revision"]}"'})
            for each in found
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = (answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "last_administrator"
    found = (await ok(await third.get(ACCOUNTS, params={"role": "administrator"})))["items"]
    assert sorted(each["state"] for each in found) == ["disabled", "enabled"]


@pytest.mark.req("ORG-14")
async def test_the_same_file_imported_twice_at_once_is_taken_over_once(committing: Clients) -> None:
    from tests.api.org.test_imports import send, workbook

    hr = committing(Role.HR)
    reports = [answer.json() for answer in await together(send(hr, workbook()), send(hr, workbook()))]
    assert sorted(report["employees"]["created"] for report in reports) == [0, 3]
