"""Opening a cycle: forms, who is left out and why, raters read off the organisation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest

from services.appraisal.clients.org import Snapshot, SnapshotUnreadable
from services.kit.access.clients import NeighbourAway
from services.kit.identity import Role
from tests.builders.appraisal import Company, Person, Quarter, scheme, section
from tests.builders.appraisal_company import Unlinked
from tests.builders.suppliers import Suppliers


async def opened(quarter: Quarter, **policy: object) -> None:
    """Library, schemes and an open cycle."""
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(policy=policy)


@pytest.mark.req("APR-04")
async def test_everybody_with_a_scheme_gets_a_form_and_the_others_a_reason(quarter: Quarter) -> None:
    assistant = Person("E301", quarter.company.brand, "BRAND", quarter.company.other_head)
    assistant.assignments = [("BRAND", quarter.company.brand, date(2025, 1, 1), None, "acting")]
    quarter.company.people.append(assistant)
    quarter.company["E205"].left_on = date(2026, 2, 28)
    await opened(quarter, leavers="exclude")
    assert set(await quarter.forms()) == {"E101", "E102", "E103", "E201", "E202", "E203", "E204"}
    exclusions = await quarter.all(quarter.company.hr, f"cycles/{quarter.cycle_id}/exclusions")
    assert {line["subject_code"]: line["reason"] for line in exclusions} == {
        **dict.fromkeys(("E001", "E002", "E003", "E100", "E200"), "no_scheme"),
        "E205": "left_in_the_period",
        "E301": "no_main_assignment",
    }
    assert {line["reason_text"] for line in exclusions} == {"无适用的考核方案", "期内离职", "期内无主岗"}
    assert quarter.company.asked == [(date(2026, 1, 1), date(2026, 3, 31))]


class Unplaced(Company):
    """A company in which the position of E103 no longer belongs to a unit."""

    def lines(self) -> list[dict[str, Any]]:
        """The snapshot's lines."""
        lines = super().lines()
        for line in lines:
            if line["kind"] == "assignment" and line["employee_id"] == self["E103"].id:
                line |= {"unit_id": None, "unit_path": []}
        return lines


@pytest.mark.req("APR-04")
async def test_a_post_in_a_closed_position_gives_no_form(quarter: Quarter) -> None:
    quarter.company = Unplaced()
    await opened(quarter)
    assert set(await quarter.forms()) == {"E101", "E102", "E201", "E202", "E203", "E204", "E205"}


@pytest.mark.req("APR-04")
async def test_a_transfer_gives_a_form_for_each_post(quarter: Quarter) -> None:
    company = quarter.company
    company["E101"].assignments = [
        ("REP", company.sales, date(2025, 1, 1), date(2026, 2, 15), "primary"),
        ("BRAND", company.brand, date(2026, 2, 16), None, "primary"),
    ]
    await opened(quarter)
    forms = await quarter.all(company.hr, f"cycles/{quarter.cycle_id}/forms")
    spans = [(f["position_code"], f["valid_from"], f["valid_to"]) for f in forms if f["subject_code"] == "E101"]
    assert sorted(spans) == [("BRAND", "2026-02-16", "2026-03-31"), ("REP", "2026-01-01", "2026-02-15")]


@pytest.mark.req("APR-04")
async def test_policies_of_one_form_and_of_few_days(quarter: Quarter) -> None:
    company = quarter.company
    company["E101"].assignments = [
        ("REP", company.sales, date(2025, 1, 1), date(2026, 2, 15), "primary"),
        ("BRAND", company.brand, date(2026, 2, 16), None, "primary"),
    ]
    company["E102"].assignments = [("REP", company.sales, date(2026, 3, 15), None, "primary")]
    company["E205"].left_on = date(2026, 2, 28)
    await opened(quarter, transfers="last_assignment", minimum_days=20, leavers="include")
    forms = await quarter.forms()
    assert (forms["E101"]["position_code"], forms["E101"]["valid_from"]) == ("BRAND", "2026-01-01")
    assert forms["E205"]["valid_to"] == "2026-02-28"
    assert "E102" not in forms


