"""Indicators and schemes: versions, exact weights, and refusals that name field, fault and expectation."""

from typing import Any

import pytest

from services.appraisal.library.domain.indicators import KINDS
from services.kit.identity import Role
from tests.builders.appraisal import BASE, Quarter, indicator, scheme, section
from tests.clients import Clients


@pytest.mark.req("APR-01")
async def test_an_indicator_of_the_same_code_is_its_next_version(appraisal: Clients) -> None:
    hr = appraisal(Role.HR)
    first = await hr.post(f"{BASE}/indicators", json=indicator())
    assert (first.status_code, first.json()["version"]) == (201, 1)
    rule = {"kind": "score_table", "between": "linear", "points": [["80", "60"], ["90", "80"]]}
    second = await hr.post(f"{BASE}/indicators", json=indicator(rule=rule))
    assert second.json()["version"] == 2
    assert second.json()["rule"]["points"] == [["80", "60"], ["90", "80"]]
    listed = (await hr.get(f"{BASE}/indicators")).json()["items"]
    assert [(each["code"], each["version"]) for each in listed] == [("S01", 2)]


@pytest.mark.req("APR-01")
async def test_every_kind_of_rule_is_listed_with_its_words_and_its_example_makes_an_indicator(
    appraisal: Clients,
) -> None:
    hr = appraisal(Role.HR)
    kinds = (await hr.get(f"{BASE}/scoring_rules")).json()["items"]
    assert {each["kind"] for each in kinds} == {kind.name() for kind in KINDS}
    for each in kinds:
        made = await hr.post(f"{BASE}/indicators", json=indicator(code=each["kind"], rule=each["example"]))
        assert made.status_code == 201, made.text
        assert (await hr.get(made.headers["location"])).json() == made.json()
        assert each["example"].items() <= made.json()["rule"].items()
        assert {one["name"] for one in each["parameters"]} == set(made.json()["rule"]) - {"kind"}
    table = next(each for each in kinds if each["kind"] == "score_table")
    assert (table["label"], table["parameters"][0]["label"], table["needs"]) == ("分段计分", "分段点", ["actual"])
    found = await hr.get(f"{BASE}/indicators", params={"search": "TARGET"})
    assert [each["code"] for each in found.json()["items"]] == ["on_target"]


BAD_RULES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "higher_is_better", "cap": 120}, "/rule"),
    ({"kind": "higher_is_better", "cap": "1e2"}, "/rule"),
    ({"kind": "higher_is_better", "cap": "１００"}, "/rule"),
    ({"kind": "higher_is_better", "cap": "121"}, "/rule/cap"),
    ({"kind": "higher_is_better", "colour": "1"}, "/rule/colour"),
    ({"kind": "telepathy"}, "/rule"),
    ({"kind": "on_target", "tolerance": "5"}, "/rule/k"),
    ({"kind": "prior_results", "cycles": ["' or 1"]}, "/rule/cycles"),
    ({"kind": "score_table", "points": [["NaN", "60"]]}, "/rule/points/0/0"),
    ({"kind": "score_table", "points": [[80.5, "60"]]}, "/rule/points/0/0"),
    ({"kind": "pass_fail", "comparator": "!="}, "/rule/comparator"),
]


