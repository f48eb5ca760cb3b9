"""Guards on who may read and do what in appraisal: each of them fails here if it is taken away (PLT-03)."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.builders.appraisal import Quarter, measurement, scheme
from tests.builders.appraisal_company import Person

pytestmark = pytest.mark.req("PLT-03")


def local(quarter: Quarter, number: str, role: Role, unit: str) -> Person:
    """Somebody new with a role over one unit alone; their assignment is in the group."""
    company = quarter.company
    over = next(each.id for each in company.units if each.code == unit)
    return Person(number, company.group, "OTHER", company.chief, (role,), over)


@pytest.mark.req("APR-10")
async def test_an_item_is_excluded_by_hr_over_the_form_and_not_by_a_manager_who_is_hr_elsewhere(
    quarter: Quarter,
) -> None:
    company = quarter.company
    company.head.roles, company.head.over = (Role.HR,), company.brand.id
    await quarter.ready()
    await quarter.move("start_evaluation")
    form = (await quarter.forms())["E101"]["id"]
    body = {"item": "S03", "reason": "财务尚未结账"}
    refused = await quarter.post(company.head, f"forms/{form}/item_exclusions", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    elsewhere = await quarter.post(local(quarter, "E900", Role.HR, "D17"), f"forms/{form}/item_exclusions", body)
    assert elsewhere.status_code == 404
    await quarter.done(local(quarter, "E901", Role.HR, "D12"), f"forms/{form}/item_exclusions", body)


@pytest.mark.req("APR-10")
async def test_scoring_forgets_what_was_missing_in_its_own_cycle_alone(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    rows = [measurement(code, key, "8") for code in await quarter.forms() for key in ("S01", "S03")]
    await quarter.measure(*rows)
    await quarter.rate_all()
    forms = [form["id"] for code, form in (await quarter.forms()).items() if code in ("E101", "E201")]
    body = {"code": "2026-Q2", "name": "二季度", "period": "2026-Q2"}
    other = (await quarter.done(quarter.company.hr, "cycles", body))["id"]
    async with quarter.sessions.write() as session:
        await session.execute(
            text(
                "INSERT INTO appraisal.missing_input (id, cycle_id, form_id, item, what) "
                "SELECT gen_random_uuid(), cast(cycle AS uuid), cast(form AS uuid), 'S01', 'actual 2026-03' "
                "FROM unnest(cast(:cycles AS text[])) AS cycle, unnest(cast(:forms AS text[])) AS form"
            ),
            {"forms": forms, "cycles": [quarter.cycle_id, other]},
        )
    told = await quarter.all(local(quarter, "E900", Role.HR, "D12"), f"cycles/{quarter.cycle_id}/missing_inputs")
    assert [each["subject_code"] for each in told] == ["E101"]
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "scored"
    async with quarter.sessions.read() as session:
        kept = (await session.execute(text("SELECT cycle_id FROM appraisal.missing_input"))).scalars().all()
    assert [str(each) for each in kept] == [other] * 2


@pytest.mark.req("APR-13")
async def test_an_appeal_is_read_by_its_author_and_by_hr_and_auditors_over_the_form(quarter: Quarter) -> None:
    company = quarter.company
    await quarter.published()
    result = (await quarter.results())["E101"]["id"]
    made = (await quarter.done(company["E101"], "appeals", {"result_id": result, "grounds": "系统故障"}))["id"]
    readers = [
        company["E101"],
        company.hr,
        local(quarter, "E900", Role.HR, "D12"),
        local(quarter, "E901", Role.AUDITOR, "D12"),
    ]
    others = [
        company["E102"],
        company.head,
        local(quarter, "E902", Role.HR, "D17"),
        local(quarter, "E903", Role.AUDITOR, "D17"),
        local(quarter, "E904", Role.EXECUTIVE, "D12"),
        local(quarter, "E905", Role.FINANCE, "D12"),
    ]
    for reader in readers:
        assert (await quarter.get(reader, f"appeals/{made}")).status_code == 200
        assert [each["id"] for each in await quarter.all(reader, "appeals")] == [made]
    for other in others:
        assert (await quarter.get(other, f"appeals/{made}")).status_code == 404
        assert await quarter.all(other, "appeals") == []


@pytest.mark.req("APR-12")
async def test_during_the_notice_one_sees_the_own_department_and_hr_and_auditors_their_units(
    quarter: Quarter,
) -> None:
    company = quarter.company
    await quarter.published()
    path = f"cycles/{quarter.cycle_id}/public_notice"

    async def seen(who: Person) -> set[str]:
        return {line["subject_code"] for line in (await quarter.read(who, path))["items"]}

    sales, brand = {"E101", "E102", "E103"}, {"E201", "E202", "E203", "E204", "E205"}
    assert await seen(company["E101"]) == sales
    assert await seen(local(quarter, "E900", Role.HR, "D17")) == brand
    assert await seen(local(quarter, "E901", Role.AUDITOR, "D12")) == sales
    assert await seen(local(quarter, "E902", Role.EXECUTIVE, "D12")) == set()
    company["E101"].roles, company["E101"].over = (Role.HR,), company.brand.id
    assert await seen(company["E101"]) == sales | brand
    quarter.clock.moment = datetime(2026, 4, 20, 16, tzinfo=UTC)  # the notice is over
    assert await seen(company["E101"]) == brand


@pytest.mark.req("APR-04")
async def test_a_half_yearly_cycle_takes_six_months_and_the_schemes_of_half_years(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes(scheme("HE-REP", "REP", frequency="half"), scheme("QE-BRAND", "BRAND"))
    body = {"code": "H1", "name": "上半年", "frequency": "half"}
    refused = await quarter.post(quarter.company.hr, "cycles", {**body, "period": "2026-Q1"})
    assert (refused.status_code, refused.json()["code"]) == (422, "period_not_of_frequency")
    await quarter.opened(**{**body, "period": "2026-H1"})
    cycle = await quarter.read(quarter.company.hr, f"cycles/{quarter.cycle_id}")
    assert (cycle["valid_from"], cycle["valid_to"]) == ("2026-01-01", "2026-06-30")
    assert set(await quarter.forms()) == {"E101", "E102", "E103"}
