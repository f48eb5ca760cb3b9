"""Eliminations of suppliers: opened by scores in a row, decided by people, unmade by corrections (APR-03)."""

from dataclasses import replace
from typing import Any

import pytest

from services.kit.identity import Role, RoleAssignment
from tests.api.appraisal.test_cycle_editing import code_of
from tests.builders.appraisal import BASE, Quarter
from tests.builders.suppliers import FOUND, GOOD, WEAK, Suppliers, agreement

pytestmark = pytest.mark.req("APR-03")


async def test_two_weak_scores_in_a_row_open_an_elimination_that_a_person_decides(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    company = quarter.company
    hr = company.hr
    await suppliers.closed(1, {"SUP-1": GOOD, "SUP-2": WEAK})
    assert await suppliers.eliminations() == []  # one weak score is none in a row
    await suppliers.closed(2, {"SUP-1": WEAK, "SUP-2": WEAK})
    [opened] = await suppliers.eliminations()
    assert (opened["supplier_code"], opened["state"], opened["below"]) == ("SUP-2", "open", "80")
    assert [(each["cycle_code"], each["total"]) for each in opened["grounds"]] == [
        ("2026-Q1", "69.20"), ("2026-Q2", "69.20"),
    ]  # fmt: skip
    pending = await suppliers.read("SUP-2")
    assert (pending["elimination_pending"], pending["state"]) == (True, "active")  # nothing is decided by time alone
    await quarter.follow("follow_suppliers")
    assert len(await suppliers.eliminations()) == 1

    [task] = await quarter.all(hr, "my/tasks", kind="supplier_elimination.decide")
    assert task["due_at"] == "2026-08-05T16:00:00Z"
    assert "供应商SUP-2" in task["title"]
    await everybody_who_may_decide_is_asked_once(quarter, suppliers)
    path = f"supplier_eliminations/{opened['id']}"
    company.head.roles = (Role.HR,)
    assert await quarter.all(company.head, "my/tasks", kind="supplier_elimination.decide") == []
    why = {"reason": "连续两季度交付与质量不达标"}
    assert code_of(await quarter.post(company.head, f"{path}/confirm", why)) == (403, "own_matter")
    company.head.roles = ()
    elsewhere = replace(hr, over=company.brand.id)
    assert (await quarter.get(elsewhere, path)).status_code == 404
    assert await suppliers.eliminations(elsewhere) == []
    assert (await quarter.post(elsewhere, f"{path}/confirm", why)).status_code == 404
    auditor = replace(hr, roles=(Role.AUDITOR,))
    assert (await quarter.get(auditor, path)).status_code == 200
    for who in (auditor, company.head, company["E101"]):
        assert (await quarter.post(who, f"{path}/confirm", why)).status_code == 403
    await refused_to_whoever_only_reads(quarter, path)
    assert (await quarter.post(hr, f"{path}/confirm", {})).status_code == 422  # no decision without a reason
    assert (await quarter.post(hr, f"{path}/confirm", why, seen='"7"')).status_code == 412

    decided = await quarter.done(suppliers.executive, f"{path}/confirm", why)
    assert (decided["state"], decided["decision"], decided["decided_by_name"]) == (
        "confirmed", why["reason"], "name of E001",
    )  # fmt: skip
    assert code_of(await quarter.post(hr, f"{path}/reject", why)) == (409, "transition_not_possible")
    gone = await suppliers.read("SUP-2")
    assert (gone["state"], gone["elimination_pending"]) == ("eliminated", False)
    assert await quarter.all(hr, "my/tasks", kind="supplier_elimination.decide") == []
    fresh = await quarter.post(hr, f"suppliers/{gone['id']}/agreements", agreement("FA-2"))
    assert code_of(fresh) == (409, "supplier_eliminated")
    await suppliers.opened(3)
    assert set(await quarter.forms()) == {"SUP-1"}

    await reinstated_with_a_reason(quarter, suppliers, gone["id"])


async def reinstated_with_a_reason(quarter: Quarter, suppliers: Suppliers, supplier_id: str) -> None:
    """HR takes up again with an eliminated supplier, as it was seen; its old scores open no other elimination."""
    hr, path = quarter.company.hr, f"suppliers/{supplier_id}/reinstate"
    quarter.clock.set(2026, 7, 23, 1)
    stale = await quarter.post(hr, path, {"reason": "整改验收合格"}, seen='"99"')
    assert code_of(stale) == (412, "stale")
    back = await quarter.done(hr, path, {"reason": "整改验收合格"})
    assert (back["state"], back["preferred_for_large_orders"]) == ("active", False)
    assert (back["decision"], back["decided_by_name"]) == ("整改验收合格", hr.caller.name)
    await decisions_are_for_those_who_may_read_them(quarter, supplier_id, "整改验收合格")
    await quarter.follow("follow_suppliers")
    assert [each["state"] for each in await suppliers.eliminations()] == ["confirmed"]  # asked once an occasion
    again = await quarter.post(hr, path, {"reason": "再次"})
    assert code_of(again) == (409, "transition_not_possible")


async def everybody_who_may_decide_is_asked_once(quarter: Quarter, suppliers: Suppliers) -> None:
    """HR, executives, and who is both; but no executive of another unit."""
    executive = suppliers.executive
    both, far = replace(executive, roles=(Role.HR, Role.EXECUTIVE)), replace(executive, over=quarter.company.brand.id)
    for who, tasks in ((quarter.company.hr, 1), (executive, 1), (both, 1), (far, 0)):
        assert len(await quarter.all(who, "my/tasks", kind="supplier_elimination.decide")) == tasks


async def decisions_are_for_those_who_may_read_them(quarter: Quarter, supplier_id: str, reason: str) -> None:
    """HR, auditors and executives of the unit read why; everybody else only that it is there."""
    company, path = quarter.company, f"suppliers/{supplier_id}"
    far = replace(company.hr, over=company.brand.id)
    near = replace(company.hr, over=company.sales.id, roles=(Role.AUDITOR,))
    for who, shown in ((company["E101"], None), (far, None), (near, reason)):
        for found in (await quarter.read(who, path), (await quarter.all(who, "suppliers", search="SUP-2"))[0]):
            assert (found["decision"], found["decided_at"] is None) == (shown, shown is None)


async def test_a_supplier_kept_after_weak_scores_is_preferred_again_once_a_score_reaches_the_mark(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    hr, rep = quarter.company.hr, quarter.company["E101"]

    async def preferred() -> list[str]:
        return [each["code"] for each in await quarter.all(rep, "suppliers", preferred_for_large_orders="true")]

    await suppliers.closed(1, {"SUP-1": WEAK, "SUP-2": GOOD})
    assert await preferred() == ["SUP-1"]  # one weak score is none in a row
    await suppliers.closed(2, {"SUP-1": WEAK, "SUP-2": GOOD})
    [opened] = await suppliers.eliminations()
    assert await preferred() == []
    kept = await quarter.done(hr, f"supplier_eliminations/{opened['id']}/reject", {"reason": "原料涨价所致"})
    assert kept["state"] == "rejected"
    found = await suppliers.read("SUP-1")
    assert (found["supplier_class"], found["elimination_pending"]) == ("A", False)
    assert await preferred() == []  # it was kept, but its scores are what they are
    await suppliers.classify("SUP-1", FOUND, "2026-07-22")
    assert await preferred() == []
    await suppliers.closed(3, {"SUP-1": GOOD, "SUP-2": GOOD})
    assert await preferred() == ["SUP-1"]
    latest = (await quarter.results())["SUP-1"]
    await corrected(quarter, latest, "79.99")
    assert await preferred() == []
    await corrected(quarter, latest, "80")
    assert await preferred() == ["SUP-1"]


async def refused_to_whoever_only_reads(quarter: Quarter, path: str) -> None:
    """HR of another unit who is an auditor here does not decide; HR of the unit reads it."""
    company = quarter.company
    over = (RoleAssignment(Role.AUDITOR, None), RoleAssignment(Role.HR, company.brand.id))
    reader = quarter.api(replace(company.hr2.caller, role_assignments=over))
    for verb in ("confirm", "reject"):
        refused = await reader.post(f"{BASE}/{path}/{verb}", json={"reason": "x"}, headers={"If-Match": "1"})
        assert code_of(refused) == (403, "not_in_this_capacity")
    local = replace(company.hr, over=company.sales.id)
    assert (await quarter.get(local, path)).status_code == 200
    assert len(await quarter.all(local, "my/tasks", kind="supplier_elimination.decide")) == 1


async def corrected(quarter: Quarter, result: dict[str, Any], total: str, *, at_once: bool = True) -> None:
    """A closed score is corrected by two persons, and the worker looks at it at once or later."""
    body = {"total": total, "reason": "验收记录补登"}
    asked = await quarter.done(quarter.company.hr, f"results/{result['id']}/corrections", body)
    await quarter.done(quarter.company.hr2, f"corrections/{asked['id']}/approve", {"reason": "核实"})
    if at_once:
        await quarter.jobs()


async def test_a_correction_unmakes_an_elimination_and_brings_a_decided_one_before_somebody_again(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    hr = quarter.company.hr
    await suppliers.closed(1, {"SUP-1": GOOD, "SUP-2": WEAK})
    await suppliers.closed(2, {"SUP-1": GOOD, "SUP-2": WEAK})
    [opened] = await suppliers.eliminations()
    second = (await quarter.results())["SUP-2"]
    await corrected(quarter, second, "81", at_once=False)
    early = await quarter.post(hr, f"supplier_eliminations/{opened['id']}/confirm", {"reason": "x"})
    assert code_of(early) == (409, "grounds_changed")  # the worker has not looked yet
    await quarter.jobs()
    [withdrawn] = await suppliers.eliminations()
    assert (withdrawn["id"], withdrawn["state"]) == (opened["id"], "withdrawn")
    assert (withdrawn["unmade_by_name"], withdrawn["unmade_at"] is None) == ("Merit", False)
    assert withdrawn["unmade_reason"] == "依据的得分已被更正，不再满足淘汰条件"
    path = f"{BASE}/supplier_eliminations/{opened['id']}"
    english = await quarter.api(hr.caller).get(path, headers={"Accept-Language": "en"})
    assert english.json()["unmade_reason"].isascii()
    assert await quarter.all(hr, "my/tasks", kind="supplier_elimination.decide") == []

    await corrected(quarter, second, "79")
    [_, anew] = await suppliers.eliminations()
    assert (anew["state"], anew["grounds"][1]["total"], anew["grounds"][1]["version"]) == ("open", "79.00", 3)
    why = {"reason": "连续两季度不达标"}
    await quarter.done(hr, f"supplier_eliminations/{anew['id']}/confirm", why)
    await corrected(quarter, second, "85")
    [reopened] = await suppliers.eliminations(state="reopened")
    assert (reopened["decision"], reopened["unmade_by_name"]) == (why["reason"], "Merit")  # who confirmed it stays
    assert (await suppliers.read("SUP-2"))["state"] == "eliminated"  # until somebody decides
    assert len(await quarter.all(hr, "my/tasks", kind="supplier_elimination.decide")) == 1
    kept = await quarter.done(hr, f"supplier_eliminations/{reopened['id']}/reject", {"reason": "得分更正后达标"})
    assert (kept["state"], (await suppliers.read("SUP-2"))["state"]) == ("rejected", "active")
