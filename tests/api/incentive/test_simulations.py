"""A run with other figures beside what it is: by unit and grade, as picture and workbook, without a trace (INC-14)."""

from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.incentive.plans.domain.rules.virtual_shares import VirtualShares
from services.kit.identity import Caller, Role
from tests.api.incentive.test_budgets import released, taken
from tests.api.incentive.test_shares import granted
from tests.builders.incentive_claims import claimed, plan_of_claims, run_of_claims
from tests.builders.incentive_quarter import Quarter
from tests.identities import person

pytestmark = pytest.mark.req("INC-14")


async def simulate(quarter: Quarter, body: Any, suffix: str = "", who: Caller | None = None) -> httpx2.Response:
    """Asks for a simulation."""
    path = f"/v1/incentive/runs/{quarter.run_id}/simulations{suffix}"
    return await quarter.clients(who or quarter.clerk).post(path, json=body)


async def contents(quarter: Quarter) -> dict[str, str]:
    """A digest of the rows of every table there is."""
    found = {}
    async with quarter.sessions.read() as session:
        names = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'incentive'"))
        for name in names.all():
            digest = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} AS t"  # noqa: S608 - ours
            found[name] = str(await session.scalar(text(digest)))
    return found


def sums(groups: list[dict[str, Any]]) -> dict[str, tuple[str, str, str]]:
    """Actual, simulated and difference by key."""
    return {each["key"]: (each["actual"]["amount"], each["simulated"]["amount"], each["difference"]) for each in groups}


