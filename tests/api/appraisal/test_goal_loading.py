"""Goals from files, from an earlier cycle and for a whole position, always for the other side to agree (APR-05)."""

import asyncio
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx2
import pytest
from python_calamine import CalamineWorkbook

from services.appraisal.alignment.usecases.goal_files import GOAL_SHEET
from services.kit.files.routes import CSV, XLSX
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Role
from tests.beginnings import begin
from tests.builders.appraisal import BASE, Quarter, scheme, section
from tests.builders.appraisal_company import Person

pytestmark = pytest.mark.req("APR-05")
TARGETS = {"S01": "2000000", "S03": "8"}


async def opened(quarter: Quarter) -> None:
    """An open cycle without a goal."""

    async def play() -> str:
        await quarter.library()
        await quarter.schemes()
        await quarter.opened()
        return quarter.cycle_id

    quarter.cycle_id = await begin(quarter.api.app, "open for loading", play)


def row(code: str, key: str, target: Value, revision: int = 0, reason: str | None = None, **said: Value) -> list[Value]:
    return [
        code, None, None, key, None, target, said.get("measure"), said.get("source"), said.get("due"), revision, reason,
    ]  # fmt: skip


def workbook(*rows: list[Value]) -> bytes:
    return write_workbook([SheetContent(GOAL_SHEET.name, headers(GOAL_SHEET, "zh"), rows)])


async def sent(quarter: Quarter, who: Person, data: bytes, media: str = XLSX, **asked: Any) -> httpx2.Response:
    asked = {"cycle_id": quarter.cycle_id, **asked}
    client = quarter.api(who.caller)
    return await client.post(f"{BASE}/imports/goals", content=data, headers={"Content-Type": media}, params=asked)


async def state(quarter: Quarter, code: str) -> tuple[str, list[str | None]]:
    form = (await quarter.forms())[code]
    goals = await quarter.read(quarter.company.hr, f"forms/{form['id']}/goals")
    return goals["state"], [goal["target"] for goal in goals["current"]]


@pytest.mark.req("PLT-06")
async def test_a_workbook_is_tried_taken_in_and_exported_to_be_read_without_a_change(quarter: Quarter) -> None:
    await opened(quarter)
    company = quarter.company
    filled = [
        row(person.number, key, target) for person in company.reps for key, target in (("S01", 2000000), ("S03", 8))
    ]
    tried = await sent(quarter, company.head, workbook(*filled), dry_run="true")
    assert (tried.status_code, tried.json()["proposed"], tried.json()["errors"]) == (200, 3, []), tried.text
    assert await state(quarter, "E101") == ("empty", [])
    done = await sent(quarter, company.head, workbook(*filled))
    assert (done.json()["proposed"], done.json()["unchanged"]) == (3, 0)
    assert await state(quarter, "E101") == ("proposed", ["2000000", "8"])
    own = await quarter.post(company.head, f"forms/{(await quarter.forms())['E101']['id']}/goals/agree")
    assert own.json()["code"] == "your_own_proposal"
    for who in (company.head, company["E101"], company.hr):
        for language in ("zh", "en"):
            client = quarter.api(who.caller)
            asked = {"cycle_id": quarter.cycle_id}
            exported = await client.get(f"{BASE}/exports/goals", params=asked, headers={"Accept-Language": language})
            again = await sent(quarter, who, exported.content)
            assert (again.status_code, again.json()["proposed"]) == (200, 0), again.text
    assert again.json()["unchanged"] == 3
    assert (await state(quarter, "E102"))[1] == ["2000000", "8"]


