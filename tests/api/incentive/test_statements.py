"""Statements at the API: what a person reads, confirms and disputes, and who does not (INC-16, INC-11)."""

import json
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.kit.explanation import canonical_json
from services.kit.identity import Role
from tests.builders.incentive import Person
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-16")


async def issued(quarter: Quarter) -> None:
    """A posted run."""
    await quarter.reach("posted")


async def own(quarter: Quarter, who: Person) -> dict[str, Any]:
    """The only statement of a person, from their own list."""
    listed = await quarter.clients(who.caller).get("/v1/incentive/my/statements")
    (statement,) = listed.json()["items"]
    assert isinstance(statement, dict)
    return statement


async def respond(
    quarter: Quarter, caller: Any, statement: dict[str, Any], verb: str, body: Any = None, revision: str | None = None
) -> Any:
    """POST statements/{id}/<verb>, by somebody who saw the statement as it is, or in an earlier ``revision``."""
    client, path = quarter.clients(caller), f"/v1/incentive/statements/{statement['id']}"
    seen = revision or (await client.get(path)).headers.get("ETag", '"1"')
    return await client.post(f"{path}/{verb}", json=body, headers={"If-Match": seen})


@pytest.mark.req("INC-11")
async def test_a_statement_tells_the_person_why_in_chinese_and_in_english(quarter: Quarter) -> None:
    await issued(quarter)
    raised = quarter.company.people[1]
    statement = await own(quarter, raised)
    assert (statement["amount"], statement["currency"], statement["state"]) == ("55200.00", "CNY", "issued")
    client, path = quarter.clients(raised.caller), f"/v1/incentive/statements/{statement['id']}"
    zh = (await client.get(path, headers={"Accept-Language": "zh-CN"})).json()["explanation"]
    en = (await client.get(path, headers={"Accept-Language": "en"})).json()["explanation"]
    assert zh["tree"] == en["tree"]
    how = "（月度奖金基数 × 奖金月数 × 本段天数/期间总天数 × 个人系数 × 部门系数）"
    assert zh["narration"] == [
        "2026 年第一季度奖金（税前，人民币元）：55,200.00",
        "  个人考核等级：A",
        "  奖金方案“季度奖金”第 1 版",
        f"  2026-01-01 至 2026-02-09，40 天，品牌部：12,000.00 × 3 × 40/90 × 1.2 × 1 = 19,200.00{how}",
        "    个人系数（等级 A）：1.2",
        "    部门系数（品牌部，本期没有部门考核等级，按奖金方案取值）：1",
        "    月度奖金基数：18,000.00 × 4/6 = 12,000.00（固定月薪 × 浮动占比 ÷ 固定占比）",
        "      固定月薪：18,000.00",
        "      固定与浮动薪酬比例：6:4",
        f"  2026-02-10 至 2026-03-31，50 天，品牌部：18,000.00 × 3 × 50/90 × 1.2 × 1 = 36,000.00{how}",
        "    个人系数（等级 A）：1.2",
        "    部门系数（品牌部，本期没有部门考核等级，按奖金方案取值）：1",
        "    月度奖金基数：27,000.00 × 4/6 = 18,000.00（固定月薪 × 浮动占比 ÷ 固定占比）",
        "      固定月薪：27,000.00",
        "      固定与浮动薪酬比例：6:4",
        "  合计：19,200.00 + 36,000.00 = 55,200.00（各段相加，四舍五入到分）",
    ]
    assert en["narration"][:3] == [
        "Quarterly bonus, first quarter of 2026 (before tax, in yuan): 55,200.00",
        "  Personal appraisal grade: A",
        "  Bonus plan 'Quarterly bonus', version 1",
    ]
    assert en["narration"][-1] == (
        "  Total: 19,200.00 + 36,000.00 = 55,200.00 (the parts added up, rounded half up to the cent)"
    )
    assert zh["tree"]["inputs"][0]["source"] == f"result:{raised.result_id}@1"


@pytest.mark.req("INC-11")
async def test_the_stored_explanation_is_canonical_and_its_sources_name_versions(quarter: Quarter) -> None:
    await issued(quarter)
    async with quarter.sessions.read() as session:
        stored = (await session.execute(text("SELECT explanation FROM line"))).scalars().all()
    for explanation in stored:
        assert canonical_json(json.loads(explanation)).decode() == explanation
        assert '"source":"plan:QB@1"' in explanation
    assert sum('"source":"pay_profile:' in explanation for explanation in stored) == 3


