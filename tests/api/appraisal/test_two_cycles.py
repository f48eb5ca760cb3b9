"""Two cycles of the same people, at different stages: neither shows or changes data of the other (APR-04)."""

import json
import re
from io import BytesIO
from typing import Any

import httpx2
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from services.kit.identity import Role
from tests.api.appraisal.onlookers import PATHS
from tests.builders.appraisal import BASE, Company, Quarter, measurement
from tests.builders.appraisal_company import Person


class Few(Company):
    """Sales with three representatives, and nobody in brand but its head."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [each for each in self.people if not each.number.startswith("E20") or each is self.other_head]


class Moved(Few):
    """The same people a quarter later: people and units have new names, and E103 has moved from sales to brand."""

    def __init__(self) -> None:
        super().__init__()
        self.people[-1] = Person("E103", self.brand, "BRAND", self.other_head)

    def lines(self) -> list[dict[str, Any]]:
        """The snapshot's lines."""
        told = json.dumps(super().lines(), default=str).replace('"name": "', '"name": "later ')
        found: list[dict[str, Any]] = json.loads(told)
        return found


ADDRESSES = sorted(
    path.removeprefix(f"{BASE}/").replace("{cycle_id}", "CYCLE")
    + ("" if "{cycle_id}" in path else "?cycle_id=CYCLE")
    + ("&unit_id=UNIT" if "scorecard" in path else "?unit_id=UNIT" if "distribution" in path else "")
    for path, each in PATHS.items()
    for asked in [{parameter["name"] for parameter in each.get("get", {}).get("parameters", ())}]
    if "cycle_id" in asked and path.count("{") == path.count("{cycle_id}") and not path.endswith((".svg", ".xlsx"))
)
EARLIER = re.compile(r'name": ?"(name of (?!E002)|D1|G0)')  # HR, who takes somebody out, is called so at present
OF_A_HEAD = [each for each in ADDRESSES if any(part in each for part in ("forms", "results", "raters", "unaligned"))]


def shown(answer: httpx2.Response) -> str:
    """What an answer says, be it a workbook."""
    if "json" in answer.headers["content-type"]:
        return answer.text
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])


async def seen(quarter: Quarter) -> dict[str, str]:
    """What HR and a head read about the cycle, and what waits because of it."""
    found = {}
    company = quarter.company
    for who, addresses in ((company.hr, ADDRESSES), (company.head, OF_A_HEAD)):
        for address in addresses:
            path = address.replace("CYCLE", quarter.cycle_id).replace("UNIT", str(company.sales.id))
            answer = await quarter.api(who.caller).get(f"{BASE}/{path}")
            found[f"{who.number} {address}"] = f"{answer.status_code} {shown(answer) if answer.is_success else ''}"
    name = (await quarter.read(company.hr, f"cycles/{quarter.cycle_id}"))["name"]
    for who in (company.hr, company.head, company["E101"], company["E103"]):
        tasks = [task for task in await quarter.all(who, "my/tasks") if name in task["title"]]
        found[f"{who.number} waits"] = json.dumps([tasks, await quarter.sheets(who)])
    return found


async def due(quarter: Quarter, goals: str, ratings: str) -> None:
    """Set the deadlines of the cycle."""
    path = f"cycles/{quarter.cycle_id}"
    body, headers = {"goals_due_on": goals, "ratings_due_on": ratings}, {"If-Match": await quarter.revision(path)}
    answer = await quarter.api(quarter.company.hr.caller).put(f"{BASE}/{path}/deadlines", json=body, headers=headers)
    assert answer.is_success, answer.text


async def under_way(quarter: Quarter) -> Quarter:
    """The quarter with one change of goals to be decided, and the later one, open beside an attempt given up."""
    quarter.company = Few()
    await quarter.ready()
    rep, hr = quarter.company["E103"], quarter.company.hr
    form = (await quarter.forms())["E103"]["id"]
    assert (await quarter.propose(rep, form, {"S01": "1900000", "S03": "8"}, reason="区域调整")).is_success
    before = await seen(quarter)
    later = Quarter(quarter.api, quarter.sessions, quarter.clock, Moved())
    out = {"subject_id": str(quarter.company["E102"].id), "reason": "长期病假"}
    for _ in range(2):
        if later.cycle_id:
            await later.done(hr, f"cycles/{later.cycle_id}/cancel", {"reason": "重新安排"})
        await later.opened(code="2026-Q2", name="二季度", period="2026-Q2")
        await later.done(hr, f"cycles/{later.cycle_id}/exclusions", out)
    await due(later, "2026-01-06", "2026-01-07")
    assert await seen(quarter) == before
    await due(quarter, "2026-01-06", "2026-01-07")
    await quarter.done(quarter.company.head, f"forms/{form}/goals/agree")
    quarter.clock.set(2026, 1, 9, 1)
    return later


