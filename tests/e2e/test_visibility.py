"""Who sees whose form and pay: the person, her manager, another department's manager, HR, the administrator."""

from typing import Any

import httpx2
import pytest

from tests.e2e.system import System

PERSON, MANAGER, ELSEWHERE, HR = "林知远", "韩卓然", "梁振邦", "方晴"
COMPENSATION, COLLEAGUE = "程雅琴", "夏若琳"
OK, NOT_FOUND, FORBIDDEN = httpx2.codes.OK, httpx2.codes.NOT_FOUND, httpx2.codes.FORBIDDEN


@pytest.fixture(scope="module")
def paths(system: System) -> dict[str, str]:
    """Where her form, result, statement and pay are."""
    hr, compensation = system.company.named(HR), system.company.named(COMPENSATION)
    cycle, number = system.cycle()["id"], _number(system, PERSON)
    form = _hers(system.items(hr, f"/v1/appraisal/cycles/{cycle}/forms"), number, "subject_code")
    result = _hers(system.items(hr, "/v1/appraisal/results", cycle_id=cycle), number, "subject_code")
    statement = _hers(system.items(compensation, "/v1/incentive/statements"), number, "employee_number")
    profile = _hers(system.items(compensation, "/v1/incentive/pay_profiles"), number, "employee_number")
    return {
        "form": f"/v1/appraisal/forms/{form['id']}",
        "goals": f"/v1/appraisal/forms/{form['id']}/goals",
        "result": f"/v1/appraisal/results/{result['id']}",
        "explanation": f"/v1/appraisal/results/{result['id']}/explanation",
        "statement": f"/v1/incentive/statements/{statement['id']}",
        "pay": f"/v1/incentive/pay_profiles/{profile['id']}",
    }


def _number(system: System, name: str) -> str:
    return next(number for number, known in system.company.names.items() if known == name)


def _hers(rows: list[dict[str, Any]], number: str, field: str) -> dict[str, Any]:
    return next(row for row in rows if row[field] == number)


APPRAISAL = ("form", "goals", "result", "explanation")
PAY = ("statement", "pay")


@pytest.mark.req("PLT-03", "INC-01", "INC-16")
@pytest.mark.parametrize(
    ("name", "appraisal", "pay"),
    [
        (PERSON, OK, OK),
        (MANAGER, OK, NOT_FOUND),
        (HR, OK, NOT_FOUND),
        (COMPENSATION, NOT_FOUND, OK),
        (ELSEWHERE, NOT_FOUND, NOT_FOUND),
        (COLLEAGUE, NOT_FOUND, NOT_FOUND),
        ("administrator", NOT_FOUND, NOT_FOUND),
    ],
)
def test_everyone_sees_what_role_and_reporting_line_allow(
    system: System, paths: dict[str, str], name: str, appraisal: int, pay: int
) -> None:
    login = name if name == "administrator" else system.company.named(name)
    for service, kinds, expected in (("appraisal", APPRAISAL, appraisal), ("incentive", PAY, pay)):
        for kind in kinds:
            for port in (None, service):
                answer = system.ask(login, paths[kind], service=port)
                assert answer.status_code == expected, (name, kind, port, answer.text)


@pytest.mark.req("PLT-03")
def test_lists_hold_only_what_one_may_open(system: System) -> None:
    cycle = system.cycle()["id"]
    forms = f"/v1/appraisal/cycles/{cycle}/forms"
    own = system.items(system.company.named(COLLEAGUE), forms)
    units = {form["unit_name"] for form in own}
    assert units == {"品牌部"}
    assert [form["subject_name"] for form in system.items(system.company.named(PERSON), "/v1/appraisal/my/forms")] == [
        PERSON
    ]
    assert system.ask(system.company.named(MANAGER), "/v1/incentive/statements").status_code == FORBIDDEN


@pytest.mark.req("APR-13")
def test_a_department_saw_its_own_grades_and_the_appeal_window_is_over(system: System) -> None:
    cycle = system.cycle()
    assert (cycle["public_notice_from"], cycle["public_notice_to"]) == ("2026-04-14", "2026-04-20")
    own = system.items(system.company.named("江一舟"), "/v1/appraisal/my/results")
    body = {"result_id": own[0]["id"], "result_version": own[0]["version"], "grounds": "公示期已过，仍想申诉。"}
    late = system.ask(system.company.named("江一舟"), "/v1/appraisal/appeals", method="POST", body=body)
    assert late.status_code == httpx2.codes.CONFLICT
    assert late.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.req("APR-14", "APR-12", "APR-13")
def test_calibration_and_appeal_made_new_versions_and_kept_the_old(system: System) -> None:
    hr, cycle = system.company.named(HR), system.cycle()["id"]
    results = system.items(hr, "/v1/appraisal/results", cycle_id=cycle)
    expected = {"叶锦程": [("scored", "S"), ("calibrated", "A")], "彭小燕": [("scored", "C"), ("appeal", "B")]}
    for name, versions in expected.items():
        result = next(row for row in results if row["subject_name"] == name)
        found = system.read(hr, f"/v1/appraisal/results/{result['id']}/versions")["items"]
        assert [(version["cause"], version["grade"]) for version in found] == versions


@pytest.mark.req("APR-11")
def test_every_result_computed_again_from_its_stored_inputs_gives_the_same_bytes(system: System) -> None:
    hr, cycle = system.company.named(HR), system.cycle()["id"]
    for result in system.items(hr, "/v1/appraisal/results", cycle_id=cycle):
        again = system.read(hr, f"/v1/appraisal/results/{result['id']}/replay")
        assert again["same"] is True, result["subject_name"]
