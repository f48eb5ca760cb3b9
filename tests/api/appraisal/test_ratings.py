"""Rating sheets: drafts, final submission, return, feedback after closing."""

from dataclasses import replace
from typing import Any

import pytest

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Person, Quarter


async def evaluating(quarter: Quarter) -> None:
    """An evaluation in progress."""
    await quarter.ready()
    await quarter.move("start_evaluation")


async def sheet_of(quarter: Quarter, who: Person, relation: str, subject: str = "E101") -> str:
    """The rating form of one person about another."""
    found: str = next(
        line["id"]
        for line in await quarter.sheets(who)
        if (line["relation"], line["subject_code"]) == (relation, subject)
    )
    return found


@pytest.mark.req("APR-09")
async def test_each_relation_marks_what_is_open_to_it(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    entries = {}
    for who, relation in ((company.head, "superior"), (company["E102"], "peer"), (company["E101"], "self")):
        sheet = await quarter.read(who, f"rating_forms/{await sheet_of(quarter, who, relation)}")
        entries[relation] = [(entry["key"], entry["maximum"]) for entry in sheet["entries"]]
        assert sheet["anonymous"] is (relation == "peer")
    questions = [("Q1", "5"), ("Q2", "5")]
    assert entries == {"superior": [*questions, ("J01", "5")], "peer": questions, "self": questions}


@pytest.mark.req("APR-09")
async def test_a_draft_is_kept_and_submitted(quarter: Quarter) -> None:
    await evaluating(quarter)
    head = quarter.company.head
    sheet, api = await sheet_of(quarter, head, "superior"), quarter.api(head.caller)
    draft = {"ratings": {"Q1": "4.5"}, "comment": "稳"}
    kept = await api.put(f"{BASE}/rating_forms/{sheet}/draft", json=draft)
    assert (kept.json()["state"], kept.json()["ratings"], kept.json()["comment"]) == ("open", {"Q1": "4.5"}, "稳")
    early = await quarter.post(head, f"rating_forms/{sheet}/submit", {})
    assert (early.status_code, early.json()["code"]) == (422, "ratings_invalid")
    assert {error["pointer"] for error in early.json()["errors"]} == {"/ratings/Q2", "/ratings/J01"}
    await api.put(f"{BASE}/rating_forms/{sheet}/draft", json={"ratings": {"Q1": "4.5", "Q2": "4", "J01": "4"}})
    done = await quarter.done(head, f"rating_forms/{sheet}/submit", {})
    assert (done["state"], done["ratings"]["J01"]) == ("submitted", "4")


BAD_MARKS: list[tuple[dict[str, Any], str]] = [
    ({"Q1": "5.01"}, "/ratings/Q1"),
    ({"Q1": "-1"}, "/ratings/Q1"),
    ({"Q9": "1"}, "/ratings/Q9"),
    ({"Q1": 4.5}, "/ratings/Q1"),
    ({"Q1": "NaN"}, "/ratings/Q1"),
    ({"J01": "1"}, "/ratings/J01"),
]


@pytest.mark.req("APR-09", "PLT-08")
async def test_marks_off_the_sheet_or_its_scale_are_named(quarter: Quarter) -> None:
    await evaluating(quarter)
    peer = quarter.company["E102"]
    sheet = await sheet_of(quarter, peer, "peer")
    for marks, pointer in BAD_MARKS:
        answer = await quarter.api(peer.caller).put(f"{BASE}/rating_forms/{sheet}/draft", json={"ratings": marks})
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.req("APR-09", "PLT-03")
async def test_a_sheet_is_its_raters_alone_and_only_during_evaluation(quarter: Quarter) -> None:
    await quarter.ready()
    company = quarter.company
    sheet = await sheet_of(quarter, company["E102"], "peer")
    early = await quarter.post(company["E102"], f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "1", "Q2": "1"}})
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")
    await quarter.move("start_evaluation")
    for other in (company["E101"], company["E103"], company.head, company.hr):
        assert (await quarter.get(other, f"rating_forms/{sheet}")).status_code == 404
        assert (await quarter.post(other, f"rating_forms/{sheet}/submit", {"ratings": {}})).status_code == 404


