"""Whoever asked for what another person refuses finds a task to read why, and closes it (PLT-02)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.api.appraisal.test_results import appeal
from tests.builders.appraisal import Person, Quarter, measurement
from tests.builders.appraisal_company import Unlinked
from tests.builders.refusals import notices, read_by_the_proposer_alone

pytestmark = pytest.mark.req("PLT-02")
REASON = "依据不足，请补充"


async def actual(quarter: Quarter) -> tuple[Person, Person, str]:
    await quarter.ready()
    clerk = quarter.company["E101"]
    clerk.roles = (Role.HR,)
    await quarter.measure(measurement("E101", "S01", "2310000"), who=clerk)
    [waits] = await quarter.all(quarter.company.hr, "measurement_proposals", state="proposed")
    return clerk, quarter.company.hr, f"measurement_proposals/{waits['id']}/refuse"


async def correction(quarter: Quarter) -> tuple[Person, Person, str]:
    await quarter.closed()
    result = (await quarter.results())["E101"]["id"]
    body = {"total": "84.99", "reason": "重复计入"}
    asked = await quarter.done(quarter.company.hr, f"results/{result}/corrections", body)
    return quarter.company.hr, quarter.company.hr2, f"corrections/{asked['id']}/refuse"


async def appealed(quarter: Quarter) -> tuple[Person, Person, str]:
    await quarter.published()
    filed = (await appeal(quarter)).json()
    return quarter.company["E101"], quarter.company.hr, f"appeals/{filed['id']}/reject"


async def goals(quarter: Quarter) -> tuple[Person, Person, str]:
    await quarter.ready()
    owner, form = quarter.company["E101"], (await quarter.forms())["E101"]
    asked = await quarter.propose(owner, form["id"], {"S01": "1000000", "S03": "8"}, reason="区域调整")
    assert asked.status_code == 200, asked.text
    return owner, quarter.company.head, f"forms/{form['id']}/goals/reject_change"


CASES: dict[Callable[[Quarter], Awaitable[tuple[Person, Person, str]]], tuple[str, str]] = {
    actual: (
        "已退回，请查阅原因：确认name of E101录入的本人实绩：name of E101（E101）销售额，2026 年 3 月",
        "Refused, read why: Release name of S01 of name of E101 (E101), March 2026: "
        "entered by name of E101, whose own they are",
    ),
    correction: (
        "已退回，请查阅原因：审批name of E101考核结果的更正（一季度）",
        "Refused, read why: Approve the correction of the result of name of E101 (一季度)",
    ),
    appealed: ("申诉不成立，请查阅理由：name of E101（一季度）", "Appeal rejected, read why: name of E101 (一季度)"),
    goals: (
        "已退回，请查阅原因：name of E101的目标变更（一季度）",
        "Refused, read why: the change of the goals of name of E101 (一季度)",
    ),
}
"""What is asked for and refused, and what whoever asked reads of it in both languages."""


@pytest.mark.req("APR-05", "APR-06", "APR-13", "APR-14", "PLT-03")
@pytest.mark.parametrize("asked", CASES, ids=lambda each: each.__name__)
async def test_who_asked_for_what_is_refused_reads_why_and_nobody_else_closes_it(
    quarter: Quarter, asked: Callable[[Quarter], Awaitable[tuple[Person, Person, str]]]
) -> None:
    proposer, decider, path = await asked(quarter)
    await quarter.done(decider, path, {"reason": REASON})
    others = (decider, quarter.company["E102"], quarter.company["E201"])
    await read_by_the_proposer_alone(
        quarter.api,
        quarter.sessions,
        "appraisal",
        proposer=proposer.caller,
        others=[other.caller for other in others],
        titles=CASES[asked],
        reason=REASON,
    )


@pytest.mark.req("APR-05")
async def test_a_change_asked_for_again_leaves_nothing_to_read(quarter: Quarter) -> None:
    owner, head, path = await goals(quarter)
    await quarter.done(head, path, {"reason": REASON})
    assert len(await notices(quarter.api, "appraisal", owner.caller)) == 1
    again = await quarter.propose(owner, path.split("/")[1], {"S01": "1500000", "S03": "8"}, reason="区域调整")
    assert again.status_code == 200, again.text
    assert await notices(quarter.api, "appraisal", owner.caller) == []


@pytest.mark.req("APR-13", "PLT-03")
async def test_an_account_of_no_employee_sees_no_appeal_about_a_form_whose_owner_is_unknown(quarter: Quarter) -> None:
    await appealed(quarter)
    stranger = Unlinked("X1", quarter.company.group, "X")
    unknown = "UPDATE form SET owner_id = CASE WHEN :known THEN owner_id END WHERE subject_code = 'E101'"
    for known in (True, False):
        async with quarter.sessions.write() as session:  # as of a unit that has no head any more
            await session.execute(text(unknown), {"known": known})
        assert await quarter.all(stranger, "appeals") == []
        assert len(await quarter.all(replace(quarter.company.hr, account_id=uuid4()), "appeals")) == 1
