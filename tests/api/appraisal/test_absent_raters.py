"""Raters who are away: shown to HR with their days, and decided about by HR; nobody learns who has submitted."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import text

from services.appraisal.inbox import EFFECTS
from services.kit.events.outbox import CloudEvent
from services.kit.identity import SYSTEM, Role
from services.kit.work.unit_of_work import UnitOfWork
from tests.api.appraisal.test_goal_settlement import leaves, tasks
from tests.api.appraisal.test_rater_replacement import away, due, rate_the_rest, raters, replace
from tests.api.appraisal.test_ratings import evaluating, sheet_of
from tests.builders.appraisal import BASE, Person, Quarter

DECIDE = "form.decide_absent_raters"


async def keep(quarter: Quarter, rater: Person, *, by: Person | None = None, subject: str = "E101") -> httpx2.Response:
    form = (await quarter.forms())[subject]["id"]
    body = {"rater_id": str(rater.id), "reason": "可远程提交"}
    return await quarter.post(by or quarter.company.hr, f"forms/{form}/keep_rater", body)


async def asked(quarter: Quarter) -> set[str]:
    """The forms about whose raters HR is asked to decide."""
    await quarter.follow("hand_over_duties")
    found = await tasks(quarter, quarter.company.hr, DECIDE)
    forms = {form["id"]: code for code, form in (await quarter.forms()).items()}
    return {forms[task["link"].rpartition("form_id=")[2]] for task in found}


@pytest.mark.req("APR-09", "APR-10", "PLT-02")
async def test_hr_decides_about_raters_who_are_away_for_the_rest_and_nothing_is_lost_by_itself(
    quarter: Quarter,
) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.ready()
    await due(quarter, "2026-04-08")
    await away(quarter, company["E102"], company["E203"])
    assert await asked(quarter) == set()  # goals are being set
    await quarter.move("start_evaluation")
    await away(quarter, company["E103"], last="2026-04-07")  # back in time
    await away(quarter, company["E205"], first="2026-02-01")  # not away yet
    on_sales, on_brand = {"E101", "E103"}, {f"E20{n}" for n in (1, 2, 4, 5)}
    assert await asked(quarter) == on_sales | on_brand == await asked(quarter)
    sheet = await sheet_of(quarter, company["E102"], "peer")
    await quarter.done(company["E102"], f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "5", "Q2": "5"}})
    assert await asked(quarter) == on_sales | on_brand  # what waits does not tell who has submitted
    for nobody in (company["E101"], company.head):  # by this policy no superior decides either
        assert await tasks(quarter, nobody, DECIDE) == []
    own_hr = Person("E101", company.sales, "REP", company.head, (Role.HR,))
    for other in (company.head, company["E101"], own_hr):
        assert (await keep(quarter, company["E102"], by=other)).status_code == 403
    for there, subject in (("E103", "E102"), ("E202", "E201")):  # back in time; never away
        nothing = await keep(quarter, company[there], subject=subject)
        assert (nothing.status_code, nothing.json()["code"]) == (409, "rater_not_away")
    chosen = await replace(quarter, company["E103"], company["E201"], subject="E102")
    assert (chosen.status_code, chosen.json()["code"]) == (409, "rater_available")
    kept = await keep(quarter, company["E102"])
    assert kept.status_code == 200, kept.text
    other = await replace(quarter, company["E102"], company["E201"])
    assert (other.status_code, other.json()["code"]) == (409, "rater_available")
    shown = {line["rater_number"]: line["is_kept"] for line in await raters(quarter)}
    assert shown == {"E100": False, "E101": False, "E102": True, "E103": False}
    assert (await replace(quarter, company["E102"], company["E201"], subject="E103")).status_code == 200
    assert await asked(quarter) == on_brand
    company.absent = [line for line in company.absent if line["employee_id"] != company["E203"].id]
    await quarter.follow("follow_places")
    assert await asked(quarter) == set()  # back again
    await away(quarter, company.head, first="2026-01-03")
    assert await asked(quarter) == {"E101", "E102", "E103"}
    sheet = await sheet_of(quarter, company.head, "superior", "E102")
    await quarter.done(company.head, f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "5", "Q2": "5", "J01": "5"}})
    assert len(await tasks(quarter, hr, DECIDE)) == 2  # a rating that bears a name needs no decision any more
    answer = await replace(quarter, company.head)
    assert answer.status_code == 200, answer.text
    assert len(await tasks(quarter, hr, DECIDE)) == 1
    async with quarter.sessions.read() as session:
        query = text("SELECT after FROM audit WHERE action = 'appraisal.form.rater_kept'")
        trail = (await session.execute(query)).scalars().all()
        assert trail == [{"reason": "可远程提交", "relation": "peer"}]
        assert await session.scalar(text("SELECT count(*) FROM rating_draft")) == 1
    await leaves(quarter, company["E205"], "2026-01-04")
    assert await asked(quarter) == {"E103", *(f"E20{n}" for n in range(1, 5))}  # a peer who left
    await quarter.measure_all()
    await rate_the_rest(quarter)
    await quarter.move("score")
    assert await tasks(quarter, hr, DECIDE) == []


@pytest.mark.req("APR-09", "APR-10")
async def test_absent_raters_show_with_their_days_for_hr_to_ask_others_in_time(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.ready()
    path = f"cycles/{quarter.cycle_id}"
    await due(quarter, "2026-04-08")
    await quarter.move("start_evaluation")
    head, drafts, later = company.head, company["E102"], company["E103"]
    company.is_absent(head, "2026-01-02", "2026-04-20")
    company.is_absent(drafts, "2026-04-01", None)
    company.is_absent(later, "2026-04-09", None)
    await quarter.follow("follow_places")

    def shown(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {row["rater_number"]: row["absence"] for row in rows if row["absence"]}

    days = {"valid_from": "2026-01-02", "valid_to": "2026-04-20"}
    before = shown(await raters(quarter))
    assert before == {"E100": days, "E102": {"valid_from": "2026-04-01", "valid_to": None}}
    assert shown(await quarter.all(hr, f"{path}/overdue_raters")) == {"E100": days, "E102": before["E102"]}
    assert shown(await quarter.all(head, f"{path}/raters")) == {}
    gaps = [each for each in (await quarter.read(hr, f"{path}/readiness"))["gaps"] if each["what"] == "manual_score"]
    assert sum("（name of E100 2026-01-02 至 2026-04-20 请假，可更换评价人）" in each["text"] for each in gaps) == 3
    sheet = await sheet_of(quarter, drafts, "peer")
    await quarter.done(drafts, f"rating_forms/{sheet}/submit", {"ratings": {"Q1": "5", "Q2": "5"}})
    assert shown(await raters(quarter)) == before
    assert (await replace(quarter, head)).status_code == 200
    gaps = [each for each in (await quarter.read(hr, f"{path}/readiness"))["gaps"] if each["what"] == "manual_score"]
    assert sum("请假" in each["text"] for each in gaps) == 2
    company.absent.clear()
    await quarter.follow("follow_places")
    assert shown(await raters(quarter)) == {}


@pytest.mark.req("APR-09")
async def test_a_rater_who_was_kept_while_away_and_then_leaves_is_decided_about_anew(quarter: Quarter) -> None:
    peer = quarter.company["E102"]
    await evaluating(quarter)

    async def shown() -> tuple[Any, ...]:
        (line,) = [line for line in await raters(quarter) if line["rater_number"] == peer.number]
        return line["is_away"], line["is_kept"], line["left_on"]

    await away(quarter, peer)
    assert (await keep(quarter, peer)).status_code == 200
    assert await shown() == (True, True, None)
    await leaves(quarter, peer, "2026-01-04")
    assert await shown() == (True, False, "2026-01-04")
    assert "E101" in await asked(quarter)
    assert (await keep(quarter, peer)).status_code == 200
    assert await shown() == (True, True, "2026-01-04")
    assert "E101" not in await asked(quarter)
    quarter.company.absent.clear()
    await quarter.follow("follow_places")
    assert await shown() == (True, True, "2026-01-04")


@pytest.mark.req("APR-09", "APR-10", "PLT-04")
async def test_hr_decides_about_many_raters_at_once_all_or_none_with_an_error_for_each(quarter: Quarter) -> None:
    company, hr = quarter.company, quarter.company.hr
    await quarter.ready()
    await due(quarter, "2026-04-08")
    await quarter.move("start_evaluation")
    await away(quarter, company["E102"], company.head)
    assert await asked(quarter) == {"E101", "E102", "E103"}
    forms = await quarter.forms()
    path = f"cycles/{quarter.cycle_id}/raters/decide"
    seen = {line["form_id"]: line["form_revision"] for line in await quarter.all(hr, path.removesuffix("/decide"))}

    def row(subject: str, rater: Person, action: str = "keep", **more: Any) -> dict[str, Any]:
        form = forms[subject]["id"]
        return {"form_id": form, "form_revision": seen[form], "rater_id": str(rater.id), "action": action, **more}

    async def decide(*rows: dict[str, Any], by: Person = hr) -> httpx2.Response:
        return await quarter.post(by, path, {"decisions": list(rows), "reason": "统一处理三月长假"})

    good = [
        row("E101", company["E102"]),
        row("E101", company.head, "replace"),
        row("E103", company["E102"], "replace", successor_id=str(company["E201"].id)),
    ]
    wrong = [
        row("E102", company["E103"]),  # is there
        row("E103", company.head) | {"form_revision": 77},
        row("E102", company.head, "replace", successor_id=str(company["E103"].id)),  # is no superior
        row("E101", company["E101"]),  # the subject's own
        row("E101", company["E102"], "replace", successor_id=str(company["E201"].id)),  # kept above
        row("E102", company.head) | {"form_id": str(uuid4())},
    ]
    refused = await decide(*good, *wrong)
    assert (refused.status_code, refused.json()["code"]) == (409, "rater_decisions_not_made"), refused.text
    found = {each["pointer"]: each["expected"] for each in refused.json()["errors"]}
    assert list(found) == [
        "/decisions/3",
        "/decisions/4",
        "/decisions/5/successor_id",
        "/decisions/6/rater_id",
        "/decisions/7",
        "/decisions/8",
    ]
    assert found["/decisions/3"].startswith("该评价人未离职")
    assert refused.json()["title"].startswith("有 6 项决定不能办理")
    assert not any(line["is_kept"] or line["replaced"] for line in await raters(quarter))  # nothing half-stored
    for other in (company.head, company["E101"]):
        strange = await decide(good[0], by=other)
        assert (strange.status_code, strange.json()["code"]) == (409, "rater_decisions_not_made")
    async with quarter.sessions.read() as session:  # each attempt leaves its line, although they came together
        query = text("SELECT actor_id, resource_id, after ->> 'code' FROM audit WHERE action = 'access.refused'")
        lines = [tuple(line) for line in await session.execute(query)]
    own, unknown = forms["E101"]["id"], wrong[-1]["form_id"]
    assert sorted((actor, str(form), code) for actor, form, code in lines) == sorted(
        [
            (hr.caller.account_id, unknown, "no_form"),
            (company.head.caller.account_id, own, "not_in_this_capacity"),
            (company["E101"].caller.account_id, own, "not_in_this_capacity"),
        ]
    )
    assert await asked(quarter) == {"E101", "E102", "E103"}
    draft = {"code": "2026-Q2", "name": "二季度", "period": "2026-Q2"}
    other_cycle = (await quarter.done(hr, "cycles", draft))["id"]
    elsewhere = await quarter.post(hr, f"cycles/{other_cycle}/raters/decide", {"decisions": good, "reason": "x"})
    assert (elsewhere.status_code, len(elsewhere.json()["errors"])) == (409, 3)
    done = await decide(*good)
    assert done.status_code == 200, done.text
    assert [(each["rater_number"], each["is_kept"]) for each in done.json()["items"]][::2] == [
        ("E102", True),
        ("E201", False),
    ]
    again = await decide(*good)
    assert again.status_code == 409
    assert await asked(quarter) == {"E102", "E103"}  # the head on both
    async with quarter.sessions.read() as session:
        query = text("SELECT action, after FROM audit WHERE action LIKE 'appraisal.form.rater_%' ORDER BY action")
        trail = [(line.action.rpartition("_")[2], line.after) for line in await session.execute(query)]
    why = {"reason": "统一处理三月长假"}
    assert [(action, after["relation"], after["reason"]) for action, after in trail] == [
        ("kept", "peer", why["reason"]),
        ("replaced", "superior", why["reason"]),
        ("replaced", "peer", why["reason"]),
    ]
    assert "rater_id" not in trail[0][1]


@pytest.mark.req("APR-09", "PLT-05")
async def test_absences_are_learned_as_org_tells_of_them(quarter: Quarter) -> None:
    await evaluating(quarter)
    peer, absence = quarter.company["E102"], uuid4()

    async def told(what: str, first: str, last: str | None) -> Any:
        days = {"valid_from": first, "valid_to": last}
        data = {"absence_id": str(absence), "employee_id": str(peer.id), **days}
        now, kind = quarter.clock.now(), f"org.absence.{what}"
        event = CloudEvent(str(uuid4()), "merit/org", kind, f"employee/{peer.id}", now, data)
        async with quarter.sessions.write() as session:
            await EFFECTS[kind].apply(UnitOfWork(session, SYSTEM, now, now.date()), event)
        (shown,) = [line["absence"] for line in await raters(quarter) if line["rater_number"] == "E102"]
        return shown

    assert await told("created", "2026-01-02", None) == {"valid_from": "2026-01-02", "valid_to": None}
    assert await told("changed", "2026-01-03", None) == {"valid_from": "2026-01-03", "valid_to": None}
    assert await told("ended", "2026-01-03", "2026-01-30") == {"valid_from": "2026-01-03", "valid_to": "2026-01-30"}
    assert await told("rescinded", "2026-01-03", "2026-01-30") is None


@pytest.mark.req("APR-09", "APR-10", "PLT-03")
async def test_by_policy_the_superior_decides_about_anonymous_raters_too(quarter: Quarter) -> None:
    company, head = quarter.company, quarter.company.head
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(policy={"superior_keeps_raters": True})
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    await away(quarter, company["E103"], last="2026-01-03")
    day_off = await replace(quarter, company["E103"], company["E201"], by=head)
    assert (day_off.status_code, day_off.json()["code"]) == (409, "rater_available")
    await away(quarter, company["E102"])
    assert await asked(quarter) == {"E101", "E103"}
    assert len(await tasks(quarter, head, DECIDE)) == 2
    form = (await quarter.forms())["E101"]["id"]
    found = await quarter.all(head, f"cycles/{quarter.cycle_id}/raters", form_id=form)
    assert [line["rater_number"] for line in found if line["is_away"]] == ["E102"]
    assert {(line["absence"], line["left_on"]) for line in found} == {(None, None)}  # that, but not since when
    for stranger, status in ((company["E101"], 403), (company.chief, 403), (company.other_head, 404)):
        assert (await keep(quarter, company["E102"], by=stranger)).status_code == status
    assert (await replace(quarter, company["E102"], company["E201"], by=head)).status_code == 200
    assert (await keep(quarter, company["E102"], by=head, subject="E103")).status_code == 200
    changed = await replace(quarter, company["E102"], company["E201"], by=head, subject="E103")
    assert (changed.status_code, changed.json()["code"]) == (409, "rater_available")
    form = (await quarter.forms())["E103"]["id"]
    found = await quarter.all(head, f"cycles/{quarter.cycle_id}/raters", form_id=form)
    assert [line["rater_number"] for line in found if line["is_kept"]] == ["E102"]
    assert await tasks(quarter, head, DECIDE) == await tasks(quarter, company.hr, DECIDE) == []
    await away(quarter, head)
    assert await asked(quarter) == {"E101", "E102", "E103"}
    assert await tasks(quarter, head, DECIDE) == []
    own = await replace(quarter, head, by=head)
    assert (own.status_code, own.json()["code"]) == (403, "not_in_this_capacity")
    change = {"policy": {"superior_keeps_raters": False}}
    path = f"cycles/{quarter.cycle_id}"
    seen = {"If-Match": await quarter.revision(path)}
    fixed = await quarter.api(company.hr.caller).patch(f"{BASE}/{path}", json=change, headers=seen)
    assert (fixed.status_code, fixed.json()["code"]) == (409, "cycle_field_fixed")
