"""The subject nominates raters, another person decides, and the subject does not learn whom (APR-09, APR-10)."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from services.kit.identity import Role
from services.kit.jobs.queue import defer
from tests.beginnings import begin
from tests.builders.appraisal import BASE, Quarter, scheme
from tests.builders.appraisal_company import Person

pytestmark = pytest.mark.req("APR-09")
LIMITED = {"threshold": 3, "limits": {"peer": {"least": 3, "most": 4}}}


async def opened(quarter: Quarter) -> str:
    """An open cycle whose scheme limits peers; the form of E201, whose peers are four."""

    async def play() -> str:
        await quarter.library()
        await quarter.schemes(scheme("QE-REP", "REP"), scheme("QE-BRAND", "BRAND", feedback=LIMITED))
        await quarter.opened(goals_due_on="2026-01-20")
        return quarter.cycle_id

    quarter.cycle_id = await begin(quarter.api.app, "open for nominations", play)
    found: str = (await quarter.forms())["E201"]["id"]
    return found


async def nominated(quarter: Quarter, who: Person, form: str, *people: Person, **more: Any) -> httpx2.Response:
    api = quarter.api(who.caller)
    seen = more.pop("seen", None) or await quarter.revision(f"forms/{form}")
    said = {"shortfall_reason": more.pop("why")} if "why" in more else {}
    body = {"raters": [{"rater_id": str(each.id), "relation": "peer", **more} for each in people], **said}
    return await api.put(f"{BASE}/forms/{form}/nomination", json=body, headers={"If-Match": seen})


def raters(*people: Person, relation: str = "peer") -> list[dict[str, str]]:
    return [{"rater_id": str(each.id), "relation": relation} for each in people]


async def peers(quarter: Quarter, form: str) -> set[str]:
    found = await quarter.all(quarter.company.hr, f"cycles/{quarter.cycle_id}/raters", form_id=form)
    return {each["rater_number"] for each in found if each["relation"] == "peer"}


@pytest.mark.req("APR-10", "PLT-02")
async def test_the_manager_decides_and_the_subject_never_learns_who_is_asked(quarter: Quarter) -> None:
    form, company = await opened(quarter), quarter.company
    one, boss = company["E201"], company.other_head
    wanted = [company["E202"], company["E203"], company["E101"]]
    made = await nominated(quarter, one, form, *wanted)
    assert (made.status_code, made.json()["state"]) == (200, "proposed"), made.text
    assert await peers(quarter, form) == {"E202", "E203", "E204", "E205"}  # nothing yet: the organisation's own
    [task] = [each for each in await quarter.all(boss, "my/tasks") if each["kind"] == "rater_nomination.decide"]
    assert task["link"].endswith(f"forms/{form}/nomination")
    assert task["due_at"] is not None
    assert len((await quarter.read(boss, f"forms/{form}/nomination"))["raters"]) == 3
    path = f"forms/{form}/nomination/decide"
    changed = [company["E203"], company["E204"], company["E102"]]
    silent = await quarter.post(boss, path, {"raters": raters(*changed)})
    assert (silent.status_code, silent.json()["code"]) == (422, "reason_needed")
    decided = await quarter.done(boss, path, {"raters": raters(*changed), "reason": "补充跨部门同事"})
    assert (decided["state"], decided["decided_by_name"]) == ("decided", "name of E200")
    assert await peers(quarter, form) == {"E203", "E204", "E102"}
    assert {each["rater_name"] for each in decided["asked"]} == {f"name of {each.number}" for each in changed}
    assert {each["rater_name"] for each in decided["raters"]} == {f"name of {each.number}" for each in wanted}
    assert await quarter.all(boss, "my/tasks", kind="rater_nomination.decide") == []
    own = await quarter.read(one, f"forms/{form}/nomination")
    assert {each["rater_id"] for each in own["raters"]} == {str(each.id) for each in wanted}
    assert (own["state"], own["decided_by_name"], own["decided_at"], own["reason"]) == ("decided", None, None, None)
    assert own["asked"] is None
    auditor = Person("A1", company.group, "X", roles=(Role.AUDITOR,))
    assert (await quarter.read(auditor, f"forms/{form}/nomination"))["asked"] is None
    for path in ("my/tasks", "my/forms", f"forms/{form}", f"forms/{form}/goals", f"cycles/{quarter.cycle_id}/raters"):
        seen = json.dumps(await quarter.read(one, path))
        assert not any(str(each.id) in seen for each in (company["E204"], company["E102"])), path
    again = await nominated(quarter, one, form, *wanted)
    assert (again.status_code, again.json()["code"]) == (409, "nomination_decided")


@pytest.mark.req("PLT-03", "PLT-08")
async def test_limits_hold_and_nobody_else_nominates_or_decides(quarter: Quarter) -> None:
    form, company = await opened(quarter), quarter.company
    one, boss, path = company["E201"], company.other_head, f"forms/{form}/nomination"
    five = [company[number] for number in ("E202", "E203", "E204", "E205", "E101")]
    crowd = await nominated(quarter, one, form, *five)
    assert (crowd.status_code, crowd.json()["errors"][0]["expected"]) == (422, "peer（同级）3 至 4 人")
    for wrong, more in (
        ([one], {}),
        ([boss], {}),
        ([company.chief], {}),  # above the superior
        ([company.chief], {"relation": "subordinate"}),
        ([company["E202"]], {"relation": "subordinate"}),
        ([company["E202"]], {"relation": "superior"}),
    ):
        assert (await nominated(quarter, one, form, *wrong, **more)).status_code == 422
    refused = await nominated(quarter, one, form, company.chief, relation="subordinate")
    error = refused.json()["errors"][0]
    assert (error["pointer"], error["expected"]) == ("/raters/0/relation", "汇报线上的下级")
    assert (await nominated(quarter, boss, form, five[0])).status_code == 403
    assert (await nominated(quarter, company["E202"], form, five[0])).status_code == 404
    assert (await quarter.get(boss, path)).status_code == 404
    unseen = await quarter.post(boss, f"{path}/decide", {})
    assert (unseen.status_code, unseen.json()["code"]) == (404, "no_nomination")
    stale = await nominated(quarter, one, form, *five[:2], seen='"99"')
    assert stale.status_code == 412
    few = await nominated(quarter, one, form, *five[:2])  # by the rule by which it will be decided
    short = "peer（同级）3 至 4 人；确无足够人选时请说明原因"
    assert (few.status_code, few.json()["errors"][0]["expected"]) == (422, short)
    assert (await nominated(quarter, one, form, *five[:3])).status_code == 200
    few = await quarter.post(boss, f"{path}/decide", {"raters": raters(*five[:2]), "reason": "调整"})
    assert (few.status_code, few.json()["errors"][0]["expected"]) == (422, short)
    for who, status, code in (
        (one, 403, "not_in_this_capacity"),
        (company.chief, 403, "not_in_this_capacity"),
        (company.head, 404, "no_form"),
        (company.hr, 422, "reason_needed"),
    ):
        refused = await quarter.post(who, f"{path}/decide", {"raters": raters(*five[:3])})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await quarter.get(company.chief, path)).status_code == 404
    done = await quarter.done(company.hr, f"{path}/decide", {"raters": raters(*five[:3]), "reason": "主管休假"})
    assert done["state"] == "decided"


async def test_what_nobody_decided_waits_for_hr_after_the_deadline_and_blocks_no_cycle(quarter: Quarter) -> None:
    form, company = await opened(quarter), quarter.company
    await nominated(quarter, company["E201"], form, *(company[number] for number in ("E202", "E203", "E204")))
    kind, first = {"kind": "rater_nomination.decide"}, quarter.cycle_id
    await quarter.opened(code="2026-Q2", name="二季度", period="2026-Q2")  # without a deadline
    other = (await quarter.forms())["E201"]["id"]
    await nominated(quarter, company["E201"], other, *(company[number] for number in ("E202", "E203", "E204")))
    quarter.cycle_id = first
    assert await quarter.all(company.hr, "my/tasks", **kind) == []
    quarter.clock.set(2026, 1, 21, 1)
    async with quarter.sessions.write() as session:
        await defer(session, "remind_of_deadlines")
    await quarter.jobs()
    assert len(await quarter.all(company.hr, "my/tasks", **kind)) == 1
    assert len(await quarter.all(company.other_head, "my/tasks", **kind)) == 2
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    assert await quarter.all(company.hr, "my/tasks", **kind) == []
    (left,) = await quarter.all(company.other_head, "my/tasks", **kind)
    assert left["subject"]["id"] == other
    assert (await quarter.read(company["E201"], f"forms/{form}/nomination"))["state"] == "lapsed"
    assert await peers(quarter, form) == {"E202", "E203", "E204", "E205"}
    late = await quarter.post(company.hr, f"forms/{form}/nomination/decide", {"reason": "补审"})
    assert (late.status_code, late.json()["code"]) == (409, "not_in_this_state")


async def test_too_few_colleagues_stop_no_nomination_and_whoever_decides_reads_why(quarter: Quarter) -> None:
    form, company = await opened(quarter), quarter.company
    one, boss, path = company["E201"], company.other_head, f"forms/{form}/nomination"
    two, why = [company["E202"], company["E203"]], "部门只有两名同级同事"
    made = await nominated(quarter, one, form, *two, why=why)
    assert (made.status_code, made.json()["shortfall_reason"]) == (200, why), made.text
    assert (await quarter.read(boss, path))["shortfall_reason"] == why
    fewer = await quarter.post(boss, f"{path}/decide", {"raters": raters(two[0]), "reason": "调整"})
    assert (fewer.status_code, fewer.json()["code"]) == (422, "raters_invalid")  # said of two, not of one
    decided = await quarter.done(boss, f"{path}/decide", {})
    assert (decided["state"], await peers(quarter, form)) == ("decided", {"E202", "E203"})
    other = (await quarter.forms())["E202"]["id"]
    enough = [company[number] for number in ("E203", "E204", "E205")]
    assert (await nominated(quarter, company["E202"], other, *enough, why=why)).json()["shortfall_reason"] is None
    crowd = [*enough, one, company["E101"]]
    assert (await nominated(quarter, company["E202"], other, *crowd, why=why)).status_code == 422


async def test_of_two_decisions_at_once_one_counts(live: Quarter) -> None:
    await live.library()
    await live.schemes()
    await live.opened()
    company, form = live.company, (await live.forms())["E201"]["id"]
    await nominated(live, company["E201"], form, company["E202"], company["E203"], company["E204"])
    seen = await live.revision(f"forms/{form}")
    path, body = f"forms/{form}/nomination/decide", {"reason": "同意"}
    both = await asyncio.gather(*(live.post(who, path, body, seen=seen) for who in (company.other_head, company.hr)))
    assert sorted(answer.status_code for answer in both) == [200, 412]
    assert await peers(live, form) == {"E202", "E203", "E204"}


async def test_the_manager_changes_raters_within_the_limits_of_each_relation(quarter: Quarter) -> None:
    form, company = await opened(quarter), quarter.company
    boss, path = company.other_head, f"forms/{form}/raters"

    async def change(add: list[dict[str, str]], *remove: Person) -> httpx2.Response:
        body = {"add": add, "remove": [str(each.id) for each in remove], "reason": "调整"}
        seen = {"If-Match": await quarter.revision(f"forms/{form}")}
        return await quarter.api(boss.caller).post(f"{BASE}/{path}", json=body, headers=seen)

    crowd = await change(raters(company["E101"]))
    assert (crowd.status_code, crowd.json()["code"]) == (422, "raters_invalid")
    [error] = crowd.json()["errors"]
    assert (error["pointer"], error["found"], error["expected"]) == ("/add", "5", "peer（同级）3 至 4 人")
    few = await change([], company["E202"], company["E203"])
    [error] = few.json()["errors"]
    assert (few.status_code, error["pointer"], error["found"]) == (422, "/remove", "2")
    assert await peers(quarter, form) == {"E202", "E203", "E204", "E205"}
    other_relation = raters(company["E202"], relation="internal_client")
    assert (await change(other_relation, company["E202"])).is_success
    assert (await change(raters(company["E101"]), company["E202"])).is_success  # one for another
    assert (await change([], company["E203"])).is_success  # down to the least
    assert await peers(quarter, form) == {"E101", "E204", "E205"}
    unknown = Person("E999", company.brand, "BRAND")
    for person, removed in ((company["E201"], [company["E201"]]), (unknown, []), (company["E204"], [])):
        # the subject, nobody employed here, asked already
        errors = (await change(raters(person, relation="internal_client"), *removed)).json()["errors"]
        assert (errors[0]["pointer"], errors[0]["found"]) == ("/add/0/rater_id", str(person.id))
    for person in (unknown, boss):  # not asked, the superior
        errors = (await change([], person)).json()["errors"]
        assert [each["found"] for each in errors if each["pointer"] == "/remove/0"] == [str(person.id)]
    wrong = await change(raters(company.chief, relation="subordinate"))
    [error] = wrong.json()["errors"]
    assert (wrong.status_code, error["pointer"], error["expected"]) == (422, "/add/0/relation", "汇报线上的下级")
    assert (await change(raters(company["E103"], relation="internal_client"))).is_success  # without a limit
