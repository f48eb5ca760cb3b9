"""HR over some units writes schemes of positions in them only; what covers each position, and why, can be asked."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.appraisal.library.usecases.places import ASK_WHERE_PLACES_LIE
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM, Role
from services.kit.work.unit_of_work import UnitOfWork
from tests.api.appraisal.test_cycle_editing import code_of, mended
from tests.builders.appraisal import Company, Quarter, scheme
from tests.builders.appraisal_company import id_of


async def places_known(quarter: Quarter) -> None:
    """org tells that a position changed, and the worker asks where all of them lie; twice is once."""
    now = quarter.clock.now()
    for _ in range(2):
        event = CloudEvent(str(uuid4()), "merit/org", "org.position.changed", "position/1", now, {})
        async with quarter.sessions.write() as session:
            await ASK_WHERE_PLACES_LIE.apply(UnitOfWork(session, SYSTEM, now, now.date()), event)
    asked = len(quarter.company.asked)
    await quarter.jobs()
    assert len(quarter.company.asked) == asked + 1


@pytest.mark.req("APR-02", "PLT-03")
async def test_hr_of_a_unit_writes_schemes_of_its_positions_only(quarter: Quarter) -> None:
    await quarter.library()
    company = quarter.company
    sales, brand = (replace(company.hr, over=unit.id) for unit in (company.sales, company.brand))
    early = await quarter.post(sales, "schemes", scheme("QE-REP", "REP"))
    assert code_of(early) == (403, "subjects_not_yours")  # org has told of nothing yet
    await places_known(quarter)
    for body in (
        scheme("QE-ALL", "REP", "BRAND"),
        scheme("QE-NEW", "NOWHERE"),
        {**scheme("QE-NONE"), "positions": []},
        {**scheme("QE-UNIT"), "subject_kind": "unit", "positions": [], "units": ["G00"]},
    ):
        answer = await quarter.post(sales, "schemes", body)
        assert code_of(answer) == (403, "subjects_not_yours"), body["code"]
    assert {error["found"] for error in answer.json()["errors"]} == {"G00"}
    made = await quarter.done(sales, "schemes", scheme("QE-REP", "REP"))
    unit = {**scheme("QE-D12"), "subject_kind": "unit", "positions": [], "units": ["D12", "T121"]}
    await quarter.done(sales, "schemes", unit)

    later = scheme("QE-REP", "BRAND", valid_from="2026-07-01")
    assert code_of(await quarter.post(brand, "schemes", later)) == (403, "subjects_not_yours")  # it would end REP's
    path = f"schemes/{made['id']}/replace"
    assert code_of(await quarter.post(brand, path, mended("70"))) == (403, "subjects_not_yours")
    assert (await quarter.done(sales, path, mended("70")))["version"] == 2
    for who in (company.head, replace(company.hr, roles=(Role.AUDITOR,))):
        assert (await quarter.post(who, "schemes", scheme("QE-X", "REP"))).status_code == 403
    await quarter.done(company.hr, "schemes", scheme("QE-FAR", "NOWHERE"))  # the whole organisation's may


class WithClosedPosition(Company):
    """A company with a position whose unit is there no more."""

    def lines(self) -> list[dict[str, Any]]:
        """The snapshot's lines."""
        *lines, end = super().lines()
        place = {"id": id_of("position OLD"), "unit_id": id_of("unit OLD")}
        return [*lines, {"kind": "position", **place, "code": "OLD", "title": "旧岗位", "title_en": None}, end]


@pytest.mark.req("APR-02")
async def test_which_scheme_covers_which_position_on_a_day_and_why_can_be_asked(quarter: Quarter) -> None:
    quarter.company = WithClosedPosition()
    await quarter.library()
    await places_known(quarter)
    company, hr = quarter.company, quarter.company.hr
    await quarter.schemes(scheme("QE-REP", "REP"), scheme("QE-REP", "REP", valid_from="2026-07-01"))
    found = {
        (each["subject_kind"], each["code"]): each
        for each in await quarter.all(hr, "scheme_coverage", as_of="2026-02-01")
    }
    rep = found["employee", "REP"]
    assert (rep["scheme_code"], rep["version"], rep["valid_to"]) == ("QE-REP", 1, "2026-06-30")
    assert rep["reason"] == "岗位 REP 自 2026-01-01 至 2026-06-30 列入季度方案“方案 QE-REP”第 1 版"
    assert found["employee", "BRAND"]["scheme_id"] is None
    assert "不在任何季度考核方案中" in found["employee", "BRAND"]["reason"]
    assert (("unit", "D12") in found, ("employee", "OLD") in found) == (True, False)
    [later] = [each for each in await quarter.all(hr, "scheme_coverage", as_of="2026-08-01") if each["code"] == "REP"]
    assert (later["version"], later["valid_to"]) == (2, None)
    brand = replace(hr, over=company.brand.id)
    own = await quarter.all(brand, "scheme_coverage", as_of="2026-02-01", frequency="year")
    assert {each["code"] for each in own} == {"BRAND", "D17", "HEAD"}
    assert (await quarter.get(company.head, "scheme_coverage", as_of="2026-02-01")).status_code == 403


@pytest.mark.req("PLT-02")
async def test_weights_wait_for_their_review_after_half_a_year_until_they_are_confirmed_or_changed(
    quarter: Quarter,
) -> None:
    company, hr, kind = quarter.company, quarter.company.hr, {"kind": "scheme.review_weights"}
    await quarter.follow("follow_places")
    await quarter.library()
    await quarter.schemes()
    schemes = {each["code"]: each for each in await quarter.all(hr, "schemes")}
    assert {each["review_due_on"] for each in schemes.values()} == {"2026-07-01"}
    for day, waiting in ((30, 0), (1, 2)):
        quarter.clock.set(2026, 6 if day == 30 else 7, day, 1)
        for _ in range(2):
            await quarter.follow("remind_of_deadlines")
            assert len(await quarter.all(hr, "my/tasks", **kind)) == waiting
    rep, brand = schemes["QE-REP"]["id"], schemes["QE-BRAND"]["id"]
    path, why = f"schemes/{rep}/confirm_weights", {"reason": "半年复核，权重仍适用"}
    assert (await quarter.post(company.head, path, why)).status_code == 403
    scoped = replace(hr, over=company.brand.id)
    elsewhere = await quarter.post(scoped, path, why)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "subjects_not_yours")
    kept = await quarter.done(hr, path, why)
    assert (kept["version"], kept["reviewed_on"], kept["review_due_on"]) == (1, "2026-07-01", "2027-01-01")
    await quarter.done(hr, "schemes", scheme("QE-BRAND", "BRAND", valid_from="2026-10-01"))
    assert await quarter.all(hr, "my/tasks", **kind) == []
    await quarter.follow("remind_of_deadlines")
    assert await quarter.all(hr, "my/tasks", **kind) == []
    ended = await quarter.post(hr, f"schemes/{brand}/confirm_weights", why)
    assert (ended.status_code, ended.json()["code"]) == (409, "not_newest_version")
    assert (await quarter.read(hr, f"schemes/{brand}"))["review_due_on"] is None
