"""What somebody who reads the database, its system columns included, learns of who said what (APR-10)."""

import asyncio
from collections import Counter

import psycopg
import pytest
from sqlalchemy import text

from services.appraisal.feedback.usecases import ratings
from services.kit.identity import SYSTEM
from services.kit.work.unit_of_work import UnitOfWork
from tests.api.appraisal.test_ratings import evaluating
from tests.builders.appraisal import Person, Quarter
from tests.clients import CIPHER
from tests.databases import TestDatabase

MARKS = ("1", "2", "3", "4", "5")


async def anonymous_sheets(quarter: Quarter) -> list[tuple[str, str]]:
    """The numbers of all anonymous raters with their sheets, in a settled order."""
    found = []
    for person in quarter.company.people:
        found += [(person.number, line["id"]) for line in await quarter.sheets(person) if line["anonymous"]]
    return found


async def submitted(quarter: Quarter, sheets: list[tuple[str, str]]) -> list[str]:
    """Each rates in turn, the draft first, in a transaction of its own; the comments in that order."""
    said = []
    for place, (number, sheet) in enumerate(sheets):
        who, mark = quarter.company[number], MARKS[place % len(MARKS)]
        body = {"ratings": {"Q1": mark, "Q2": mark}, "comment": f"意见 {place:03}"}
        draft = await quarter.api(who.caller).put(f"/v1/appraisal/rating_forms/{sheet}/draft", json=body)
        assert draft.status_code == 200
        await quarter.done(who, f"rating_forms/{sheet}/submit", body)
        said.append(body["comment"])
    return said


@pytest.mark.req("APR-10")
async def test_while_raters_submit_the_database_holds_no_mark_that_can_be_read(
    live: Quarter, fresh_database: TestDatabase
) -> None:
    await evaluating(live)
    said = await submitted(live, await anonymous_sheets(live))
    owner = fresh_database.owner("appraisal").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname LIKE 'appraisal%'").fetchall()
        content = ""
        for (table,) in tables:
            schema = (
                "appraisal_jobs" if str(table).startswith("procrastinate") or table == "job_failure" else "appraisal"
            )
            rows = connection.execute(f"SELECT CAST(t AS text) FROM {schema}.{table} AS t").fetchall()  # noqa: S608 - ours
            content += "\n".join(str(row[0]) for row in rows)
    assert said
    assert not any(comment in content for comment in said)
    async with live.sessions.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM answer"))).scalar() == 0


@pytest.mark.req("APR-10")
async def test_neither_transaction_numbers_nor_the_order_of_rows_join_an_answer_to_its_rater(live: Quarter) -> None:
    await evaluating(live)
    sheets = await anonymous_sheets(live)
    said = await submitted(live, sheets)
    await live.provide()
    await live.move("score")
    await live.jobs()
    async with live.sessions.read() as session:
        answers = (await session.execute(text("SELECT xmin::text AS number, comment FROM answer ORDER BY ctid"))).all()
        raters = await session.execute(text("SELECT xmin::text AS number FROM rater WHERE state = 'submitted'"))
        numbers = set(raters.scalars())
        told = text(
            "SELECT xmin::text FROM audit UNION SELECT xmin::text FROM transition UNION SELECT xmin::text FROM task"
        )
        named = set((await session.execute(told)).scalars())
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0
    assert sorted(answer.comment for answer in answers) == sorted(said)
    assert len({answer.number for answer in answers}) == 1
    assert {answer.number for answer in answers}.isdisjoint(numbers | named)
    assert [answer.comment for answer in answers] != said  # of more than a dozen, in their order once in 10^9
    assert len(said) > 12


@pytest.mark.req("APR-10", "APR-09")
async def test_of_hundreds_who_submit_while_scoring_begins_each_is_counted_once_or_refused(live: Quarter) -> None:
    brand, head = live.company.brand, live.company.other_head
    live.company.people += [Person(f"E3{number:02}", brand, "BRAND", head) for number in range(11)]
    await evaluating(live)
    await live.provide()
    sheets, at_once = await anonymous_sheets(live), asyncio.Semaphore(4)  # as many as there are connections to write

    async def submit(place: int) -> tuple[int, str]:
        number, sheet = sheets[place % len(sheets)]
        await asyncio.sleep(place / 500)
        body = {"ratings": {"Q1": "3", "Q2": "4"}, "comment": sheet}
        async with at_once:
            answer = await live.post(live.company[number], f"rating_forms/{sheet}/submit", body)
        return answer.status_code, answer.json().get("code", sheet)

    async def score() -> None:
        await asyncio.sleep(len(sheets) / 1000)
        async with at_once:
            await live.move("score")

    assert len(sheets) > 200
    *results, _ = await asyncio.gather(*(submit(place) for place in range(len(sheets) + 50)), score())
    await live.jobs()
    await live.jobs()
    taken = sorted(code for status, code in results if status == 200)
    async with live.sessions.read() as session:
        counted = sorted((await session.execute(text("SELECT comment FROM answer"))).scalars())
    assert counted == taken
    refused = Counter(code for status, code in results if status != 200)
    assert set(refused) <= {"ratings_closed", "already_submitted", "not_now"}


@pytest.mark.req("APR-10")
async def test_answers_are_not_taken_before_ratings_close_and_taken_once_after(live: Quarter) -> None:
    await evaluating(live)
    sheets = await anonymous_sheets(live)
    await submitted(live, sheets)

    async def take() -> int:
        async with live.sessions.write() as session:
            now = live.clock.now()
            uow = UnitOfWork(session, SYSTEM, now, now.date(), cipher=CIPHER)
            return await ratings.take_answers(uow, cycle_id=live.cycle_id)  # type: ignore[arg-type]  # as text will do

    assert await take() == 0
    await live.provide()
    await live.move("score")
    assert (await take(), await take()) == (len(sheets), 0)
    async with live.sessions.read() as session:
        given = (await session.execute(text("SELECT ratings FROM answer"))).scalars().all()
    assert len(given) == len(sheets)
    assert all(mark in MARKS for each in given for mark in each.values())
