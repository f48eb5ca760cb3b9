"""Anonymity as an attack: everything that the API answers to anybody else must not depend on who said what (APR-10)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Person, Quarter, scheme

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH_TEXT = re.compile(r"\b[0-9a-f]{64}\b")
DRAFT_COLUMNS = text("SELECT column_name FROM information_schema.columns WHERE table_name = 'rating_draft'")
TIME_TEXT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z]+")


def viewers(quarter: Quarter) -> dict[str, Person]:
    """The subject, everybody above, HR, an auditor, the administrator, a stranger; not the peers themselves."""
    company = quarter.company
    return {
        "subject": company["E101"],
        "manager": company.head,
        "skip": company.chief,
        "hr": company.hr,
        "auditor": Person("A1", company.group, "X", roles=(Role.AUDITOR,)),
        "administrator": Person("A2", company.group, "X", roles=(Role.ADMINISTRATOR,)),
        "stranger": company["E201"],
    }


async def everything(quarter: Quarter, raters: Sequence[str]) -> dict[str, str]:
    """Every answer to every GET of the API, for every viewer, over all ids that anybody could know."""
    hr = quarter.company.hr
    forms = [form["id"] for form in await quarter.all(hr, f"cycles/{quarter.cycle_id}/forms")]
    results = [result["id"] for result in (await quarter.results()).values()]
    ids: dict[str, Sequence[str]] = {
        "cycle_id": [quarter.cycle_id],
        "form_id": forms[:3],
        "result_id": results[:3],
        "rating_form_id": raters,
    }
    paths = [path for path, operations in quarter.api.app.openapi()["paths"].items() if "get" in operations]
    paths.remove(f"{BASE}/results/all")  # of all cycles
    paths += [f"{BASE}/{name}?cycle_id={{cycle_id}}" for name in ("results", "results/all")]
    seen: dict[str, str] = {}
    clients = {name: quarter.api(who.caller) for name, who in viewers(quarter).items()}
    for path in paths:
        wanted = re.findall(r"\{(\w+)\}", path)
        if not path.startswith(BASE) or any(name not in ids for name in wanted):
            continue
        for address in filled(path, wanted, ids):
            for name, client in clients.items():
                answer = await client.get(address)
                seen[f"{name} {address}"] = f"{answer.status_code} {answer.text}"
    assert sum(answer.startswith("200") for answer in seen.values()) > 100
    return seen


def filled(path: str, wanted: Sequence[str], ids: Mapping[str, Sequence[str]]) -> list[str]:
    """The path with every known id put in."""
    addresses = [path]
    for name in wanted:
        addresses = [address.replace(f"{{{name}}}", each) for address in addresses for each in ids[name]]
    return addresses


def timeless(seen: Mapping[str, str]) -> dict[str, str]:
    """Without what is different in every request: the trace of a refusal."""
    return {key: re.sub(r'"trace_id":\s*"[^"]*"', "", answer) for key, answer in seen.items()}


async def peers_sheets(quarter: Quarter, subject: str = "E101") -> list[tuple[Person, str]]:
    """The peers of somebody with the sheets that they are asked to fill in about him."""
    found = []
    for peer in quarter.company.reps:
        for line in await quarter.sheets(peer):
            if line["subject_code"] == subject and line["relation"] == "peer":
                found.append((peer, line["id"]))
    return found


async def peers_alone(quarter: Quarter) -> None:
    """Schemes whose 360 score counts peers alone, so that it may be missing without anybody's fault."""
    feedback = {"relations": {"superior": "0", "peer": "100", "self": "0"}, "threshold": 3}
    await quarter.schemes(*(scheme(f"QE-{code}", code, feedback=feedback) for code in ("REP", "BRAND")))


def marks(mark: str) -> dict[str, Any]:
    """The same mark everywhere."""
    return {"ratings": {"Q1": mark, "Q2": mark}, "comment": f"comment with mark {mark}"}


@pytest.mark.req("APR-10")
async def test_before_closing_nothing_that_anybody_sees_changes_when_a_peer_answers(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    sheets = await peers_sheets(quarter)
    assert len(sheets) == 2
    before = timeless(await everything(quarter, [sheet for _, sheet in sheets]))
    for peer, sheet in sheets:
        draft = await quarter.api(peer.caller).put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("3"))
        assert draft.status_code == 200
        assert timeless(await everything(quarter, [sheet])) | before == before
        await quarter.done(peer, f"rating_forms/{sheet}/submit", marks("5"))
        assert timeless(await everything(quarter, [sheet])) | before == before


