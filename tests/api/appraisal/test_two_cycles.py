"""Two cycles of the same people, at different stages: neither shows nor changes anything of the other (APR-04)."""

import json
import re
from typing import Any

import pytest

from tests.api.appraisal.onlookers import PATHS
from tests.builders.appraisal import BASE, Company, Quarter, measurement
from tests.builders.appraisal_company import Person


class Few(Company):
    """Sales with three representatives, and nobody in brand but its head."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [each for each in self.people if not each.number.startswith("E20") or each is self.other_head]


class Moved(Few):
    """The same people a quarter later: all have other names, as have units, and E103 has gone from sales to brand."""

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
EARLIER = re.compile(r'name": ?"(name of|D1|G0)')
OF_A_HEAD = [each for each in ADDRESSES if any(part in each for part in ("forms", "results", "raters", "unaligned"))]


async def seen(quarter: Quarter) -> dict[str, str]:
    """What HR and a head read about the cycle, and what waits because of it."""
    found = {}
    company = quarter.company
    for who, addresses in ((company.hr, ADDRESSES), (company.head, OF_A_HEAD)):
        for address in addresses:
            path = address.replace("CYCLE", quarter.cycle_id).replace("UNIT", str(company.sales.id))
            answer = await quarter.api(who.caller).get(f"{BASE}/{path}")
            shown = answer.text if answer.is_success and "json" in answer.headers["content-type"] else ""
            found[f"{who.number} {address}"] = f"{answer.status_code} {shown}"
    for who in (company.hr, company.head, company["E101"], company["E103"]):
        tasks = [task for task in await quarter.all(who, "my/tasks") if quarter.cycle_id in task["link"]]
        found[f"{who.number} waits"] = json.dumps([tasks, await quarter.sheets(who)])
    return found


@pytest.mark.req("APR-04", "APR-05", "APR-10", "APR-12", "PLT-03")
async def test_two_cycles_of_the_same_people_keep_to_themselves(quarter: Quarter) -> None:
    quarter.company = Few()
    await quarter.ready()
    later = Quarter(quarter.api, quarter.sessions, quarter.clock, Moved())
    before = await seen(quarter)
    await later.opened(code="2026-Q2", name="二季度", period="2026-Q2")
    assert await seen(quarter) == before
    opened = await seen(later)
    assert [key for key, answer in opened.items() if EARLIER.search(answer)] == []
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    await quarter.rate_all()
    await quarter.move("score")
    await quarter.jobs()
    assert await seen(later) == opened
    scored = await seen(quarter)
    assert [key for key, answer in scored.items() if "later " in answer] == []
    await later.agree_all()
    await later.move("start_evaluation")
    assert await seen(quarter) == scored
    asked = await seen(later)
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    assert await seen(later) == asked
    published = await seen(quarter)
    values = {"S01": "2310000", "S03": "8.6"}
    forms = await later.forms()
    await later.measure(
        *(measurement(code, key, value, "2026-06-30") for code in forms for key, value in values.items())
    )
    await later.rate_all("2")
    await later.move("score")
    await later.jobs()
    about = {"cycle_id": later.cycle_id, "unit_id": str(later.company.sales.id), "quota": {"S": "10", "A": "30"}}
    await later.done(later.company.hr, "calibrations", about)
    assert await seen(quarter) == published
    await later.done(later.company.hr, f"cycles/{later.cycle_id}/cancel", {"reason": "重新安排"})
    assert await seen(quarter) == published