@pytest.mark.req("APR-09")
async def test_hr_returns_an_attributed_rating_which_becomes_a_draft_again(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    sheet = await sheet_of(quarter, company.head, "superior")
    marks = {"Q1": "4", "Q2": "4", "J01": "1"}
    await quarter.done(company.head, f"rating_forms/{sheet}/submit", {"ratings": marks})
    again = await quarter.post(company.head, f"rating_forms/{sheet}/submit", {"ratings": marks})
    assert (again.status_code, again.json()["code"]) == (409, "already_submitted")
    assert (await quarter.post(company.chief, f"rating_forms/{sheet}/return", {"reason": "x"})).status_code == 403
    unsent = await sheet_of(quarter, company["E101"], "self")
    peer = await sheet_of(quarter, company["E102"], "peer")
    marks_of_peer = {
        each["key"]: "4" for each in (await quarter.read(company["E102"], f"rating_forms/{peer}"))["entries"]
    }
    await quarter.done(company["E102"], f"rating_forms/{peer}/submit", {"ratings": marks_of_peer})
    for kept in (unsent, peer):
        refused = await quarter.post(company.hr, f"rating_forms/{kept}/return", {"reason": "x"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_returnable")
    hr_elsewhere = replace(company.head, roles=(Role.HR,), over=company.brand.id)
    refused = await quarter.post(hr_elsewhere, f"rating_forms/{sheet}/return", {"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_this_capacity")
    assert (await quarter.post(company.hr, f"rating_forms/{sheet}/return", {"reason": "评分笔误"})).status_code == 200
    found = await quarter.read(company.head, f"rating_forms/{sheet}")
    assert (found["state"], found["ratings"]["J01"]) == ("open", "1")
    assert (found["return_reason"], found["returned_by_name"]) == ("评分笔误", company.hr.caller.name)
    sent = await quarter.done(company.head, f"rating_forms/{sheet}/submit", {"ratings": {**marks, "J01": "4"}})
    assert (sent["return_reason"], sent["returned_at"]) == (None, None)
    await quarter.done(company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    late = await quarter.post(company.hr, f"rating_forms/{sheet}/return", {"reason": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "not_in_this_state")


@pytest.mark.req("APR-09", "APR-10", "APR-16")
async def test_after_closing_large_groups_tell_their_comments_and_small_ones_nothing(quarter: Quarter) -> None:
    await evaluating(quarter)
    company = quarter.company
    for number, subject in (("E102", "E101"), ("E202", "E201"), ("E203", "E201")):
        sheet = await sheet_of(quarter, company[number], "peer", subject)
        words = {"ratings": {"Q1": "5", "Q2": "5"}, "comment": f"第一段 {number}\n第二段 {number}"}
        await quarter.done(company[number], f"rating_forms/{sheet}/submit", words)
    await quarter.measure_all()
    for person in company.people:
        for line in await quarter.sheets(person):
            if line["state"] == "open":
                entries = (await quarter.read(person, f"rating_forms/{line['id']}"))["entries"]
                given = {"ratings": {entry["key"]: "4" for entry in entries}}
                await quarter.done(person, f"rating_forms/{line['id']}/submit", given)
    await quarter.move("score")
    await quarter.jobs()
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    forms = await quarter.forms()
    early = await quarter.get(company["E201"], f"forms/{forms['E201']['id']}/feedback")
    assert (early.status_code, early.json()["code"]) == (409, "not_in_this_state")
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    shown = await quarter.read(company["E201"], f"forms/{forms['E201']['id']}/feedback")
    peers = next(group for group in shown["groups"] if group["relations"] == ["peer"])
    assert (peers["answers"], peers["mean"]) == (4, "90.00")
    assert len(peers["comments"]) == 4
    hidden = await quarter.read(company.hr, f"forms/{forms['E101']['id']}/feedback")
    assert {group["relations"][0] for group in hidden["groups"]} == {"superior", "self"}
    assert "E102" not in str(hidden)
    assert (await quarter.get(company.other_head, f"forms/{forms['E101']['id']}/feedback")).status_code == 404