@pytest.mark.req("APR-01", "PLT-08")
@pytest.mark.parametrize(("rule", "pointer"), BAD_RULES, ids=str)
async def test_bad_parameters_of_a_rule_are_named(appraisal: Clients, rule: dict[str, Any], pointer: str) -> None:
    answer = await appraisal(Role.HR).post(f"{BASE}/indicators", json=indicator(rule=rule))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"code": NaN}', 400),
        ('{"code": "S01", "code": "S02"}', 400),
        ('{"code": 1e400}', 422),
        ("[]", 422),
        ("{", 400),
        ('{"unknown": 1}', 422),
    ],
)
async def test_what_is_no_indicator_is_refused_and_never_a_defect(appraisal: Clients, body: str, status: int) -> None:
    answer = await appraisal(Role.HR).post(
        f"{BASE}/indicators", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert "errors" in answer.json() or answer.json()["code"] == "json_broken"


async def test_the_unit_of_an_indicator_has_an_english_name_of_at_most_40_characters_or_none(
    appraisal: Clients,
) -> None:
    hr = appraisal(Role.HR)
    made = (await hr.post(f"{BASE}/indicators", json=indicator(unit="件", unit_en="pieces"))).json()
    read = (await hr.get(f"{BASE}/indicators/{made['id']}")).json()
    assert (read["unit"], read["unit_en"]) == ("件", "pieces")
    without = indicator(unit="%")
    without.pop("unit_en")
    assert (await hr.post(f"{BASE}/indicators", json=without)).json()["unit_en"] == ""
    refused = await hr.post(f"{BASE}/indicators", json=indicator(unit_en="x" * 41))
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/unit_en"]


@pytest.mark.req("PLT-03")
async def test_only_hr_enters_indicators_and_a_stranger_sees_nothing(appraisal: Clients) -> None:
    for role in Role:
        if role not in {Role.HR, Role.SERVICE}:
            assert (await appraisal(role).post(f"{BASE}/indicators", json=indicator())).status_code == 403
    assert (await appraisal.stranger().get(f"{BASE}/indicators")).status_code == 401


@pytest.mark.req("APR-02")
async def test_weights_that_sum_to_99_99_are_refused_with_the_sum_in_both_languages(quarter: Quarter) -> None:
    await quarter.library()
    body = scheme(sections=[section("work", "100", ("S01", "60"), ("S03", "39.99"))])
    api = quarter.api(quarter.company.hr.caller)
    for language, words in (("zh", "各考核项的权重合计为 99.99，须为 100。"), ("en", "sum to 99.99")):
        answer = await api.post(f"{BASE}/schemes", json=body, headers={"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "weights_not_100")
        assert words in problem["title"]
        assert problem["errors"][0]["pointer"] == "/sections/0/items"
        assert problem["errors"][0]["found"] == "99.99"
    assert (await api.get(f"{BASE}/schemes")).json()["items"] == []


@pytest.mark.req("APR-02")
async def test_sections_questions_and_relations_sum_to_100_as_well(quarter: Quarter) -> None:
    await quarter.library()
    sections = scheme()["sections"]
    bad = [
        scheme(sections=[sections[0], sections[2]]),
        scheme(feedback={"relations": {"superior": "50", "peer": "49.99"}}),
        scheme(sections=[section("feedback", "100", ("X01", "100"), questions=("Q1", "Q2", "Q3"))]),
        scheme(sections=[section("feedback", "100", ("X01", "100"))]),
    ]
    for body in bad:
        answer = await quarter.post(quarter.company.hr, "schemes", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "weights_not_100"), answer.text


@pytest.mark.req("APR-02")
async def test_a_new_version_ends_the_one_before_and_must_begin_later(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"))
    again = await quarter.post(quarter.company.hr, "schemes", scheme("QE-REP", "REP"))
    assert (again.status_code, again.json()["code"]) == (409, "not_later_version")
    later = await quarter.done(quarter.company.hr, "schemes", scheme("QE-REP", "REP", valid_from="2026-07-01"))
    assert later["version"] == 2
    listed = await quarter.all(quarter.company.hr, "schemes", code="QE-REP")
    assert [(each["valid_from"], each["valid_to"]) for each in listed] == [
        ("2026-01-01", "2026-06-30"),
        ("2026-07-01", None),
    ]
    read = await quarter.read(quarter.company["E101"], f"schemes/{later['id']}")
    assert read["positions"] == ["REP"]
    assert read["sections"][0]["items"][0]["indicator_version"].endswith("@1")


@pytest.mark.req("APR-02")
async def test_a_position_falls_under_one_scheme_of_a_frequency(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes(scheme("QE-REP", "REP"))
    answer = await quarter.post(quarter.company.hr, "schemes", scheme("QE-ALL", "BRAND", "REP"))
    assert (answer.status_code, answer.json()["code"]) == (409, "subject_covered")
    assert answer.json()["errors"][0]["found"] == "REP"
    assert (await quarter.post(quarter.company.hr, "schemes", scheme("Y-REP", "REP", frequency="year"))).is_success


@pytest.mark.req("APR-02", "PLT-08")
async def test_a_scheme_names_only_indicators_of_the_library(quarter: Quarter) -> None:
    answer = await quarter.post(quarter.company.hr, "schemes", scheme())
    assert (answer.status_code, answer.json()["code"]) == (422, "indicator_unknown")
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/sections/0/items/0/indicator",
        "/sections/0/items/1/indicator",
        "/sections/1/items/0/indicator",
        "/sections/2/items/0/indicator",
    }


@pytest.mark.req("APR-02")
async def test_numbers_of_a_scheme_are_text(quarter: Quarter) -> None:
    await quarter.library()
    body = scheme()
    body["sections"][0]["weight"] = 70.0
    answer = await quarter.post(quarter.company.hr, "schemes", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/sections/0/weight"
