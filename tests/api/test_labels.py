"""A screen learns what the values of enumerations are called (PLT-01)."""

import pytest

from services.kit.identity import Role
from tests.clients import Clients

pytestmark = pytest.mark.req("PLT-01", "PLT-08")


async def test_anyone_signed_in_reads_what_the_values_of_enumerations_are_called(org: Clients) -> None:
    answer = await org(Role.EMPLOYEE).get("/v1/org/labels")
    assert answer.status_code == 200
    found = {each["name"]: each["values"] for each in answer.json()["items"]}
    assert list(found) == sorted(found)
    assert found["Track"] == [
        {"value": "management", "label": "管理", "label_en": "management"},
        {"value": "professional", "label": "专业", "label_en": "professional"},
    ]
    assert found["Education"][2] == {"value": "bachelor", "label": "本科", "label_en": "bachelor"}
    assert {"value": "merge", "label": "合并", "label_en": "merger"} in found["UnitSuccession.kind"]


async def test_appraisal_names_kinds_of_rules_and_incentive_kinds_of_bonuses_and_currencies(
    appraisal: Clients, incentive: Clients
) -> None:
    rules = {
        each["name"]: each["values"]
        for each in (await appraisal(Role.EMPLOYEE).get("/v1/appraisal/labels")).json()["items"]
    }
    assert {"value": "higher_is_better", "label": "越高越好", "label_en": "Higher is better"} in rules["Indicator.rule"]
    answer = (await incentive(Role.EMPLOYEE).get("/v1/incentive/labels")).json()
    bonuses = {each["name"]: each["values"] for each in answer["items"]}
    assert {"value": "quarterly_bonus", "label": "季度奖金", "label_en": "Quarterly bonus"} in bonuses["Line.kind"]
    assert {"value": "CNY", "label": "人民币元", "label_en": "yuan"} in bonuses["Line.currency"]


async def test_labels_are_for_those_who_are_signed_in(org: Clients) -> None:
    refused = await org.stranger().get("/v1/org/labels")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
