"""Who decides about results, obligations and cycles: HR over what it concerns, and nobody their own (PLT-03)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.api.appraisal.test_work_standards import BY_THE_FIFTH, line, told
from tests.builders.appraisal import Quarter
from tests.builders.appraisal_company import Unlinked

pytestmark = pytest.mark.req("PLT-03")


@pytest.mark.req("APR-13", "APR-14")
async def test_who_is_hr_elsewhere_decides_no_appeal_and_asks_for_no_correction(quarter: Quarter) -> None:
    company = quarter.company
    for person in (company["E101"], company.head):
        person.roles, person.over = (Role.HR,), company.brand.id
    await quarter.published()
    result = (await quarter.results())["E101"]["id"]
    appeal = (await quarter.done(company["E101"], "appeals", {"result_id": result, "grounds": "系统故障"}))["id"]
    for verb in ("accept", "reject"):
        body = {"reason": "x"} if verb == "reject" else {"reason": "x", "grade": "A"}
        refused = await quarter.post(company["E101"], f"appeals/{appeal}/{verb}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    await quarter.done(company.hr, f"appeals/{appeal}/reject", {"reason": "依据不足"})
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    refused = await quarter.post(company.head, f"results/{result}/corrections", {"grade": "B", "reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")


@pytest.mark.req("APR-12")
async def test_a_calibration_concerns_its_own_cycle_and_unit_and_is_listed_by_them(quarter: Quarter) -> None:
    await quarter.scored()
    company, result = quarter.company, (await quarter.results())["E101"]["id"]
    early = await quarter.get(company.hr, f"results/{result}/replay")
    assert (early.status_code, early.json()["code"]) == (404, "no_result")
    body = {"code": "2026-Q2", "name": "二季度", "period": "2026-Q2"}
    other = (await quarter.done(company.hr, "cycles", body))["id"]
    about, made = {"cycle_id": quarter.cycle_id, "unit_id": str(company.sales.id)}, {}
    for cycle in (other, quarter.cycle_id):
        made[cycle] = (await quarter.done(company.hr, "calibrations", about))["id"]
        async with quarter.sessions.write() as session:
            await session.execute(text("UPDATE cycle SET state = 'scored' WHERE code = '2026-Q2'"))
            move = text("UPDATE calibration SET cycle_id = CAST(:cycle AS uuid) WHERE id = CAST(:id AS uuid)")
            await session.execute(move, {"cycle": cycle, "id": made[cycle]})
    adjusted = {"result_id": result, "grade": "A", "reason": "x"}
    refused = await quarter.post(company.hr, f"calibrations/{made[other]}/grade_adjustments", adjusted)
    assert (refused.status_code, refused.json()["code"]) == (404, "no_result")
    for who, wanted, found in (
        (company.hr, {"cycle_id": other}, {made[other]}),
        (company.hr, {"unit_id": str(company.brand.id)}, set()),
        (company.hr, {"unit_id": str(company.sales.id)}, set(made.values())),
        (replace(company.hr2, over=company.sales.id), {}, set(made.values())),
        (replace(company.hr2, over=company.brand.id), {}, set()),
    ):
        assert {each["id"] for each in await quarter.all(who, "calibrations", **wanted)} == found


@pytest.mark.req("APR-04")
async def test_hr_of_a_unit_gives_its_cycle_to_no_unit_beyond_its_own(quarter: Quarter) -> None:
    company = quarter.company
    local = replace(company.hr2, over=company.sales.id)
    body = {"code": "S-Q1", "name": "一季度", "period": "2026-Q1", "unit_id": str(company.sales.id)}
    cycle = await quarter.done(local, "cycles", body)
    for unit in (str(company.brand.id), None):
        refused = await quarter.api(local.caller).patch(
            f"/v1/appraisal/cycles/{cycle['id']}", json={"unit_id": unit}, headers={"If-Match": "1"}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "cycle_not_yours")
    within = await quarter.all(company.hr, "cycles", as_of="2026-03-31")
    assert [each["id"] for each in within] == [cycle["id"]]
    assert await quarter.all(company.hr, "cycles", as_of="2026-04-01") == []


@pytest.mark.req("APR-07")
async def test_an_obligation_is_handed_in_by_its_owner_decided_above_and_let_go_by_hr(quarter: Quarter) -> None:
    company = quarter.company
    await told(quarter, line("position", "REP", BY_THE_FIFTH, "客户拜访记录"))
    (owed,) = await quarter.all(company["E101"], "obligations")
    assert len(await quarter.all(company.head, "obligations")) == 3  # of everybody below
    path, handed, reason = f"obligations/{owed['id']}", {"submission": "见附件"}, {"reason": "x"}
    for person in (company["E101"], company.head):
        person.roles, person.over = (Role.HR,), company.brand.id
    for who, verb, body in (
        (company.hr, "submit", handed),
        (company.head, "submit", handed),
        (company.head, "withdraw", reason),
        (company["E101"], "withdraw", reason),
        (company.head, "assign", {"owner_id": str(company["E102"].id), **reason}),
    ):
        refused = await quarter.post(who, f"{path}/{verb}", body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity"), verb
    await quarter.done(company["E101"], f"{path}/submit", handed)
    elsewhere = replace(company.hr2, over=company.brand.id)
    for who, status, code in (
        (company["E101"], 403, "not_in_this_capacity"),
        (company["E102"], 404, "no_obligation"),
        (elsewhere, 404, "no_obligation"),
    ):
        for verb, body in (("accept", {}), ("return", reason)):
            refused = await quarter.post(who, f"{path}/{verb}", body)
            assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.req("APR-07")
async def test_what_nobody_owes_is_handed_in_by_hr_and_decided_by_another_and_no_account_without_a_person_owns_it(
    quarter: Quarter,
) -> None:
    company = quarter.company
    await told(quarter, line("position", "REP", BY_THE_FIFTH, "客户拜访记录"))
    owed = [each["id"] for each in await quarter.all(company.hr, "obligations")]
    async with quarter.sessions.write() as session:
        await session.execute(text("UPDATE obligation SET owner_id = NULL, chain = '{}'"))
    stranger = Unlinked("E901", company.group, "OTHER")
    assert (await quarter.get(stranger, f"obligations/{owed[0]}")).status_code == 404
    refused = await quarter.post(stranger, f"obligations/{owed[0]}/submit", {"submission": "x"})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_obligation")
    account = uuid4()
    first, second = (
        Unlinked(number, company.group, "OTHER", roles=(Role.HR,), account_id=given)
        for number, given in (("E902", account), ("E903", uuid4()))
    )
    reader = replace(stranger, roles=(Role.AUDITOR,))
    refused = await quarter.post(reader, f"obligations/{owed[0]}/submit", {"submission": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    await quarter.done(first, f"obligations/{owed[0]}/submit", {"submission": "见附件"})
    own = await quarter.post(first, f"obligations/{owed[0]}/accept", {})
    assert (own.status_code, own.json()["code"]) == (403, "own_matter")
    linked = replace(company.hr, account_id=account)
    own = await quarter.post(linked, f"obligations/{owed[0]}/accept", {})
    assert (own.status_code, own.json()["code"]) == (403, "own_matter")
    await quarter.done(company.hr2, f"obligations/{owed[0]}/accept", {})
    await quarter.done(second, f"obligations/{owed[1]}/withdraw", {"reason": "无人负责"})


@pytest.mark.req("APR-09", "APR-10")
async def test_once_scoring_has_begun_no_anonymous_rater_is_replaced(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    await quarter.rate_all()
    await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/score")
    await quarter.jobs()
    async with quarter.sessions.write() as session:
        await session.execute(text("UPDATE cycle SET state = 'evaluating', ratings_closed = true"))
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    body = {"rater_id": str(company["E102"].id), "successor_id": str(company["E201"].id), "reason": "调岗"}
    refused = await quarter.post(company.hr, f"forms/{form}/replace_rater", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "ratings_closed")
    company.is_absent(company["E102"], "2026-01-02", None)
    for job in ("follow_places", "hand_over_duties"):
        await quarter.follow(job)
    assert await quarter.all(company.hr, "my/tasks", kind="form.decide_absent_raters") == []