@pytest.mark.req("INC-11")
async def test_whoever_gets_nothing_reads_why(quarter: Quarter) -> None:
    await issued(quarter)
    leaver = quarter.company.people[3]
    statement = await own(quarter, leaver)
    read = (await quarter.clients(leaver.caller).get(f"/v1/incentive/statements/{statement['id']}")).json()
    assert read["amount"] == "0.00"
    why = (
        "  最后在职日 2026-03-15 早于本期末日 2026-03-31，按奖金方案的离职条款，本期奖金为 0；"
        "如有异议，可在奖金单上提出：0.00"
    )
    assert why in read["explanation"]["narration"]


async def test_the_person_confirms(quarter: Quarter) -> None:
    await issued(quarter)
    who = quarter.company.people[0]
    statement = await own(quarter, who)
    mine = quarter.clients(who.caller)
    [task] = (await mine.get("/v1/incentive/my/tasks")).json()["items"]
    assert (task["kind"], task["link"]) == ("statement.confirm", f"/v1/incentive/statements/{statement['id']}")
    confirmed = await respond(quarter, who.caller, statement, "confirm")
    assert (await mine.get("/v1/incentive/my/tasks")).json()["items"] == []
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    again = await respond(quarter, who.caller, statement, "confirm")
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")


async def test_a_dispute_goes_to_compensation_hr_and_ends_in_an_answer(quarter: Quarter) -> None:
    await issued(quarter)
    who = quarter.company.people[2]
    statement = await own(quarter, who)
    disputed = await respond(quarter, who.caller, statement, "dispute", {"reason": "试用期在一月中旬已结束。"})
    assert disputed.json()["state"] == "disputed"
    waiting = await quarter.clients(quarter.clerk).get("/v1/incentive/statements", params={"state": "disputed"})
    assert [item["id"] for item in waiting.json()["items"]] == [statement["id"]]
    early = await respond(quarter, who.caller, statement, "confirm")
    assert early.status_code == 409
    answered = await respond(
        quarter, quarter.clerk, statement, "answer", {"text": "系统中的试用期截止日为 1 月 31 日。"}
    )
    assert answered.json()["state"] == "answered"
    assert [note["action"] for note in answered.json()["notes"]] == ["dispute", "answer"]
    mine = quarter.clients(who.caller)
    assert [task["kind"] for task in (await mine.get("/v1/incentive/my/tasks")).json()["items"]] == [
        "statement.confirm"
    ]
    assert (await respond(quarter, who.caller, statement, "confirm")).json()["state"] == "confirmed"


async def test_whoever_responds_has_seen_the_statement_as_it_is(quarter: Quarter) -> None:
    await issued(quarter)
    who = quarter.company.people[2]
    statement = await own(quarter, who)
    reason = {"reason": "试用期在一月中旬已结束。"}
    assert (await respond(quarter, who.caller, statement, "dispute", reason)).status_code == 200
    early = await respond(quarter, quarter.clerk, statement, "answer", {"text": "。"}, revision="1")
    assert (early.status_code, early.json()["code"]) == (412, "stale")
    assert (await respond(quarter, quarter.clerk, statement, "answer", {"text": "1 月 31 日。"})).status_code == 200
    for verb, body in (("confirm", None), ("dispute", reason)):
        stale = await respond(quarter, who.caller, statement, verb, body, revision="2")
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    blind = await quarter.clients(who.caller).post(f"/v1/incentive/statements/{statement['id']}/confirm")
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (await own(quarter, who))["state"] == "answered"


