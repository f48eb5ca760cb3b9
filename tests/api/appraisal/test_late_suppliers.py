"""Suppliers recorded after a cycle opened, and targets that a framework agreement sets (APR-03, APR-04, APR-05)."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.api.appraisal.test_cycle_editing import code_of
from tests.builders.appraisal import Company, Quarter, measurement
from tests.builders.appraisal_company import Person, Unit
from tests.builders.suppliers import FOUND, GOOD, TERMS, WEAK, Suppliers, agreement

pytestmark = pytest.mark.req("APR-03")

PROMISED = {**TERMS["service_standards"][0], "indicator": "V01"}
WHY = {"reason": "二季度新签协议"}


async def aimed_at(quarter: Quarter) -> None:
    """From April on suppliers are scored by targets of delivery and quality."""
    rule = {"kind": "higher_is_better", "cap": "120"}
    items = [{"indicator": code, "weight": "50", "rule": rule} for code in ("V01", "V02")]
    body = {
        "code": "QE-SUPPLIER",
        "name": "供应商季度考核",
        "name_en": "suppliers by quarter",
        "subject_kind": "supplier",
        "frequency": "quarter",
        "valid_from": "2026-04-01",
        "supplier_classes": ["A", "B", "C"],
        "sections": [{"key": "supply", "name": "供货", "name_en": "supply", "weight": "100", "items": items}],
    }
    await quarter.done(quarter.company.hr, "schemes", body)


async def test_an_agreement_sets_the_targets_that_it_promises(quarter: Quarter, suppliers: Suppliers) -> None:
    company, hr = quarter.company, quarter.company.hr
    await aimed_at(quarter)
    path = f"suppliers/{suppliers.ids['SUP-1']}/agreements"
    for standards, code in (
        ([{**PROMISED, "indicator": "V99"}], "standard_indicator_unknown"),
        ([PROMISED, PROMISED], "standard_twice"),
    ):
        refused = await quarter.post(hr, path, agreement(first="2026-04-01", service_standards=standards))
        assert code_of(refused) == (422, code)
    both = [PROMISED, {"name": "合格率", "comparator": "at_least", "value": "99.5", "unit": "%", "indicator": "V02"}]
    quarter.clock.set(2026, 4, 1, 1)
    made = await quarter.done(hr, path, agreement(first="2026-04-01", service_standards=both))
    assert made["service_standards"][0]["indicator"] == "V01"
    second = f"suppliers/{suppliers.ids['SUP-2']}/agreements"
    none = {**both[1], "value": "0"}  # no share of nothing can be calculated
    await quarter.done(hr, second, agreement(first="2026-04-01", service_standards=[PROMISED, none]))
    await suppliers.opened(2)
    forms = await quarter.forms()
    whole = await quarter.read(company.head, f"forms/{forms['SUP-1']['id']}/goals")
    assert (whole["state"], whole["agreed_revision"], whole["settlement"]) == ("agreed", 1, None)
    assert [(each["key"], each["target"], each["data_source"]) for each in whole["agreed"]] == [
        ("V01", "95", "框架协议 FA-1 第 2 版"), ("V02", "99.5", "框架协议 FA-1 第 2 版"),
    ]  # fmt: skip
    assert [each["side"] for each in whole["revisions"]] == ["agreement"]
    part = await quarter.read(company.head, f"forms/{forms['SUP-2']['id']}/goals")
    assert (part["state"], [each["key"] for each in part["current"]]) == ("proposed", ["V01"])
    waiting = await quarter.all(company.head, "my/tasks", kind="goals.propose")
    assert [task["subject"]["id"] for task in waiting] == [forms["SUP-2"]["id"]]  # what is signed needs no agreement
    await quarter.propose(company.head, forms["SUP-2"]["id"], {"V01": "95", "V02": "98"})
    await quarter.done(company.chief, f"forms/{forms['SUP-2']['id']}/goals/agree")
    rows = [
        measurement(code, key, value, f"2026-{month:02d}-28", subject_kind="supplier")
        for code, values in {"SUP-1": {"V01": "95", "V02": "99.5"}, "SUP-2": {"V01": "76", "V02": "98"}}.items()
        for key, value in values.items()
        for month in (4, 5, 6)
    ]
    assert (await quarter.measure(*rows)).status_code == 200
    for step in ("start_evaluation", "score"):
        await quarter.move(step)
    await quarter.jobs()
    assert {code: each["total"] for code, each in (await quarter.results()).items()} == {
        "SUP-1": "100.00", "SUP-2": "90.00",
    }  # fmt: skip


class WithoutBrand(Company):
    """A company that has given up its brand department."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [each for each in self.people if each.unit is not self.brand]

    @property
    def units(self) -> list[Unit]:
        """All units that are left."""
        return [unit for unit in super().units if unit is not self.brand]