async def scored(quarter: Quarter) -> None:
    """The results of an open cycle, from other actuals and marks than usual."""
    values = {"S01": "2510000", "S03": "8.2"}
    codes = await quarter.forms()
    await quarter.measure(*(measurement(code, key, values[key], "2026-06-30") for code in codes for key in values))
    await quarter.rate_all("2")
    await quarter.move("score")
    await quarter.jobs()


async def calibrated(quarter: Quarter, quota: dict[str, str], grade: str) -> str:
    """An open calibration of sales, in which one grade was adjusted."""
    about = {"cycle_id": quarter.cycle_id, "unit_id": str(quarter.company.sales.id), "quota": quota}
    made: str = (await quarter.done(quarter.company.hr, "calibrations", about))["id"]
    change = {"result_id": (await quarter.results())["E101"]["id"], "grade": grade, "reason": "结转大单"}
    await quarter.done(quarter.company.hr, f"calibrations/{made}/grade_adjustments", change)
    return made


async def published(quarter: Quarter, calibration: str) -> None:
    """Published on 14 April, when the calibration has ended."""
    await quarter.done(quarter.company.hr, f"calibrations/{calibration}/close")
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")


async def noticed_by_brand(quarter: Quarter, later: Quarter) -> list[dict[str, Any]]:
    """What an auditor of brand reads in the notice after all forms of the later cycle have come to sales."""
    company = quarter.company
    async with later.sessions.write() as session:
        moved = text("UPDATE form SET department_id = :department WHERE cycle_id = :cycle")
        await session.execute(moved, {"department": company.sales.id, "cycle": later.cycle_id})
    of_brand = Person("E901", company.group, "OTHER", None, (Role.AUDITOR,), company.brand.id)
    return await quarter.all(of_brand, f"cycles/{quarter.cycle_id}/public_notice")


async def means(quarter: Quarter) -> set[str]:
    """What the feedback of somebody in a closed cycle says."""
    form = (await quarter.forms())["E101"]["id"]
    groups = (await quarter.read(quarter.company.hr, f"forms/{form}/feedback"))["groups"]
    return {group["mean"] for group in groups}


async def corrected(quarter: Quarter, code: str) -> None:
    """Closed, with a correction that somebody has asked for."""
    await quarter.move("close")
    body = {"grade": "A", "reason": "系统故障属实"}
    await quarter.done(quarter.company.hr, f"results/{(await quarter.results())[code]['id']}/corrections", body)


@pytest.mark.req("APR-04", "APR-05", "APR-10", "APR-12", "PLT-02", "PLT-03")
async def test_two_cycles_of_the_same_people_keep_to_themselves(quarter: Quarter) -> None:
    later = await under_way(quarter)
    opened = await seen(later)
    assert [key for key, answer in opened.items() if EARLIER.search(answer)] == []
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    await quarter.rate_all(but=["E100"])
    assert await seen(later) == opened
    rated = await seen(quarter)
    assert [key for key, answer in rated.items() if "later " in answer] == []
    await later.agree_all()
    await later.move("start_evaluation")
    await due(later, "2026-01-06", "2026-01-08")
    assert await seen(quarter) == rated
    asked = await seen(later)
    await quarter.provide()
    await quarter.move("score")
    await quarter.jobs()
    assert await seen(later) == asked
    own = await calibrated(quarter, {"S": "20"}, "B")
    calibrating = await seen(quarter)
    await scored(later)
    held = await calibrated(later, {"S": "10", "A": "30"}, "S")
    assert await seen(quarter) == calibrating
    compared = await seen(later)
    await published(quarter, own)
    assert await seen(later) == compared
    noticed = await seen(quarter)
    await published(later, held)
    moved, notice = later.company["E103"], f"cycles/{later.cycle_id}/public_notice"
    assert [each["subject_code"] for each in await later.all(moved, notice)] == ["E103"]  # was in sales before
    result = (await later.results())["E101"]["id"]
    appeal = await later.done(later.company["E101"], "appeals", {"result_id": result, "grounds": "三笔订单未计入"})
    assert await seen(quarter) == noticed
    quarter.clock.set(2026, 4, 21, 1)
    appealed = await seen(later)
    await corrected(quarter, "E102")
    assert await seen(later) == appealed
    closed = await seen(quarter)
    assert [key for key, answer in closed.items() if "later " in answer] == []
    assert closed["E002 cycles/CYCLE/results"].count("subject_code") == len(await quarter.results())
    mixed = [key for key, answer in appealed.items() if EARLIER.search(answer)]
    assert mixed == ["E002 appeals?cycle_id=CYCLE"]  # whose author is called so at present
    await later.done(later.company.hr, f"appeals/{appeal['id']}/reject", {"reason": "依据不足"})
    await corrected(later, "E101")
    assert await seen(quarter) == closed
    assert (await means(quarter), await means(later)) == ({"80.00"}, {"40.00"})
    assert await noticed_by_brand(quarter, later) == []
