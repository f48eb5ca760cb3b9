"""Who is in a run and who is out, and why: in words with dates, in both languages (INC-02, INC-10, INC-11)."""

from typing import Any

import pytest

from services.kit.identity import Role
from tests.builders.incentive import Company, Person, Unit
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-02", "INC-10", "INC-11")

SALES = Unit("SALES", "销售部", grade="B")
EVERYBODY = [
    Person("E001", "林一", SALES, "S"),
    Person("E002", "苏二", SALES, "A", probation_until="2026-01-31"),
    Person("E003", "陈三", SALES, "A", probation_until="2026-03-10"),
    Person("E004", "王四", SALES, "B", left_on="2026-03-15", last="2026-03-15"),
    Person("E005", "赵五", SALES, "B", absences=(("unpaid", "2026-02-01", "2026-02-28"),)),
    Person("E006", "钱六", SALES, grade=None),
    Person("E007", "孙七", SALES, "E"),
    Person("E008", "周八", SALES, pay=(("18000.00", "2026-02-10"),)),
    Person("E009", "吴九", SALES, pay=()),
    Person("E010", "郑十", SALES, first="2026-04-01"),
]
IN = {
    "E001": ("54000.00", 90, []),
    "E002": ("28320.00", 59, ["试用期内（至 2026-01-31），按奖金方案不计奖；天数仍计入分母"]),
    "E003": (
        "0.00",
        0,
        [
            "本期计奖天数 21 天（2026-03-11 至 2026-03-31），少于奖金方案规定的最少 30 天，本期奖金为 0",
            "试用期内（至 2026-03-10）",
        ],
    ),
    "E004": ("0.00", 0, ["最后在职日 2026-03-15 早于本期末日 2026-03-31，按奖金方案的离职条款，本期奖金为 0"]),
    "E005": ("24800.00", 62, ["无薪假（2026-02-01 至 2026-02-28），按奖金方案不计奖；天数仍计入分母"]),
}
IN_ENGLISH = {
    "E003": "21 eligible days (2026-03-11 to 2026-03-31), fewer than the 30 that the plan asks for: the bonus is 0",
    "E004": "The last day of employment 2026-03-15 is before the period's end 2026-03-31",
    "E005": "unpaid leave (2026-02-01 to 2026-02-28): by the plan these days earn nothing",
}
OUT = {
    "E006": (
        "no_result",
        "没有最终考核结果，请人力资源确认该员工是否参加本期考核",
        "no final appraisal result; HR has to check whether the person is in the cycle",
    ),
    "E007": (
        "no_coefficient",
        "奖金方案没有等级 E 的系数，请补充后发布新版本",
        "the plan has no coefficient for grade E; add it in a new version",
    ),
    "E008": (
        "pay_profile_gap",
        "自 2026-01-01 起没有薪酬档案，请薪酬管理补录后重新核算",
        "no pay profile from 2026-01-01 on; compensation has to add one and calculate again",
    ),
    "E009": (
        "no_pay_profile",
        "本期没有薪酬档案，请薪酬管理补录后重新核算",
        "no pay profile in the period; compensation has to add one and calculate again",
    ),
}


async def read(quarter: Quarter, path: str, language: str = "zh") -> Any:
    """What the clerk reads of the run."""
    headers = {"Accept-Language": language}
    answer = await quarter.clients(quarter.clerk).get(f"/v1/incentive/runs/{quarter.run_id}/{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def told(quarter: Quarter, line: dict[str, Any], language: str) -> str:
    """Why somebody gets what they get."""
    return "\n".join((await read(quarter, f"lines/{line['id']}", language))["explanation"]["narration"])


async def test_everybody_is_in_with_a_reason_for_each_day_that_earns_nothing_or_out_with_what_is_missing(
    quarter: Quarter,
) -> None:
    quarter.company = Company(list(EVERYBODY))
    await quarter.begin()
    await quarter.reach("calculated")
    lines = await quarter.lines()
    assert {number: (line["amount"], line["days"]) for number, line in lines.items()} == {
        number: (amount, days) for number, (amount, days, _) in IN.items()
    }
    for number, (_, _, reasons) in IN.items():
        narration = await told(quarter, lines[number], "zh")
        assert all(reason in narration for reason in reasons), narration
    for number, reason in IN_ENGLISH.items():
        assert reason in await told(quarter, lines[number], "en")
    for place, language in enumerate(("zh", "en"), 1):
        out = (await read(quarter, "exclusions", language))["items"]
        found = {each["employee_number"]: (each["reason"], each["reason_text"]) for each in out}
        assert found == {number: (reasons[0], reasons[place]) for number, reasons in OUT.items()}


async def test_whoever_approves_is_named_as_waiting_for_somebody_else_until_another_has_approved_their_line(
    quarter: Quarter,
) -> None:
    quarter.company = Company(list(EVERYBODY))
    own = EVERYBODY[1]
    await quarter.begin()
    await quarter.reach("reviewed")
    concerned = person(Role.FINANCE, employee_id=own.id)
    assert (await quarter.act(concerned, "approve")).status_code == 200
    waiting = await quarter.read()
    assert (waiting["state"], waiting["awaiting_other_approver_id"]) == ("reviewed", str(own.id))
    assert waiting["awaiting_other_approver_name"] == "苏二"
    again = await quarter.act(concerned, "approve")
    assert (again.status_code, again.json()["code"]) == (403, "same_person")
    assert (await quarter.act(quarter.payer, "post")).status_code == 409
    assert (await quarter.act(quarter.approver, "approve")).json()["state"] == "approved"