async def test_other_coefficients_stand_beside_the_actual_ones_by_unit_and_grade(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    body = {
        "grade_coefficients": {"S": "2"},
        "grades": {"E003": "B"},
        "budgets": {"CNY": "150000.00"},
    }
    answer = await simulate(quarter, body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    (total,) = found["totals"]
    assert (total["actual"]["amount"], total["simulated"]["amount"]) == ("137520.00", "150800.00")
    assert (total["budget"], total["left"], total["simulated"]["people"]) == ("150000.00", "-800.00", 3)
    assert sums(found["units"]) == {
        "BRAND": ("83520.00", "78800.00", "-4720.00"),
        "SALES": ("54000.00", "72000.00", "18000.00"),
    }
    assert sums(found["grades"]) == {
        "S": ("54000.00", "72000.00", "18000.00"),
        "A": ("83520.00", "55200.00", "-28320.00"),
        "B": ("0.00", "23600.00", "23600.00"),
    }
    assert {(each["name"], each["name_en"]) for each in found["units"]} == {
        ("品牌部", "Unit BRAND"),
        ("销售部", "Unit SALES"),
    }
    for groups in (found["units"], found["grades"]):
        assert sum(Decimal(each["difference"]) for each in groups) == Decimal(total["difference"])
    of_units = await simulate(quarter, {"unit_coefficients": {"B": "2"}})
    assert of_units.json()["totals"][0]["simulated"]["amount"] == "191520.00", of_units.text
    same = (await simulate(quarter, {})).json()
    assert {each["difference"] for each in (*same["totals"], *same["units"], *same["grades"])} == {"0.00"}


@pytest.mark.req("INC-15")
async def test_a_simulation_says_which_budgets_would_hold_it(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    sales = str(quarter.company.people[0].unit.id)
    await released(quarter, "70000.00", unit_id=sales)
    raised = {"grade_coefficients": {"S": "2", "A": "1.2", "B": "1", "C": "0.6", "D": "0"}}

    async def said(body: dict[str, Any]) -> tuple[dict[str, bool | None], list[tuple[str, str, str, bool]]]:
        """By unit, and of each budget what is taken, what the run would take, what is left, and whether it fits."""
        found = (await simulate(quarter, body)).json()
        within = {each["key"]: each["is_within_budget"] for each in found["units"]}
        assert [(each["unit_name"], each["unit_name_en"]) for each in found["unit_budgets"]] == [
            ("销售部", "Unit SALES")
        ]
        sums = ("taken", "simulated", "left", "is_within_budget")
        return within, [tuple(each[name] for name in sums) for each in found["unit_budgets"]]

    fits = [("0.00", "54000.00", "16000.00", True)]
    assert await said({}) == ({"BRAND": None, "SALES": True}, fits)
    assert await said(raised) == ({"BRAND": None, "SALES": False}, [("0.00", "72000.00", "-2000.00", False)])
    await quarter.reach("approved")
    assert await said({}) == ({"BRAND": None, "SALES": True}, fits)  # what the run itself took is not taken twice


async def test_another_scale_grades_the_same_totals_anew(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    all_b = await simulate(quarter, {"grade_scale": {"A": "90", "B": "80", "C": "0"}})  # everybody has 88.00
    assert {each["key"]: each["simulated"]["people"] for each in all_b.json()["grades"]} == {"S": 0, "A": 0, "B": 3}
    missing = await simulate(quarter, {"grade_scale": {"X": "0"}})
    assert (missing.status_code, missing.json()["excluded"]) == (200, 3)
    for scale in ({"A": "90", "B": "80"}, {"A": "0", "B": "0"}):
        refused = await simulate(quarter, {"grade_scale": scale})
        assert (refused.status_code, refused.json()["code"]) == (422, "scale_incomplete")
    wrong = await simulate(quarter, {"grade_coefficients": {"S": "-1"}})
    assert wrong.status_code == 422


async def test_a_grade_that_the_plan_does_not_have_is_refused_and_those_known_are_named(quarter: Quarter) -> None:
    await quarter.reach("calculated")
    for body, pointer in (
        ({"grade_coefficients": {"Z": "1.6"}}, "/grade_coefficients"),
        ({"grades": {"E001": "Z"}}, "/grades/E001"),
        ({"unit_coefficients": {"Z": "1.1"}}, "/unit_coefficients"),
    ):
        answer = await simulate(quarter, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "grade_unknown")
        (fault,) = answer.json()["errors"]
        assert (fault["pointer"], fault["found"]) == (pointer, "Z")
        assert "A" in fault["expected"] or pointer == "/unit_coefficients"


@pytest.mark.req("INC-07", "INC-15")
async def test_a_simulation_leaves_no_trace_in_any_table(quarter: Quarter) -> None:
    await quarter.begin()
    budget = await released(quarter, "9000000.00")
    await quarter.reach("approved")
    await plan_of_claims(quarter, VirtualShares)
    chief = person(Role.EXECUTIVE, employee_id=uuid4(), name="董事长")
    await granted(quarter, chief, "E001", 800)
    before, holds = await contents(quarter), await taken(quarter, budget)
    for suffix in ("", ".xlsx", ".svg"):
        body = {"company_coefficient": "2", "grades": {"E001": "D"}, "budgets": {"CNY": "1.00"}}
        assert (await simulate(quarter, body, suffix)).status_code == 200
    assert await contents(quarter) == before
    assert before.keys() >= {"share_grant", "budget", "budget_commitment", "task", "audit", "inbox"}
    assert await taken(quarter, budget) == holds
    assert holds[1] != "0.00"


async def test_the_workbook_and_the_picture_tell_the_same(quarter: Quarter) -> None:
    quarter.company.people[0].unit.__dict__["name"] = "<销售> & 渠道"
    await quarter.reach("calculated")
    body = {"grade_coefficients": {"S": "2", "A": "1.2", "B": "1", "C": "0.6", "D": "0"}}
    book = await simulate(quarter, body, ".xlsx")
    sheets = CalamineWorkbook.from_filelike(BytesIO(book.content))
    assert sheets.sheet_names == ["按部门", "按等级"]
    rows = sheets.get_sheet_by_index(0).to_python()
    assert rows[2] == ["<销售> & 渠道", "CNY", 1.0, 54000.0, 1.0, 72000.0, 18000.0]
    assert rows[-1][0:1] + rows[-1][5:] == ["合计", 155520.0, 18000.0]
    drawn = await simulate(quarter, body, ".svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert (">人民币元<" in drawn.text, ">CNY<" in drawn.text) == (True, False)
    assert sheets.get_sheet_by_index(0).to_python()[0][3] == "税前金额（实际）"
    assert "&lt;销售&gt; &amp; 渠道" in drawn.text
    assert drawn.text.count("<rect") == 1 + 2 + 2 * (2 + 3 + 1)
    assert drawn.content == (await simulate(quarter, body, ".svg")).content


async def test_what_is_claimed_is_not_simulated(quarter: Quarter) -> None:
    plan = await plan_of_claims(quarter)
    await claimed(quarter, "E001", "5000.00")
    await run_of_claims(quarter, plan, "calculated")
    refused = await simulate(quarter, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_simulate")


async def test_only_who_sees_everybodys_pay_simulates(quarter: Quarter) -> None:
    await quarter.begin()
    early = await simulate(quarter, {})
    assert (early.status_code, early.json()["code"]) == (409, "input_snapshot_missing")
    await quarter.reach("calculated")
    own = quarter.company.people[0]
    scoped = person(Role.COMPENSATION, over=own.unit.id)
    for who in (own.caller, scoped, person(Role.EXECUTIVE), person(Role.AUDITOR), person(Role.HR)):
        for suffix in ("", ".xlsx", ".svg"):
            refused = await simulate(quarter, {}, suffix, who)
            assert refused.status_code == 403
            assert who is not scoped or refused.json()["code"] == "whole_organisation_only"
    quarter.run_id = str(uuid4())
    unknown = await simulate(quarter, {}, who=person(Role.FINANCE))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "run_unknown")