@pytest.mark.req("PLT-06")
async def test_every_wrong_cell_is_named_and_nothing_is_stored(quarter: Quarter) -> None:
    await opened(quarter)
    company = quarter.company
    data = workbook(
        row("E101", "S01", 2000000),
        row("E101", "S01", 1),
        row("E101", "J01", 4),
        row("E102", "S01", 0),
        row("E102", "S03", 8, due=date(2027, 1, 1)),
        row("E103", "S01", 5, revision=3),
        row("E201", "S01", 5),
        row("E100", "S01", "viel"),
    )
    expected = {(3, "考核项编号"), (4, "考核项编号"), (5, "目标值"), (6, "完成期限"), (7, "目标版次")}
    expected |= {(8, "考核对象编码"), (9, "目标值")}
    tried = (await sent(quarter, company.head, data, dry_run="true")).json()
    assert {(each["row"], each["column"]) for each in tried["errors"]} == expected
    refused = await sent(quarter, company.head, data)
    assert (refused.status_code, refused.json()["code"]) == (422, "cells_refused")
    assert {tuple(each["pointer"].split("/")[2:]) for each in refused.json()["errors"]} == {
        (str(place), column) for place, column in expected
    }
    assert await state(quarter, "E101") == ("empty", [])
    above = await sent(quarter, company.chief, workbook(row("E101", "S01", 5)))
    assert above.json()["errors"][0]["expected"] == "由您（本人或直接上级）商定目标的考核表"
    hr = await sent(quarter, company.hr, workbook(row("E101", "S01", 5)))
    assert hr.status_code == 422  # HR proposes only where nobody is above the subject


async def test_a_file_counters_changes_with_a_reason_and_an_empty_cell_leaves_what_is_there(quarter: Quarter) -> None:
    await opened(quarter)
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    await quarter.propose(company["E101"], form, TARGETS)
    text = "考核对象编码,考核项编号,目标值,衡量方式,目标版次\nE101,S01,2500000,,1\nE101,S03,,含差旅,1\n"
    countered = await sent(quarter, company.head, text.encode("gb18030"), CSV)
    assert countered.json()["proposed"] == 1, countered.text
    assert await state(quarter, "E101") == ("countered", ["2500000", "8"])
    agreed = await quarter.done(company["E101"], f"forms/{form}/goals/agree")
    assert agreed["agreed"][1]["measure"] == "含差旅"
    silent = await sent(quarter, company.head, workbook(row("E101", "S01", 1, 2)))
    assert silent.json()["errors"][0]["pointer"] == "/目标/2/变更理由"
    asked = await sent(
        quarter,
        company.head,
        workbook(row("E101", "S01", 1800000, 2, "区域调整"), row("E101", "S03", None, 2, measure="清除")),
    )
    assert asked.json()["proposed"] == 1, asked.text
    changed = await quarter.read(company.head, f"forms/{form}/goals")
    assert (changed["state"], changed["agreed"][0]["target"]) == ("amending", "2500000")
    assert changed["current"][1]["measure"] == "as the finance handbook says"  # the indicator's own, once cleared
    assert changed["revisions"][-1]["reason"] == "区域调整"


@pytest.mark.req("PLT-06")
async def test_the_template_filled_in_is_taken_once_and_the_same_file_again_changes_nothing(quarter: Quarter) -> None:
    await opened(quarter)
    company = quarter.company
    head = quarter.api(company.head.caller)
    template = await head.get(f"{BASE}/templates/goals", headers={"Accept-Language": "en"})
    assert (template.status_code, "goals.xlsx" in template.headers["content-disposition"]) == (200, True)
    (sheet, _) = CalamineWorkbook.from_filelike(BytesIO(template.content)).sheet_names
    columns = CalamineWorkbook.from_filelike(BytesIO(template.content)).get_sheet_by_name(sheet).to_python()[0]
    assert columns == list(headers(GOAL_SHEET, "en"))
    filled = write_workbook([SheetContent(sheet, columns, [row("E101", "S01", 2000000), row("E101", "S03", 8)])])
    assert (await sent(quarter, company.head, template.content)).json()["proposed"] == 0
    first = await sent(quarter, company.head, filled)
    assert (first.status_code, first.json()["proposed"]) == (200, 1), first.text
    again = await sent(quarter, company.head, filled)
    assert (again.status_code, again.json()["proposed"], again.json()["unchanged"]) == (200, 0, 1), again.text
    form = (await quarter.forms())["E101"]["id"]
    assert len((await quarter.read(company.head, f"forms/{form}/goals"))["revisions"]) == 1
    other = await sent(quarter, company.head, workbook(row("E101", "S01", 1)))
    [cell] = other.json()["errors"]
    assert cell["pointer"] == "/目标/2/目标版次"
    for stranger in (company.other_head, company["E102"]):  # neither side, nor may they see the form
        [cell] = (await sent(quarter, stranger, filled, dry_run="true")).json()["errors"][:1]
        assert (cell["row"], cell["column"]) == (2, "考核对象编码")
    wrong = "考核对象编码,考核项编号,目标值,目标版次\nE101,S01,很多,1\nE1O1,S01,5,0\n".encode()
    refused = await sent(quarter, company.head, wrong, CSV)
    assert [each["pointer"].rpartition("/目标/")[2] for each in refused.json()["errors"]] == [
        "2/目标值",
        "3/考核对象编码",
    ]
    assert (await sent(quarter, company.head, b"PK\x03\x04 broken")).json()["code"] == "not_a_workbook"


