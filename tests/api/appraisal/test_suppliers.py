"""Suppliers: registered, under agreement, classified, and scored in cycles like everybody."""

from dataclasses import replace
from typing import Any

import pytest

from services.kit.identity import Role
from tests.api.appraisal.test_cycle_editing import code_of
from tests.builders.appraisal import BASE, Quarter, measurement
from tests.builders.suppliers import FOUND, GOOD, WEAK, Suppliers, agreement

pytestmark = pytest.mark.req("APR-03")


async def test_hr_keeps_the_register_and_everybody_who_orders_sees_who_is_preferred(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    company = quarter.company
    hr, rep = company.hr, company["E101"]
    body = {"code": "sup-1", "name": "另一家", "unit_code": "D12"}
    assert code_of(await quarter.post(hr, "suppliers", body)) == (409, "supplier_code_taken")
    nowhere = {"code": "SUP-9", "name": "无单元", "unit_code": "NOWHERE"}
    assert code_of(await quarter.post(hr, "suppliers", nowhere)) == (422, "supplier_unit_unknown")
    for who in (rep, company.head, replace(hr, over=company.sales.id), suppliers.executive):
        assert (await quarter.post(who, "suppliers", {**body, "code": "SUP-9"})).status_code == 403

    listed = await quarter.all(rep, "suppliers")
    assert [(each["code"], each["supplier_class"], each["preferred_for_large_orders"]) for each in listed] == [
        ("SUP-1", "A", True),
        ("SUP-2", "C", False),
        ("SUP-3", None, False),
    ]
    assert listed[0]["unit_name"] == "D12"
    for asked, codes in (
        ({"preferred_for_large_orders": "true"}, ["SUP-1"]),
        ({"preferred_for_large_orders": "false"}, ["SUP-2", "SUP-3"]),
        ({"supplier_class": "C"}, ["SUP-2"]),
        ({"unit_code": "D17"}, ["SUP-3"]),
        ({"search": "up-2"}, ["SUP-2"]),
        ({"state": "eliminated"}, []),
        ({"as_of": "2025-12-31", "preferred_for_large_orders": "true"}, []),
    ):
        assert [each["code"] for each in await quarter.all(rep, "suppliers", **asked)] == codes, asked

    path = f"{BASE}/suppliers/{suppliers.ids['SUP-1']}"
    api = quarter.api(hr.caller)
    assert (await api.patch(path, json={"name": "新名"})).status_code == 428
    renamed = await api.patch(path, json={"name": "新名"}, headers={"If-Match": '"1"'})
    assert (renamed.status_code, renamed.json()["name"], renamed.json()["revision"]) == (200, "新名", 2)
    assert (await api.patch(path, json={"unit_code": "D17"}, headers={"If-Match": '"1"'})).status_code == 412
    lost = await api.patch(path, json={"unit_code": "NOWHERE"}, headers={"If-Match": '"2"'})
    assert lost.json()["code"] == "supplier_unit_unknown"


async def test_agreements_are_amended_by_versions_and_end_early_with_a_reason(
    quarter: Quarter, suppliers: Suppliers
) -> None:
    company = quarter.company
    hr, one = company.hr, suppliers.ids["SUP-1"]
    path = f"suppliers/{one}/agreements"
    early = await quarter.post(hr, path, agreement(first="2026-01-01"))
    assert code_of(early) == (409, "agreement_not_later")
    for name, day in (("valid_from", "0001-01-01"), ("valid_to", "9999-12-31"), ("signed_on", "1899-12-31")):
        slip = await quarter.post(hr, path, {**agreement("FA-9"), name: day})
        assert (slip.status_code, slip.json()["errors"][0]["pointer"]) == (422, f"/{name}")
    ahead = await quarter.post(hr, path, {**agreement("FA-9"), "signed_on": "2099-01-01"})
    assert code_of(ahead) == (422, "agreement_signed_ahead")
    dearer = [{"item": "A4 单页彩印", "unit": "千张", "unit_price": "195.50"}]
    second = await quarter.done(hr, path, agreement(first="2026-07-01", last="2026-12-31", prices=dearer))
    assert (second["version"], second["prices"][0]["unit_price"]) == (2, "195.50")
    named = {(each["supplier_code"], each["supplier_name"]) for each in (second, *await quarter.all(hr, path))}
    assert named == {("SUP-1", (await quarter.read(hr, f"suppliers/{one}"))["name"])}
    both = await quarter.all(hr, path)
    assert [(each["version"], each["valid_from"], each["valid_to"]) for each in both] == [
        (1, "2026-01-01", "2026-06-30"),
        (2, "2026-07-01", "2026-12-31"),
    ]
    assert [each["version"] for each in await quarter.all(hr, path, as_of="2026-03-01")] == [1]

    late = {"last_day": "2027-01-31", "reason": "逾期三次"}
    ended = f"supplier_agreements/{second['id']}/terminate"
    assert code_of(await quarter.post(hr, ended, late)) == (409, "agreement_ended")
    stale = await quarter.post(hr, ended, {**late, "last_day": "2026-08-31"}, seen='"9"')
    assert stale.status_code == 412
    done = await quarter.done(hr, ended, {**late, "last_day": "2026-08-31"})
    assert (done["valid_to"], done["termination_reason"], done["terminated_by_name"]) == (
        "2026-08-31", "逾期三次", "name of E002",
    )  # fmt: skip
    found = await quarter.read(hr, f"suppliers/{one}", as_of="2026-09-01")
    assert (found["has_agreement"], found["preferred_for_large_orders"]) == (
        False,
        False,
    )  # class A alone is not enough

    scoped = {role: replace(hr, roles=(role,), over=company.sales.id) for role in (Role.HR, Role.AUDITOR)}
    for who in (scoped[Role.HR], scoped[Role.AUDITOR], suppliers.executive):
        assert (await quarter.get(who, path)).status_code == 200
        assert (await quarter.get(who, f"supplier_agreements/{second['id']}")).status_code == 200
    elsewhere = replace(hr, over=company.brand.id)
    for who in (company.head, company["E101"], elsewhere):  # prices are not for everybody
        assert (await quarter.get(who, path)).status_code == 403
        assert (await quarter.get(who, f"supplier_agreements/{second['id']}")).status_code == 403
        assert (await quarter.get(who, f"suppliers/{one}/classifications")).status_code == 403
    assert (await quarter.post(scoped[Role.HR], path, agreement("FA-2"))).status_code == 403


async def test_a_class_follows_from_the_policy_and_says_why(quarter: Quarter, suppliers: Suppliers) -> None:
    hr, company = quarter.company.hr, quarter.company
    path = f"suppliers/{suppliers.ids['SUP-3']}/classifications"
    body: dict[str, Any] = {"valid_from": "2026-02-01", "findings": {**FOUND}}
    lacking = {**body, "findings": {"history": FOUND["history"], "luck": FOUND["history"]}}
    assert code_of(refused := await quarter.post(hr, path, lacking)) == (422, "criteria_mismatch")
    assert {each["pointer"] for each in refused.json()["errors"]} == {
        "/findings/response", "/findings/case_quality", "/findings/luck",
    }  # fmt: skip
    above = {**body, "findings": {**FOUND, "case_quality": {"value": "5.1", "evidence": "评审表"}}}
    assert (await quarter.post(hr, path, above)).json()["errors"][0]["pointer"] == "/findings/case_quality/value"
    assert (await quarter.post(company.other_head, path, body)).status_code == 403

    slow = {"history": {"value": "5", "evidence": "台账"}, "response": {"value": "24", "evidence": "工单"}}
    made = await quarter.done(hr, path, {**body, "findings": {**FOUND, **slow}})
    assert (made["supplier_class"], made["score"], made["policy_version"]) == ("B", "76.00", 0)
    supplier = await suppliers.read("SUP-3")
    assert (made["supplier_code"], made["supplier_name"]) == ("SUP-3", supplier["name"])
    assert "B 类分数线" in made["explanation_text"]
    assert (await suppliers.read("SUP-3"))["supplier_class"] is None  # from February on

    strict = await quarter.read(hr, "supplier_policies/0")
    assert await quarter.all(hr, "supplier_policies") == [{**strict, "is_built_in": True, "is_in_force": True}]
    for name in ("version", "created_by_name", "created_at", "is_built_in", "is_in_force"):
        del strict[name]
    strict |= {"valid_from": "2026-03-01", "b_from": "80", "a_from": "95"}
    heavy = {**strict, "criteria": [{**strict["criteria"][0], "weight": "50"}, *strict["criteria"][1:]]}
    assert code_of(await quarter.post(hr, "supplier_policies", heavy)) == (422, "weights_not_100")
    aimed = {**strict["criteria"][0], "rule": {"kind": "higher_is_better"}}
    broken = {**strict, "criteria": [aimed, *strict["criteria"][1:]]}
    assert code_of(await quarter.post(hr, "supplier_policies", broken)) == (422, "supplier_policy_broken")
    assert (await quarter.post(company.head, "supplier_policies", strict)).status_code == 403
    assert (await quarter.done(hr, "supplier_policies", strict))["version"] == 1
    assert [each["is_built_in"] for each in await quarter.all(hr, "supplier_policies")] == [True, False]
    assert code_of(await quarter.post(hr, "supplier_policies", strict)) == (409, "supplier_policy_not_later")
    again = await quarter.done(hr, path, {"valid_from": "2026-03-01", "findings": {**FOUND, **slow}})
    assert (again["supplier_class"], again["score"], again["policy_version"]) == ("C", "76.00", 1)
    auditor = replace(hr, roles=(Role.AUDITOR,), over=company.brand.id)
    classes = await quarter.all(auditor, path)
    assert [each["supplier_class"] for each in classes] == ["B", "C"]
    assert (await quarter.get(company.other_head, path)).status_code == 403


async def test_a_supplier_is_a_subject_of_the_same_cycles_by_its_class(quarter: Quarter, suppliers: Suppliers) -> None:
    company = quarter.company
    await suppliers.opened(1)
    forms = await quarter.forms()
    assert {code: (each["subject_kind"], each["owner_id"]) for code, each in forms.items()} == {
        "SUP-1": ("supplier", str(company.head.id)),
        "SUP-2": ("supplier", str(company.head.id)),
    }
    path = f"cycles/{quarter.cycle_id}/exclusions"
    [unclassified] = await quarter.all(company.hr, path, reason="not_classified")
    assert (unclassified["subject_code"], unclassified["reason_text"]) == ("SUP-3", "供应商尚未定级")

    company.head.roles = (Role.HR,)
    own = measurement("SUP-1", "V01", "99", subject_kind="supplier")
    waits = await quarter.measure(own, who=company.head)
    assert waits.json()["pending"] == 1, waits.text  # who answers for it enters nothing alone
    company.head.roles = ()
    coverage = await quarter.all(company.hr, "scheme_coverage", as_of="2026-01-31")
    assert [(each["code"], each["scheme_code"]) for each in coverage if each["subject_kind"] == "supplier"] == [
        ("A", "QE-SUPPLIER"), ("B", "QE-SUPPLIER"), ("C", "QE-SUPPLIER"),
    ]  # fmt: skip
    twice = {"template": "QE-SUPPLIER", "code": "QE-A", "valid_from": "2026-01-01", "supplier_classes": ["A"]}
    assert code_of(await quarter.post(company.hr, "schemes/apply_template", twice)) == (409, "subject_covered")
    scoped = replace(company.hr, over=company.sales.id)
    scheme = {**(await quarter.all(company.hr, "schemes"))[0], "code": "QE-S"}
    kept = {"code", "name", "name_en", "subject_kind", "frequency", "valid_from", "supplier_classes"}
    body = {name: scheme[name] for name in kept} | {"sections": [
        {"key": "supply", "name": "供货", "name_en": "supply", "weight": "100",
         "items": [{"indicator": "V01", "weight": "100"}]}]}  # fmt: skip
    assert code_of(await quarter.post(scoped, "schemes", body)) == (403, "subjects_not_yours")


async def test_a_suppliers_score_is_for_those_who_answer_for_it_and_hr(quarter: Quarter, suppliers: Suppliers) -> None:
    company = quarter.company
    await suppliers.published(1, {"SUP-1": GOOD, "SUP-2": WEAK})
    for who in (company.hr, company.head):
        totals = {code: each["total"] for code, each in (await quarter.results(who)).items()}
        assert totals == {"SUP-1": "100.00", "SUP-2": "69.20"}
    assert await quarter.results(company["E101"]) == {}
    path = f"cycles/{quarter.cycle_id}/public_notice"
    assert await quarter.all(company.hr, path) == []  # how suppliers did is not shown to their department
