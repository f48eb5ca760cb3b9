"""What is decided is in the trail: who, from which state as of which revision, into which state, and why (PLT-04)."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.kit.identity import Role
from tests.api.appraisal.test_calibration import session_about
from tests.api.appraisal.test_results import appeal
from tests.builders.appraisal import Person, Quarter

pytestmark = pytest.mark.req("PLT-04")

PHASES = [
    ("appraisal.cycle.opening_started", "draft", "opening"),
    ("appraisal.cycle.opened", "opening", "goal_setting"),
    ("appraisal.cycle.evaluation_started", "goal_setting", "evaluating"),
    ("appraisal.cycle.scoring_started", "evaluating", "scoring"),
    ("appraisal.cycle.scored", "scoring", "scored"),
    ("appraisal.cycle.calibration_finished", "scored", "calibrated"),
    ("appraisal.cycle.published", "calibrated", "published"),
    ("appraisal.cycle.closed", "published", "closed"),
]
"""The phases of a cycle in the trail: which line each leaves, and between which states."""


async def lines(quarter: Quarter, about: str) -> list[dict[str, Any]]:
    """What an auditor finds about a record, the oldest first."""
    auditor = Person("A1", quarter.company.group, "X", roles=(Role.AUDITOR,))
    found = await quarter.all(auditor, "audit_entries", resource_id=about)
    return sorted((each for each in found if "state" in (each["after"] or {})), key=lambda each: str(each["id"]))


async def decided(quarter: Quarter, who: Person, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Decide about ``path``'s record as it is read; the only line about its state that this left."""
    record, about = path.rsplit("/", 1)[0], path.split("/")[1]
    seen, earlier = await quarter.read(quarter.company.hr, record), await lines(quarter, about)
    await quarter.done(who, path, body)
    [line] = (await lines(quarter, about))[len(earlier) :]
    assert (line["actor_id"], line["actor_name"]) == (str(who.caller.account_id), who.caller.name)
    assert line["before"] == {"state": seen["state"], "revision": seen["revision"]}
    return line


async def refused(
    quarter: Quarter, who: Person, path: str, body: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """What an attempt that is refused leaves about the record's state: nothing."""
    about = path.split("/")[1]
    earlier = await lines(quarter, about)
    assert (await quarter.post(who, path, body)).status_code in {403, 409}
    return (await lines(quarter, about))[len(earlier) :]


@pytest.mark.req("APR-14")
async def test_a_correction_approved_or_refused_leaves_a_line_with_the_reason(quarter: Quarter) -> None:
    await quarter.closed()
    company, results = quarter.company, await quarter.results()
    outcomes: dict[str, tuple[str, dict[str, Any]]] = {
        "E101": ("approve", {"state": "approved", "reason": "已核", "new_version": 2}),
        "E102": ("refuse", {"state": "refused", "reason": "已核"}),
    }
    for who, (verb, after) in outcomes.items():
        body = {"total": "84.99", "reason": "重复计入"}
        asked = await quarter.done(company.hr, f"results/{results[who]['id']}/corrections", body)
        path = f"corrections/{asked['id']}/{verb}"
        assert await refused(quarter, company.hr, path, {"reason": "x"}) == []
        line = await decided(quarter, company.hr2, path, {"reason": "已核"})
        assert (line["action"], line["after"]) == (f"appraisal.correction.{after['state']}", after)


@pytest.mark.req("APR-13")
async def test_an_appeal_accepted_or_rejected_leaves_a_line_with_the_reason(quarter: Quarter) -> None:
    await quarter.published()
    outcomes: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
        "E101": ("accept", {"grade": "A"}, {"state": "accepted", "reason": "属实", "new_version": 2}),
        "E102": ("reject", {}, {"state": "rejected", "reason": "属实", "result_version": 1}),
    }
    for who, (verb, sent, after) in outcomes.items():
        path = f"appeals/{(await appeal(quarter, who)).json()['id']}/{verb}"
        assert await refused(quarter, quarter.company.head, path, {**sent, "reason": "x"}) == []
        line = await decided(quarter, quarter.company.hr, path, {**sent, "reason": "属实"})
        assert (line["action"], line["after"]) == (f"appraisal.appeal.{after['state']}", after)