async def test_of_two_files_at_once_one_is_taken(live: Quarter) -> None:
    await live.library()
    await live.schemes()
    await live.opened()
    head = live.company.head
    answers = await asyncio.gather(*(sent(live, head, workbook(row("E101", "S01", number))) for number in (5, 6)))
    assert sorted(answer.status_code for answer in answers) in ([200, 412], [200, 422])
    assert len((await state(live, "E101"))[1]) == 1


async def test_goals_are_copied_from_an_earlier_cycle_for_the_items_that_both_measure(quarter: Quarter) -> None:
    await quarter.ready()
    company, earlier = quarter.company, quarter.cycle_id
    quarter.clock.set(2026, 4, 1, 1)
    await quarter.opened(code="2026-Q2", name="二季度", period="2026-Q2")
    form = (await quarter.forms())["E101"]["id"]
    api = quarter.api(company.head.caller)
    path, body = f"{BASE}/forms/{form}/goals/copy", {"from_cycle_id": earlier}
    assert (await api.post(path, json=body)).status_code == 428
    assert (await api.post(path, json=body, headers={"If-Match": '"9"'})).status_code == 412
    copied = await quarter.done(company.head, f"forms/{form}/goals/copy", body)
    assert (copied["state"], [goal["target"] for goal in copied["current"]]) == ("proposed", ["2000000", "8"])
    assert {goal["due_on"] for goal in copied["current"]} == {"2026-06-30"}
    assert copied["weights"] == {"S01": "42", "S03": "28"}
    nothing = await quarter.post(company.head, f"forms/{form}/goals/copy", {"from_cycle_id": quarter.cycle_id})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_copy")
    for stranger, status in ((company.other_head, 404), (company.hr, 403), (company.chief, 403)):
        refused = await quarter.post(stranger, f"forms/{form}/goals/copy", body)
        assert refused.status_code == status