@pytest.mark.req("APR-04")
async def test_a_supplier_whose_unit_the_cycle_does_not_have_is_not_appraised(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    await suppliers.classify("SUP-3", FOUND)
    await suppliers.opened(1)  # which has it
    quarter.company = WithoutBrand()
    await suppliers.opened(2)
    path = f"cycles/{quarter.cycle_id}/exclusions"
    listed = await quarter.all(quarter.company.hr, path, reason="no_unit")
    assert [each["subject_code"] for each in listed] == ["SUP-3"]


async def test_only_closed_quarters_and_the_suppliers_unit_count_for_an_elimination(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    await suppliers.closed(1, {"SUP-1": GOOD, "SUP-2": WEAK})
    await suppliers.published(2, {"SUP-1": GOOD, "SUP-2": WEAK})
    quarter.company.people.append(Person("E300", quarter.company.brand, "D12", quarter.company.other_head))
    await quarter.follow("follow_places")
    assert [each["code"] for each in await quarter.all(quarter.company.hr, "suppliers")] == ["SUP-1", "SUP-2", "SUP-3"]
    body = {"code": "SUP-9", "name": "无单元", "unit_code": "REP"}  # a position, as is D12 besides
    refused = await quarter.post(quarter.company.hr, "suppliers", body)
    assert code_of(refused) == (422, "supplier_unit_unknown")
    found = []
    for state, frequency in (("published", "quarter"), ("closed", "half"), ("closed", "quarter")):
        async with quarter.sessions.write() as session:
            wanted = text("UPDATE cycle SET state = :state, frequency = :frequency WHERE code = '2026-Q2'")
            await session.execute(wanted, {"state": state, "frequency": frequency})
        await quarter.follow("follow_suppliers")
        found.append(len(await suppliers.eliminations()))
    assert found == [0, 0, 1]


@pytest.mark.req("APR-04", "PLT-03")
async def test_a_supplier_recorded_late_is_added_to_a_cycle_that_runs(quarter: Quarter, suppliers: Suppliers) -> None:
    company, hr = quarter.company, quarter.company.hr
    await suppliers.opened(1)
    first, company.other_head.boss = quarter.cycle_id, company.head  # as another cycle of the same days has it
    await quarter.opened(code="2026-Q1-2", name="一季度补评")
    quarter.cycle_id = first
    path = f"cycles/{quarter.cycle_id}/suppliers"
    one = {"supplier_id": suppliers.ids["SUP-3"], **WHY}

    async def added(who: Any, body: dict[str, str] | None = None, seen: str | None = None) -> tuple[int, str]:
        return code_of(await quarter.post(who, path, body or one, seen=seen))

    assert await added(hr) == (409, "not_appraisable")  # nobody has classified it
    await suppliers.classify("SUP-3", FOUND)
    assert await added(replace(hr, over=company.sales.id)) == (404, "subject_not_in_cycle")
    assert await added(replace(company.other_head, roles=(Role.HR,))) == (403, "own_matter")
    assert await added(company.other_head) == (403, "role_missing")
    assert await added(hr, seen='"77"') == (412, "stale")
    form = await quarter.done(replace(hr, over=company.brand.id), path, one)
    assert (form["subject_code"], form["owner_id"], form["goal_state"]) == (
        "SUP-3", str(company.other_head.id), "empty",
    )  # fmt: skip
    assert form["manager_id"] == str(company.chief.id)
    assert await added(hr) == (409, "supplier_in_cycle")
    assert await quarter.all(hr, f"cycles/{quarter.cycle_id}/exclusions", reason="not_classified") == []
    out = {"subject_kind": "supplier", "subject_id": suppliers.ids["SUP-3"], "reason": "协议争议"}
    await quarter.done(hr, f"cycles/{quarter.cycle_id}/exclusions", out)
    assert await added(hr) == (409, "already_excluded")  # a decision is not undone by the way

    fresh = await quarter.done(hr, "suppliers", {"code": "SUP-4", "name": "供应商SUP-4", "unit_code": "D12"})
    suppliers.ids["SUP-4"] = fresh["id"]
    late = {"supplier_id": fresh["id"], **WHY}
    assert await added(hr, late) == (409, "not_appraisable")  # no agreement
    await quarter.done(hr, f"suppliers/{fresh['id']}/agreements", agreement("FA-4", "2026-02-01"))
    await suppliers.classify("SUP-4", FOUND)
    await quarter.move("start_evaluation")
    assert (await quarter.done(hr, path, late))["subject_code"] == "SUP-4"
    async with quarter.sessions.read() as session:
        added_names = text("SELECT after->>'name' FROM audit WHERE action = 'appraisal.cycle.subject_added'")
        assert set((await session.execute(added_names)).scalars()) == {"供应商SUP-3", "供应商SUP-4"}
    missing = {"supplier_id": str(company.sales.id), **WHY}
    assert await added(hr, missing) == (404, "no_supplier")
    await quarter.done(hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    assert await added(hr) == (409, "not_in_this_state")
