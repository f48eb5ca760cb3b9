"""Measurements in bulk: all or nothing, the same again changes nothing, corrections supersede."""

import json

import pytest

from services.kit.identity import Role
from tests.builders.appraisal import BASE, EXPENSE, Person, Quarter, measurement
from tests.builders.appraisal_bodies import indicator
from tests.clients import Clients
from tests.identities import client_system

CSV = "对象类型,对象编码,指标编码,数值,日期,来源,外部编号\r\n员工,E101,S01,900000.50,2026-01-31,CRM,C-1\r\n"


@pytest.mark.req("APR-06")
async def test_the_same_delivery_twice_changes_nothing(quarter: Quarter) -> None:
    await quarter.library()
    row = measurement("E101", "S01", "900000.50")
    first = await quarter.measure(row, row)
    assert first.json() == {
        "dry_run": False,
        "error_count": 0,
        "errors": [],
        "accepted": 1,
        "pending": 0,
        "repeated": 1,
        "corrected": 0,
        "without_form": [{"subject_kind": "employee", "subject_code": "E101"}],
        "small_percentages": [],
    }
    assert (await quarter.measure(row)).json()["repeated"] == 1
    other = await quarter.measure({**row, "value": "1"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/1/external_id")


@pytest.mark.req("APR-06")
async def test_csv_as_people_keep_it_with_or_without_byte_order_mark(quarter: Quarter) -> None:
    await quarter.library()
    api = quarter.api(quarter.company.hr.caller)
    headers = {"Content-Type": "text/csv; charset=utf-8"}
    first = await api.post(f"{BASE}/measurements", content=b"\xef\xbb\xbf" + CSV.encode(), headers=headers)
    again = await api.post(f"{BASE}/measurements", content=CSV.encode(), headers=headers)
    assert (first.json()["accepted"], again.json()["repeated"]) == (1, 1)


@pytest.mark.req("APR-06")
async def test_values_below_1_of_indicators_in_percent_are_taken_with_a_warning(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.done(quarter.company.hr, "indicators", indicator(**EXPENSE, unit="%"))
    rows = [
        measurement("E101", "S03", value, f"2026-01-{day:02d}")
        for day, value in enumerate(("0.085", "-0.5", "0", "1", "8.5"), start=1)
    ]
    amount = measurement("E101", "S01", "0.5")
    lines = "".join(json.dumps(row) + "\n" for row in [*rows, amount])
    api, headers = quarter.api(quarter.company.hr.caller), {"Content-Type": "application/jsonl"}
    path = f"{BASE}/measurements?dry_run=true"
    tried = (await api.post(path, content=lines.encode(), headers=headers)).json()
    taken = (await quarter.measure(*rows, amount)).json()
    assert (taken["accepted"], taken["small_percentages"]) == (6, tried["small_percentages"])
    warned = {"subject_kind": "employee", "subject_code": "E101", "indicator": "S03"}
    assert taken["small_percentages"] == [
        {"line": 1, **warned, "value": "0.085", "text": "0.085 按 0.085% 计；如应为 8.5%，请更正。"},
        {"line": 2, **warned, "value": "-0.5", "text": "-0.5 按 -0.5% 计；如应为 -50%，请更正。"},
    ]
    again = (await quarter.measure(*rows, amount)).json()
    assert (again["repeated"], again["small_percentages"]) == (6, [])


BAD_LINES = [
    ({"value": 5.5}, "/2/value"),
    ({"value": "NaN"}, "/2/value"),
    ({"value": "1e5"}, "/2/value"),
    ({"value": "五"}, "/2/value"),
    ({"measured_on": "2026-02-30"}, "/2/measured_on"),
    ({"indicator": "S99"}, "/2/indicator"),
    ({"subject_kind": "planet"}, "/2/subject_kind"),
    ({"colour": "red"}, "/2/colour"),
    ({"corrects": "none"}, "/2/corrects"),
]


@pytest.mark.req("APR-06", "PLT-08")
@pytest.mark.parametrize(("change", "pointer"), BAD_LINES, ids=str)
async def test_one_bad_line_names_itself_and_stores_nothing(
    quarter: Quarter, change: dict[str, object], pointer: str
) -> None:
    await quarter.library()
    good = measurement("E101", "S01", "5")
    answer = await quarter.measure(good, {**measurement("E102", "S01", "6"), **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "measurements_wrong"), answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await quarter.measure(good)).json()["accepted"] == 1


@pytest.mark.req("APR-06", "PLT-08")
@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", "{}", 415, "unsupported_media"),
        ("application/jsonl", "", 422, "nothing_sent"),
        ("application/jsonl", '{"a": NaN}', 422, "measurements_wrong"),
        ("application/jsonl", '{"a": 1, "a": 2}', 422, "measurements_wrong"),
        ("application/jsonl", "[1, 2", 422, "measurements_wrong"),
        ("application/jsonl", "7", 422, "measurements_wrong"),
        ("text/csv", "对象编码,数值\r\n", 422, "cells_refused"),
        ("text/csv", CSV + "员工,E101\r\n", 422, "cells_refused"),
        ("text/csv", CSV + '"员工,E101', 400, "not_csv"),
        ("text/csv", "\ud800", 400, "not_csv"),
    ],
)
async def test_what_is_no_delivery_is_refused(quarter: Quarter, kind: str, body: str, status: int, code: str) -> None:
    await quarter.library()
    api = quarter.api(quarter.company.hr.caller)
    content = body.encode("utf-8", "surrogatepass")
    answer = await api.post(f"{BASE}/measurements", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


@pytest.mark.req("APR-06")
async def test_a_correction_supersedes_and_the_old_value_stays(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.measure(measurement("E101", "S01", "5", external_id="a"))
    fixed = await quarter.measure(measurement("E101", "S01", "6", external_id="b", corrects="a"))
    assert (fixed.json()["accepted"], fixed.json()["corrected"]) == (1, 1)
    twice = await quarter.measure(measurement("E101", "S01", "7", external_id="c", corrects="a"))
    assert twice.json()["errors"][0]["pointer"] == "/1/corrects"
    form = (await quarter.forms())["E101"]["id"]
    rows = await quarter.all(quarter.company["E101"], f"forms/{form}/measurements")
    assert [(row["value"], row["superseded"]) for row in rows] == [("5", True), ("6", False)]


@pytest.mark.req("APR-06", "PLT-03")
async def test_measurements_come_from_hr_or_a_client_with_the_scope(appraisal: Clients, quarter: Quarter) -> None:
    await quarter.library()
    body = json.dumps(measurement("E101", "S01", "5")).encode()
    headers = {"Content-Type": "application/jsonl"}
    for who in (client_system("results"), quarter.company.head.caller, quarter.company["E101"].caller):
        assert (await appraisal(who).post(f"{BASE}/measurements", content=body, headers=headers)).status_code == 403
    crm = appraisal(client_system("measurements"))
    assert (await crm.post(f"{BASE}/measurements", content=body, headers=headers)).json()["accepted"] == 1


@pytest.mark.req("APR-06", "PLT-03")
async def test_hr_of_a_unit_measures_its_people_only(quarter: Quarter) -> None:
    await quarter.ready()
    company = quarter.company
    local = Person("E900", company.sales, "HR", company.head, (Role.HR,), over=company.sales.id)
    assert (await quarter.measure(measurement("E101", "S01", "5"), who=local)).status_code == 200
    answer = await quarter.measure(measurement("E201", "S01", "5"), who=local)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/1/subject")


@pytest.mark.req("APR-06", "PLT-03")
async def test_hr_of_a_unit_measures_reads_and_corrects_nothing_of_the_days_after_somebody_left_it(
    quarter: Quarter,
) -> None:
    company = quarter.company
    last, first = company.own_transfer("E101", "2026-02-16")
    await quarter.library()
    await quarter.schemes()
    await quarter.opened()
    old, new = (
        Person(number, unit, "HR", company.chief, (Role.HR,), over=unit.id)
        for number, unit in (("E901", company.sales), ("E902", company.brand))
    )

    async def refused(who: Person, day: str, **more: str) -> bool:
        answer = await quarter.measure(measurement("E101", "S01", "5", day, **more), who=who)
        assert answer.status_code == 200 or answer.json()["errors"][0]["pointer"] == "/1/subject"
        return answer.status_code == 422

    assert [await refused(who, day) for who in (old, new) for day in (last, first)] == [False, True, True, False]
    later = "2026-05-04"  # of which no cycle knows so far
    assert [await refused(who, later) for who in (old, new)] == [True, False]
    takes_away = {"corrects": f"E101-S01-{first}", "external_id": "mine now"}
    assert await refused(old, last, **takes_away)
    days = [[row["measured_on"] for row in await quarter.all(who, "measurements")] for who in (old, new)]
    assert days == [[last], [first, later]]


@pytest.mark.req("APR-06", "PLT-03")
async def test_measurements_are_listed_by_filter_to_those_whose_subjects_they_are(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.measure_all()
    company = quarter.company
    rows = await quarter.all(company.hr, "measurements", subject_code="E101", measured_from="2026-03-01")
    assert [(row["indicator"], row["value"]) for row in sorted(rows, key=lambda row: row["indicator"])] == [
        ("S01", "2310000"),
        ("S03", "8.6"),
    ]
    assert await quarter.all(company.hr, "measurements", indicator="S01", measured_to="2026-01-01") == []
    local = Person("E900", company.sales, "HR", company.head, (Role.HR,), over=company.sales.id)
    seen = {row["subject_code"] for row in await quarter.all(local, "measurements")}
    assert "E101" in seen
    assert "E201" not in seen
    assert (await quarter.get(company["E101"], "measurements")).status_code == 403
