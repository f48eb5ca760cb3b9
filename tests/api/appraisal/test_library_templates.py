"""The starter library: an empty installation gets indicators and schemes in one call (APR-01, APR-02)."""

import pytest

from services.appraisal.library.store.templates import starter_templates
from services.kit.identity import Role
from services.org.templates.store.templates import starter_templates as role_document_templates
from tests.builders.appraisal import BASE, indicator
from tests.clients import Clients

pytestmark = pytest.mark.req("APR-01")


async def test_all_starter_indicators_are_added_in_one_call_and_again_nothing(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    offered = (await hr.get(f"{BASE}/indicator_templates")).json()
    added = await hr.post(f"{BASE}/indicators/apply_templates", json={})
    assert added.status_code == 201, added.text
    assert {each["code"] for each in added.json()["indicators"]} == {each["code"] for each in offered}
    again = await hr.post(f"{BASE}/indicators/apply_templates", json={})
    assert again.json() == {"indicators": []}


async def test_an_indicator_of_the_company_is_not_replaced_by_a_template(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    await hr.post(f"{BASE}/indicators", json=indicator(name="本公司销售额"))
    added = await hr.post(f"{BASE}/indicators/apply_templates", json={"codes": ["S01", "S04"]})
    assert [each["code"] for each in added.json()["indicators"]] == ["S04"]
    listed = (await hr.get(f"{BASE}/indicators")).json()["items"]
    assert [(each["code"], each["version"]) for each in listed] == [("S01", 1), ("S04", 1)]


@pytest.mark.req("APR-02")
async def test_every_starter_scheme_is_added_with_its_indicators_in_one_call(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    offered = (await hr.get(f"{BASE}/scheme_templates")).json()
    assert len(offered) > 15
    for template in offered:
        covered = {"employee": "positions", "unit": "units", "supplier": "supplier_classes"}[template["subject_kind"]]
        codes = ["A"] if covered == "supplier_classes" else [f"X-{template['code']}"]
        body = {"template": template["code"], "valid_from": "2026-01-01", covered: codes}
        made = await hr.post(f"{BASE}/schemes/apply_template", json=body)
        assert made.status_code == 201, made.text
        scheme = (await hr.get(made.headers["location"])).json()
        assert scheme == made.json()
        assert scheme[covered] == codes
        items = [item["indicator"] for section in scheme["sections"] for item in section["items"]]
        assert items == template["indicators"]


@pytest.mark.req("APR-02", "PLT-08")
async def test_a_template_that_does_not_exist_is_named_and_nothing_is_added(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    refused = await hr.post(f"{BASE}/schemes/apply_template", json={"template": "QE-NONE", "valid_from": "2026-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (404, "template_unknown")
    refused = await hr.post(f"{BASE}/indicators/apply_templates", json={"codes": ["S01", "NONE"]})
    assert refused.status_code == 404
    assert refused.json()["errors"][0]["found"] == "NONE"
    assert (await hr.get(f"{BASE}/indicators")).json()["items"] == []


@pytest.mark.req("ORG-11")
def test_the_starter_library_has_every_indicator_that_role_document_templates_name_with_its_unit() -> None:
    library = {each.code: (each.facts.name, each.facts.measure) for each in starter_templates().indicators}
    named = {each.code: (each.name, each.unit) for each in role_document_templates().indicators}
    assert named.items() <= library.items()


async def test_a_starter_indicator_has_its_unit_in_both_languages(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    offered = {each["code"]: each for each in (await hr.get(f"{BASE}/indicator_templates")).json()}
    assert [(offered[code]["unit"], offered[code]["unit_en"]) for code in ("S01", "S03")] == [
        ("元", "yuan"),
        ("%", "%"),
    ]
    applied = (await hr.post(f"{BASE}/indicators/apply_templates", json={"codes": ["S01", "S03"]})).json()
    assert [(each["unit"], each["unit_en"]) for each in applied["indicators"]] == [("元", "yuan"), ("%", "")]