@pytest.mark.req("APR-03", "APR-04")
async def test_a_unit_is_a_subject_whose_form_its_head_owns(quarter: Quarter) -> None:
    await quarter.library()
    whole = [section("work", "100", ("S01", "100"))]
    await quarter.schemes(scheme("QU", subject_kind="unit", positions=[], units=["D12", "T121"], sections=whole))
    await quarter.opened()
    forms = await quarter.forms()
    head, chief = quarter.company.head, quarter.company.chief
    assert (forms["D12"]["owner_id"], forms["D12"]["manager_id"]) == (str(head.id), str(chief.id))
    # A team without a head: the head of the unit above stands over it.
    assert (forms["T121"]["owner_id"], forms["T121"]["manager_id"]) == (None, str(head.id))
    nobody = Unlinked("E901", quarter.company.group, "X", roles=(Role.HR,))
    added = {"points": "1", "reason": "跨团队支援"}
    await quarter.done(nobody, f"forms/{forms['T121']['id']}/adjustments", added)  # whose account belongs to nobody
    out = {"subject_kind": "unit", "subject_id": str(quarter.company.team.id), "reason": "班组解散"}
    await quarter.done(nobody, f"cycles/{quarter.cycle_id}/exclusions", out)
    await quarter.done(quarter.company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "汇报关系有误"})
    head.boss = quarter.company.other_head
    await quarter.opened()
    assert (await quarter.forms())["D12"]["manager_id"] == str(quarter.company.other_head.id)


@pytest.mark.req("APR-03", "APR-04")
async def test_a_cycle_of_a_unit_takes_in_its_people_units_and_suppliers_and_lists_nobody_elsewhere(
    quarter: Quarter,
) -> None:
    company = quarter.company
    suppliers = Suppliers(quarter)
    await suppliers.registered()
    await quarter.library()
    units = {"subject_kind": "unit", "positions": [], "units": ["D12", "D17"]}
    await quarter.schemes(
        scheme("QE-REP", "REP"),
        scheme("QE-BRAND", "BRAND"),
        scheme("QU", sections=[section("work", "100", ("S01", "100"))], **units),
    )
    await quarter.opened(unit_id=str(company.sales.id))
    assert set(await quarter.forms()) == {"E101", "E102", "E103", "D12", "SUP-1", "SUP-2"}
    path = f"cycles/{quarter.cycle_id}"
    for code, refusal in (("SUP-3", (404, "subject_not_in_cycle")), ("SUP-1", (409, "supplier_in_cycle"))):
        late = {"supplier_id": suppliers.ids[code], "reason": "新签协议"}
        answer = await quarter.post(company.hr, f"{path}/suppliers", late)
        assert (answer.status_code, answer.json()["code"]) == refusal
    company.people += [Person("E109", company.sales, "REP", company.head), Person("E209", company.brand, "BRAND")]
    await quarter.done(company.hr, f"{path}/refresh")
    await quarter.jobs()
    exclusions = await quarter.all(company.hr, f"{path}/exclusions")
    assert {line["subject_code"]: line["reason"] for line in exclusions} == {
        "E100": "no_scheme", "E109": "recorded_after_opening",
    }  # fmt: skip


@pytest.mark.req("APR-09")
async def test_raters_are_read_off_the_snapshot(quarter: Quarter) -> None:
    await opened(quarter)
    company, forms = quarter.company, await quarter.forms()
    path = f"cycles/{quarter.cycle_id}/raters"
    raters = await quarter.all(company.hr, path, form_id=forms["E101"]["id"])
    assert {(line["rater_number"], line["relation"]) for line in raters} == {
        ("E100", "superior"),
        ("E101", "self"),
        ("E102", "peer"),
        ("E103", "peer"),
    }
    assert {line["state"] for line in raters if line["relation"] == "peer"} == {None}
    assert len(await quarter.all(company.head, path)) == 3 * 4
    assert await quarter.all(company["E101"], path) == []
    clerk = Person("E101", company.sales, "REP", company.head, (Role.HR,))
    of_others = await quarter.all(clerk, path)
    assert "E101" not in {line["subject_code"] for line in of_others}  # not who rates oneself
    assert "E102" in {line["subject_code"] for line in of_others}
    assert await quarter.all(company.other_head, path, form_id=forms["E101"]["id"]) == []