@pytest.mark.req("PLT-03")
async def test_for_everybody_else_there_is_no_statement(quarter: Quarter) -> None:
    await issued(quarter)
    statement = await own(quarter, quarter.company.people[0])
    colleague = quarter.company.people[3].caller
    others = [person(role) for role in (Role.HR, Role.ADMINISTRATOR, Role.EXECUTIVE, Role.MANAGER)]
    brand = quarter.company.people[1].unit
    others += [person(role, over=brand.id) for role in (Role.COMPENSATION, Role.AUDITOR)]
    for caller in (colleague, *others):
        hidden = await quarter.clients(caller).get(f"/v1/incentive/statements/{statement['id']}")
        missing = await quarter.clients(caller).get(f"/v1/incentive/statements/{uuid4()}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, missing.json()["code"])
        assert (await respond(quarter, caller, statement, "confirm")).status_code == 404
    assert (await quarter.clients.stranger().get(f"/v1/incentive/statements/{statement['id']}")).status_code == 401


@pytest.mark.req("PLT-03", "PLT-04")
async def test_an_auditor_reads_statements_and_responds_to_none(quarter: Quarter) -> None:
    await issued(quarter)
    auditor, holder = person(Role.AUDITOR), quarter.company.people[0]
    statement = await own(quarter, holder)
    client = quarter.clients(auditor)
    listed = (await client.get("/v1/incentive/statements")).json()["items"]
    assert statement["id"] in {each["id"] for each in listed}
    read = await client.get(f"/v1/incentive/statements/{statement['id']}")
    assert (read.status_code, read.json()["amount"]) == (200, statement["amount"])
    for verb, body in (("confirm", None), ("dispute", {"reason": "?"})):
        assert (await respond(quarter, auditor, statement, verb, body)).json()["code"] == "transition_forbidden"
    assert (await respond(quarter, holder.caller, statement, "dispute", {"reason": "?"})).status_code == 200
    assert (await respond(quarter, auditor, statement, "answer", {"text": "!"})).status_code == 403
    assert (await own(quarter, holder))["state"] == "disputed"


async def test_nobody_confirms_for_somebody_else_nor_answers_himself(quarter: Quarter) -> None:
    await issued(quarter)
    who = quarter.company.people[0]
    statement = await own(quarter, who)
    for_him = await respond(quarter, quarter.clerk, statement, "confirm")
    assert (for_him.status_code, for_him.json()["code"]) == (403, "transition_forbidden")
    clerk_himself = person(Role.COMPENSATION, employee_id=who.id)
    assert (await respond(quarter, clerk_himself, statement, "dispute", {"reason": "?"})).status_code == 200
    himself = await respond(quarter, clerk_himself, statement, "answer", {"text": "!"})
    assert (himself.status_code, himself.json()["code"]) == (403, "transition_forbidden")


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x", "amount": "1"}, {"reason": "\u0000"}, {"reason": 1}]
)
async def test_a_dispute_without_a_reason_is_refused(quarter: Quarter, body: dict[str, object]) -> None:
    await issued(quarter)
    who = quarter.company.people[0]
    statement = await own(quarter, who)
    assert (await respond(quarter, who.caller, statement, "dispute", body)).status_code == 422
    assert (await own(quarter, who))["state"] == "issued"


async def test_before_posting_there_are_no_statements(quarter: Quarter) -> None:
    await quarter.reach("approved")
    listed = await quarter.clients(quarter.company.people[0].caller).get("/v1/incentive/my/statements")
    assert listed.json()["items"] == []


@pytest.mark.req("INC-17")
async def test_a_statement_is_a_page_and_a_pdf_in_both_languages_for_whoever_may_read_it(quarter: Quarter) -> None:
    await issued(quarter)
    raised, other = quarter.company.people[1], quarter.company.people[0]
    path = f"/v1/incentive/statements/{(await own(quarter, raised))['id']}"
    for language, title, amount in (("zh-CN", "奖金单", "55,200.00 元"), ("en", "Bonus statement", "CNY 55,200.00")):
        headers = {"Accept-Language": language}
        page = (await quarter.clients(raised.caller).get(f"{path}/page", headers=headers)).json()
        assert (page["title"], page["amount"], page["sections"][0]["rows"][-1]["amount"]) == (
            title,
            amount,
            "55,200.00",
        )
        pdfs = [await quarter.clients(raised.caller).get(f"{path}/statement.pdf", headers=headers) for _ in range(2)]
        assert pdfs[0].headers["content-type"] == "application/pdf"
        assert pdfs[0].content.startswith(b"%PDF")
        assert pdfs[0].content == pdfs[1].content
        assert pdfs[0].headers["cache-control"] == "no-store", "browsers keep no pay"
        file = unquote(pdfs[0].headers["content-disposition"])
        kind, number = {"zh-CN": "奖金单", "en": "statement"}[language], raised.number
        assert f"''{kind}-{number}-2026-Q1-" in file, "the file says whose it is, and for what"
    manager, scoped = person(employee_id=uuid4()), person(Role.COMPENSATION, over=other.unit.id)
    for who in (other.caller, manager, scoped, person(Role.EXECUTIVE), person(Role.ADMINISTRATOR), person(Role.HR)):
        for name in ("page", "statement.pdf"):
            assert (await quarter.clients(who).get(f"{path}/{name}")).status_code == 404
    for who in (person(Role.COMPENSATION, over=raised.unit.id), person(Role.FINANCE)):
        assert (await quarter.clients(who).get(f"{path}/page")).status_code == 200