async def lived(quarter: Quarter, code: str, given: Mapping[str, str], others: str) -> list[dict[str, str]]:
    """A whole cycle in which the two peers of E101 give these marks, all others another; what is seen at each stage."""
    await quarter.opened(code=code)
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    raters = [sheet for _, sheet in await peers_sheets(quarter)]
    for peer, sheet in await peers_sheets(quarter):
        await quarter.done(peer, f"rating_forms/{sheet}/submit", marks(given[peer.number]))
    for person in quarter.company.people:
        for line in await quarter.sheets(person):
            if line["state"] == "open":
                entries = (await quarter.read(person, f"rating_forms/{line['id']}"))["entries"]
                filled_in = {"ratings": {entry["key"]: others for entry in entries}}
                await quarter.done(person, f"rating_forms/{line['id']}/submit", filled_in)
    await quarter.move("score")
    await quarter.jobs()
    seen = [await everything(quarter, raters)]
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    seen.append(await everything(quarter, raters))
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    seen.append(await everything(quarter, raters))
    quarter.clock.set(2026, 1, 5, 1)
    return [of_cycle(stage, quarter.cycle_id, code) for stage in seen]


def of_cycle(seen: Mapping[str, str], cycle_id: str, code: str) -> dict[str, str]:
    """What is about one cycle, with names in place of ids, hashes and times, so that two cycles can be compared."""
    names: dict[str, str] = {cycle_id: "this"}

    def name(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"id{len(names)}")

    found = {}
    for key, answer in timeless(seen).items():
        if cycle_id not in key and "/results/" not in key and "/forms/" not in key and "/rating_forms/" not in key:
            continue
        recorded = unordered(answer) if "/raters" in key else answer  # raters are listed by random ids
        found[UUID_TEXT.sub(name, key)] = UUID_TEXT.sub(name, HASH_TEXT.sub("hash", TIME_TEXT.sub("time", recorded)))
    return {key: answer.replace(code, "code") for key, answer in found.items()}


def unordered(answer: str) -> str:
    """A list of raters by name, without ids."""
    status, _, body = answer.partition(" ")
    facts = ("subject_code", "rater_number", "relation", "state")
    lines = [[str(item[fact]) for fact in facts] for item in json.loads(body).get("items", [])]
    return f"{status} {sorted(lines)}"


@pytest.mark.req("APR-10")
async def test_the_marks_of_two_peers_cannot_be_told_from_anything_at_any_stage(quarter: Quarter) -> None:
    await quarter.library()
    await quarter.schemes()
    await quarter.opened(code="first")
    await quarter.measure_all()
    one = await lived(quarter, "cycle-one", {"E102": "0", "E103": "5"}, "4")
    other = await lived(quarter, "cycle-two", {"E102": "5", "E103": "1"}, "4")
    for first, second in zip(one, other, strict=True):
        assert first == second
    assert any("360 feedback" in answer for answer in one[-1].values())


@pytest.mark.req("APR-10")
async def test_larger_groups_appear_at_close_and_not_before(quarter: Quarter) -> None:
    await quarter.published()
    company, result = quarter.company, (await quarter.results())["E201"]
    path = f"results/{result['id']}/explanation"
    for who in (company["E201"], company.other_head, company.hr):
        shown = await quarter.read(who, path)
        assert "feedback_peer" not in str(shown["tree"])
        assert shown["hash"] is None
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    group = find(await quarter.read(company["E201"], path), "feedback_peer")
    assert (group["value"], group["inputs"][0]["value"]) == ("80", "4")


def find(tree: Any, rule: str) -> dict[str, Any]:
    """The step of a rule, wherever it stands."""
    waiting = [tree["tree"]]
    while waiting:
        step: dict[str, Any] = waiting.pop()
        if step["rule"] == rule:
            return step
        waiting += step["steps"]
    raise AssertionError(rule)