@pytest.mark.req("APR-09", "APR-10")
async def test_raters_are_adjusted_within_limits_and_only_before_evaluation(quarter: Quarter) -> None:
    await quarter.ready()
    company, forms = quarter.company, await quarter.forms()
    path = f"forms/{forms['E101']['id']}/raters"
    client = {"rater_id": str(company["E201"].id), "relation": "internal_client"}
    body = {"add": [client], "remove": [str(company["E103"].id)], "reason": "项目合作"}
    assert (await quarter.post(company["E101"], path, body)).status_code == 403
    assert (await quarter.post(company.other_head, path, body)).status_code == 404
    assert (await quarter.post(company.head, path, body)).status_code == 200
    wrong = [
        {"add": [{"rater_id": str(company["E101"].id), "relation": "peer"}]},
        {"add": [{"rater_id": "00000000-0000-4000-8000-000000000000", "relation": "peer"}]},
        {"add": [{"rater_id": str(company["E202"].id), "relation": "superior"}]},
        {"remove": [str(company.head.id)]},
        {"remove": [str(company["E204"].id)]},
    ]
    for each in wrong:
        answer = await quarter.post(company.head, path, {"reason": "x", **each})
        assert (answer.status_code, answer.json()["code"]) == (422, "raters_invalid")
    await quarter.move("start_evaluation")
    late = await quarter.post(
        company.head, path, {"reason": "x", "add": [{**client, "rater_id": str(company["E202"].id)}]}
    )
    assert (late.status_code, late.json()["code"]) == (409, "not_in_this_state")


class Away(Company):
    """An organisation that cannot be asked, then cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.field_errors: list[Exception] = [
            NeighbourAway(service="org", reason="ConnectError"),
            SnapshotUnreadable(line=3, reason="path"),
        ]

    @asynccontextmanager
    async def snapshot(self, first: date, last: date, *, absences: bool = False) -> AsyncIterator[Snapshot]:
        """Fail as long as there are field_errors left."""
        if self.field_errors:
            raise self.field_errors.pop(0)
        async with super().snapshot(first, last, absences=absences) as found:
            yield found


@pytest.mark.req("APR-04", "PLT-05")
async def test_while_org_is_away_the_cycle_waits_says_why_and_then_opens(quarter: Quarter) -> None:
    quarter.company = Away()
    await quarter.library()
    await quarter.schemes()
    with pytest.raises(NeighbourAway):
        await quarter.opened()
    cycle = await quarter.read(quarter.company.hr, f"cycles/{quarter.cycle_id}")
    assert (cycle["state"], cycle["failure"].split(":")[0]) == ("opening", "neighbour_unavailable")
    again = await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/open")
    assert (again.status_code, again.json()["code"]) == (409, "transition_not_possible")


@pytest.mark.req("APR-04", "PLT-03")
async def test_hr_of_a_unit_opens_cycles_of_that_unit_only(quarter: Quarter) -> None:
    company = quarter.company
    local = Person("E900", company.sales, "HR", company.head, (Role.HR,), over=company.sales.id)
    company.people.append(local)
    await quarter.library()
    await quarter.schemes()
    body = {"code": "Q1", "name": "一季度", "period": "2026-Q1"}
    refused = await quarter.post(local, "cycles", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "cycle_not_yours")
    quarter.cycle_id = (await quarter.done(local, "cycles", {**body, "unit_id": str(company.sales.id)}))["id"]
    await quarter.done(local, f"cycles/{quarter.cycle_id}/open")
    await quarter.jobs()
    assert set(await quarter.forms(local)) == {"E101", "E102", "E103"}


@pytest.mark.req("APR-04", "PLT-08")
async def test_a_cycle_is_one_period_of_its_frequency_with_its_own_code(quarter: Quarter) -> None:
    hr = quarter.company.hr
    body = {"code": "Q1", "name": "一季度", "period": "2026-Q1"}
    bad = [
        ({**body, "period": "2026-Q5"}, "invalid"),
        ({**body, "period": "2026-13"}, "period_malformed"),
        ({**body, "period": "2026-H1"}, "period_not_of_frequency"),
        ({**body, "policy": {"public_notice_days": 4}}, "public_notice_too_short"),
        ({**body, "policy": {"colour": "red"}}, "invalid"),
    ]
    for each, code in bad:
        answer = await quarter.post(hr, "cycles", each)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    await quarter.done(hr, "cycles", body)
    assert (await quarter.post(hr, "cycles", body)).json()["code"] == "code_taken"