async def test_a_new_manager_copies_no_goals_of_a_form_that_they_may_not_read(quarter: Quarter) -> None:
    await quarter.ready()
    company, earlier = quarter.company, quarter.cycle_id
    one = company["E101"]
    one.boss = company.other_head
    quarter.clock.set(2026, 4, 1, 1)
    await quarter.opened(code="2026-Q2", name="二季度", period="2026-Q2")
    form = (await quarter.forms())["E101"]["id"]
    path, body = f"forms/{form}/goals/copy", {"from_cycle_id": earlier}
    refused = await quarter.post(company.other_head, path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_copy")
    assert "2000000" not in refused.text
    assert (await quarter.read(company.other_head, f"forms/{form}/goals"))["state"] == "empty"
    copied = await quarter.done(one, path, body)  # the person concerned may read and copy their own
    assert [goal["target"] for goal in copied["current"]] == ["2000000", "8"]


async def test_a_manager_proposes_the_same_to_a_position_and_whoever_has_spoken_is_left_alone(quarter: Quarter) -> None:
    await opened(quarter)
    company, forms = quarter.company, await quarter.forms()
    await quarter.propose(company["E102"], forms["E102"]["id"], {**TARGETS, "S01": "1"})
    body = {"position_code": "REP", "items": [{"key": key, "target": target} for key, target in TARGETS.items()]}
    path = f"cycles/{quarter.cycle_id}/position_goals"
    made = await quarter.done(company.head, path, body)
    assert [each["subject_code"] for each in made["proposed"]] == ["E101", "E103"]
    assert [(each["subject_code"], each["goal_state"]) for each in made["skipped"]] == [("E102", "proposed")]
    assert await state(quarter, "E102") == ("proposed", ["1", "8"])
    assert await state(quarter, "E103") == ("proposed", ["2000000", "8"])
    wrong = await quarter.post(company.head, path, {**body, "items": [{"key": "S01", "target": "0"}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "target_unusable")
    for stranger in (company.other_head, company.hr, company["E101"]):
        refused = await quarter.post(stranger, path, body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_position")
    assert [task["kind"] for task in await quarter.all(company["E101"], "my/tasks")] == ["goals.agree"]


async def test_an_item_that_weighs_nothing_is_said_to_lack_its_weight_and_keeps_nobody_from_agreeing(
    quarter: Quarter,
) -> None:
    await quarter.library()
    await quarter.schemes(scheme_of_weights("0"))
    await quarter.opened()
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    proposed = (await quarter.propose(company.head, form, TARGETS)).json()
    assert proposed["missing_parts"] == {"S03": ["weight"]}
    assert Decimal(proposed["weights"]["S03"]) == 0
    assert (await quarter.done(company["E101"], f"forms/{form}/goals/agree"))["state"] == "agreed"


def scheme_of_weights(expense: str) -> dict[str, Any]:
    sales = str(100 - Decimal(expense))
    return scheme("QE-REP", "REP", sections=[section("work", "100", ("S01", sales), ("S03", expense))])


@pytest.mark.req("PLT-03")
async def test_hr_proposes_from_a_file_where_nobody_is_above_the_subject_and_subjects_for_themselves(
    quarter: Quarter,
) -> None:
    company = quarter.company
    company["E101"].boss = None
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    refused = await sent(quarter, company.hr, workbook(row("E102", "S01", 5)))
    assert refused.json()["errors"][0]["expected"] == "由您（本人或直接上级）商定目标的考核表"
    taken = await sent(quarter, company.hr, workbook(row("E101", "S01", 5), row("E101", "S03", 8)))
    assert (taken.status_code, taken.json()["proposed"]) == (200, 1), taken.text
    own = await sent(quarter, company["E101"], workbook(row("E101", "S01", 4, revision=1)))
    assert (own.status_code, await state(quarter, "E101")) == (200, ("countered", ["4", "8"]))
    mine = await sent(quarter, company["E102"], workbook(row("E102", "S01", 3)))
    assert (mine.status_code, await state(quarter, "E102")) == (200, ("proposed", ["3"]))
    auditor = Person("A1", company.group, "X", roles=(Role.AUDITOR,))
    read_only = await sent(quarter, auditor, workbook(row("E101", "S01", 5, revision=2)), dry_run="true")
    assert [each["column"] for each in read_only.json()["errors"]] == ["考核对象编码"]
    by_hand = await quarter.propose(auditor, (await quarter.forms())["E101"]["id"], TARGETS)
    assert (by_hand.status_code, by_hand.json()["code"]) == (403, "not_in_this_capacity")
    assert (await state(quarter, "E101"))[1] == ["4", "8"]
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    late = await sent(quarter, company.hr, workbook(row("E101", "S01", 5, revision=2)), dry_run="true")
    assert (late.status_code, late.json()["code"]) == (409, "not_in_this_state")
