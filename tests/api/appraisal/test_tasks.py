"""Work that waits in appraisal is a task of the person who has to act, of nobody else, and only while it waits."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.kit.identity import Role
from tests.api.appraisal.test_anonymity import peers_alone
from tests.builders.appraisal import Person, Quarter

TARGETS = {"S01": "2000000", "S03": "8"}


async def tasks_of(quarter: Quarter, who: Person, kind: str) -> dict[str, str]:
    """The links of somebody's tasks of one kind, by title."""
    return {task["title"]: task["link"] for task in await quarter.all(who, "my/tasks", kind=kind)}


@pytest.mark.req("APR-05", "PLT-02")
async def test_goals_wait_for_the_owner_and_then_for_whoever_did_not_propose_last(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    company = quarter.company
    owner, head, form = company["E101"], company.head, (await quarter.forms())["E101"]
    link, title = f"/v1/appraisal/forms/{form['id']}/goals", f"确认{form['subject_name']}的目标（一季度）"
    wanted = {f"提出{form['subject_name']}的目标（一季度）": link}
    assert await tasks_of(quarter, owner, "goals.propose") == wanted

    async def waiting() -> list[dict[str, str]]:
        return [await tasks_of(quarter, who, "goals.agree") for who in (owner, head, company.hr, company["E102"])]

    await quarter.propose(owner, form["id"], TARGETS)
    assert await tasks_of(quarter, owner, "goals.propose") == {}
    assert await waiting() == [{}, {title: link}, {}, {}]
    await quarter.propose(head, form["id"], {**TARGETS, "S01": "1800000"})
    assert await waiting() == [{title: link}, {}, {}, {}]
    await quarter.done(owner, f"forms/{form['id']}/goals/agree")
    assert await waiting() == [{}, {}, {}, {}]
    change = {f"审批{form['subject_name']}的目标变更（一季度）": link}
    await quarter.propose(owner, form["id"], TARGETS, reason="区域调整")
    assert await waiting() == [{}, change, {}, {}]
    await quarter.done(head, f"forms/{form['id']}/goals/reject_change", {"reason": "不同意"})
    assert await waiting() == [{}, {}, {}, {}]


@pytest.mark.req("APR-09", "APR-10", "PLT-02")
async def test_a_rating_form_waits_for_its_rater_alone_until_it_is_submitted(quarter: Quarter) -> None:
    await quarter.ready()
    company, kind = quarter.company, "rating_form.submit"
    peer, head = company["E102"], company.head
    assert await tasks_of(quarter, peer, kind) == {}
    await quarter.move("start_evaluation")
    for rater in (peer, head):
        links = {f"/v1/appraisal/rating_forms/{line['id']}" for line in await quarter.sheets(rater)}
        assert set((await tasks_of(quarter, rater, kind)).values()) == links
    name = (await quarter.forms())["E101"]["subject_name"]
    title = f"评价{name}（一季度）"
    others = {who.number: await tasks_of(quarter, who, kind) for who in company.people if who is not peer}
    assert (others["E001"], others["E002"]) == ({}, {})
    link = (await tasks_of(quarter, peer, kind))[title].removeprefix("/v1/appraisal/")
    await quarter.done(peer, f"{link}/submit", {"ratings": {"Q1": "4", "Q2": "4"}})
    assert title not in await tasks_of(quarter, peer, kind)
    assert others == {who.number: await tasks_of(quarter, who, kind) for who in company.people if who is not peer}

    link = (await tasks_of(quarter, head, kind))[title].removeprefix("/v1/appraisal/")
    await quarter.done(head, f"{link}/submit", {"ratings": {"Q1": "4", "Q2": "4", "J01": "4"}})
    assert title not in await tasks_of(quarter, head, kind)
    await quarter.done(company.hr, f"{link}/return", {"reason": "评分笔误"})
    assert title in await tasks_of(quarter, head, kind)


@pytest.mark.req("APR-10", "APR-11", "PLT-02")
async def test_scoring_ends_all_ratings_and_when_it_is_blocked_those_that_bear_a_name_wait_again(
    quarter: Quarter,
) -> None:
    await quarter.library()
    await peers_alone(quarter)
    await quarter.opened()
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    company, kind = quarter.company, "rating_form.submit"
    raters = (company["E102"], company["E201"])
    await quarter.provide()
    assert all([await tasks_of(quarter, who, kind) for who in raters])
    await quarter.move("score")
    assert [await tasks_of(quarter, who, kind) for who in raters] == [{}, {}]
    await quarter.jobs()
    assert await quarter.state() == "evaluating"
    for who in raters:
        named = {line["id"] for line in await quarter.sheets(who) if line["relation"] == "self"}
        assert len(named) == 1
        waiting = {link.rpartition("/")[2] for link in (await tasks_of(quarter, who, kind)).values()}
        assert waiting == named


@pytest.mark.req("APR-13", "APR-14", "PLT-02")
async def test_appeals_wait_for_hr_and_corrections_for_whoever_may_approve_them(quarter: Quarter) -> None:
    await quarter.published()
    company, owner = quarter.company, quarter.company["E101"]
    result = (await quarter.results())["E101"]
    name = result["subject_name"]
    for verb, who in (("reject", "E101"), ("accept", "E102")):
        about = (await quarter.results())[who]
        filed = await quarter.done(company[who], "appeals", {"result_id": about["id"], "grounds": "系统故障"})
        wanted = {f"处理{about['subject_name']}的申诉（一季度）": f"/v1/appraisal/appeals/{filed['id']}"}
        found = [await tasks_of(quarter, each, "appeal.decide") for each in (company.hr, owner, company.head)]
        assert found == [wanted, {}, {}]
        body = {"reason": "已核"} | ({"grade": "A"} if verb == "accept" else {})
        await quarter.done(company.hr, f"appeals/{filed['id']}/{verb}", body)
        assert await tasks_of(quarter, company.hr, "appeal.decide") == {}
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    for verb in ("refuse", "approve"):
        path = f"results/{result['id']}/corrections"
        asked = await quarter.done(company.hr, path, {"total": "84.99", "reason": "重复计入"})
        wanted = {f"审批{name}考核结果的更正（一季度）": f"/v1/appraisal/corrections/{asked['id']}"}
        chief = replace(company.chief, roles=(Role.EXECUTIVE,))
        asked_of = (company.hr2, chief, owner, company.head)
        found = [await tasks_of(quarter, each, "correction.approve") for each in asked_of]
        assert found == [wanted, wanted, {}, {}]
        for asker in (company.hr, replace(company.hr, account_id=uuid4())):  # who asked cannot approve
            assert await tasks_of(quarter, asker, "correction.approve") == {}
        await quarter.done(company.hr2, f"corrections/{asked['id']}/{verb}", {"reason": "已核"})
        assert await tasks_of(quarter, company.hr2, "correction.approve") == {}