@pytest.mark.req("APR-12")
async def test_a_calibration_closed_leaves_a_line(quarter: Quarter) -> None:
    await quarter.scored()
    path = f"calibrations/{await session_about(quarter)}/close"
    line = await decided(quarter, quarter.company.hr, path)
    assert (line["action"], line["after"]) == ("appraisal.calibration.closed", {"state": "closed"})
    assert await refused(quarter, quarter.company.hr, path) == []


@pytest.mark.req("APR-04")
async def test_every_phase_of_a_cycle_leaves_a_line(quarter: Quarter) -> None:
    await quarter.closed()
    found = await lines(quarter, quarter.cycle_id)
    assert [(each["action"], each["before"]["state"], each["after"]["state"]) for each in found] == PHASES
    revisions = [each["before"]["revision"] for each in found]
    assert revisions == sorted(set(revisions))
    hr, system = quarter.company.hr.caller.name, {"appraisal.cycle.opened", "appraisal.cycle.scored"}
    assert {each["actor_name"] for each in found if each["action"] not in system} == {hr}
    assert {each["actor_name"] for each in found if each["action"] in system}.isdisjoint({hr})


@pytest.mark.req("APR-04")
async def test_a_cycle_cancelled_leaves_a_line_with_the_reason(quarter: Quarter) -> None:
    await quarter.ready()
    line = await decided(quarter, quarter.company.hr, f"cycles/{quarter.cycle_id}/cancel", {"reason": "重组"})
    assert (line["action"], line["after"]) == ("appraisal.cycle.cancelled", {"state": "cancelled", "reason": "重组"})


@pytest.mark.req("APR-05")
async def test_goals_proposed_and_agreed_leave_lines_with_what_was_agreed(quarter: Quarter) -> None:
    await quarter.ready()
    form = (await quarter.forms())["E101"]["id"]
    asked = await quarter.propose(quarter.company["E101"], form, {"S01": "1000000", "S03": "8"}, reason="区域调整")
    assert asked.status_code == 200, asked.text
    proposed = (await lines(quarter, form))[-1]
    assert (proposed["action"], proposed["actor_name"]) == (
        "appraisal.goals.proposed",
        quarter.company["E101"].caller.name,
    )
    assert (proposed["before"]["state"], proposed["after"]["state"]) == ("agreed", "amending")
    assert proposed["after"]["reason"] == "区域调整"
    await quarter.done(quarter.company.head, f"forms/{form}/goals/agree")
    agreed = (await lines(quarter, form))[-1]
    assert (agreed["action"], agreed["actor_name"]) == ("appraisal.goals.agreed", quarter.company.head.caller.name)
    assert (agreed["before"]["state"], agreed["after"]["state"]) == ("amending", "agreed")
    assert agreed["after"]["items"] == proposed["after"]["items"]


@pytest.mark.req("APR-09")
async def test_a_rating_returned_leaves_a_line_with_the_reason(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    await quarter.rate_all()
    company, form = quarter.company, (await quarter.forms())["E101"]["id"]
    [sheet] = [each["id"] for each in await quarter.sheets(company.head) if each["subject_code"] == "E101"]
    await quarter.done(company.hr, f"rating_forms/{sheet}/return", {"reason": "漏评一项"})
    line = (await lines(quarter, form))[-1]
    assert (line["action"], line["actor_name"]) == ("appraisal.form.rating_returned", company.hr.caller.name)
    assert (line["before"]["state"], line["after"]["state"]) == ("submitted", "open")
    assert (line["after"]["reason"], line["after"]["rating_form_id"]) == ("漏评一项", sheet)