@pytest.mark.req("APR-09", "APR-10")
async def test_an_anonymous_submission_is_final_and_leaves_no_trace_of_its_author(quarter: Quarter) -> None:
    await quarter.ready()
    await quarter.move("start_evaluation")
    peer, sheet = (await peers_sheets(quarter))[0]
    api = quarter.api(peer.caller)
    await api.put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("3"))
    key = {"Idempotency-Key": "once"}
    done = await api.post(f"{BASE}/rating_forms/{sheet}/submit", json={}, headers=key)
    assert (done.status_code, done.json()["state"], done.json()["ratings"]) == (200, "submitted", {})
    for again in (
        await api.post(f"{BASE}/rating_forms/{sheet}/submit", json=marks("1")),
        await api.put(f"{BASE}/rating_forms/{sheet}/draft", json=marks("1")),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "already_submitted")
    returned = await quarter.post(quarter.company.hr, f"rating_forms/{sheet}/return", {"reason": "x"})
    assert (returned.status_code, returned.json()["code"]) == (409, "not_returnable")
    async with quarter.sessions.read() as session:
        columns = await session.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_schema = :s AND table_name = :t"),
            {"s": "appraisal", "t": "answer"},
        )
        assert set(columns.scalars()) == {"id", "cycle_id", "form_id", "relation", "ratings", "comment"}
        traces = {
            "audit": "SELECT count(*) FROM audit WHERE actor_id = :actor AND action <> 'appraisal.goals.agreed'",
            "history": "SELECT count(*) FROM transition WHERE resource_id = :sheet",
            "key": "SELECT count(*) FROM idempotency_key WHERE account_id = :actor",
            "rating": "SELECT count(*) FROM rating WHERE rater_row_id = :sheet",
            "task": "SELECT count(*) FROM task WHERE subject_id = :sheet",
        }
        names = {"actor": peer.caller.account_id, "sheet": UUID(sheet)}
        for name, query in traces.items():
            given = {key: value for key, value in names.items() if f":{key}" in query}
            assert (await session.execute(text(query), given)).scalar() == 0, name
        # Until the cycle takes no more of them, what was submitted lies sealed and is nobody's answer yet.
        assert (await session.execute(text("SELECT count(*) FROM answer"))).scalar() == 0
        assert set((await session.execute(DRAFT_COLUMNS)).scalars()) == {"rater_row_id", "sealed"}
    await quarter.provide()
    await quarter.move("score")
    await quarter.jobs()
    async with quarter.sessions.read() as session:
        answer = (await session.execute(text("SELECT id, ratings FROM answer"))).one()
        assert (answer.id.version, answer.ratings) == (4, {"Q1": "3", "Q2": "3"})
        assert (await session.execute(text("SELECT count(*) FROM rating_draft"))).scalar() == 0


@pytest.mark.req("APR-10")
async def test_answers_are_written_anew_in_random_order_at_close(quarter: Quarter) -> None:
    await quarter.published()
    before = await rows(quarter)
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    after = await rows(quarter)
    assert sorted(before.values()) == sorted(after.values())
    assert set(before).isdisjoint(after)
    assert list(before.values()) != list(after.values())


async def rows(quarter: Quarter) -> dict[str, str]:
    """Answers in their physical order."""
    async with quarter.sessions.read() as session:
        found = await session.execute(text("SELECT id, form_id, ratings FROM answer ORDER BY ctid"))
        return {str(row.id): f"{row.form_id} {row.ratings}" for row in found}


@pytest.mark.req("APR-10")
async def test_after_scoring_has_begun_no_anonymous_answer_is_taken(quarter: Quarter) -> None:
    await quarter.library()
    await peers_alone(quarter)
    await quarter.opened()
    await quarter.agree_all()
    await quarter.move("start_evaluation")
    await quarter.provide()
    await quarter.move("score")
    await quarter.jobs()
    assert await quarter.state() == "evaluating"  # blocked: no peer answered, which nobody may know before
    peer, sheet = (await peers_sheets(quarter))[0]
    answer = await quarter.post(peer, f"rating_forms/{sheet}/submit", marks("3"))
    assert (answer.status_code, answer.json()["code"]) == (409, "ratings_closed")
    own = next(line for line in await quarter.sheets(peer) if line["relation"] == "self")
    await quarter.done(peer, f"rating_forms/{own['id']}/submit", {"ratings": {"Q1": "4", "Q2": "4"}})
