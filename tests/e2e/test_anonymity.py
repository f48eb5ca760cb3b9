"""What two peers said about a third can be read or worked out from nothing that the API answers to anyone."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from examples.story.files import RatedSheet
from tests.e2e.conftest import ROOT
from tests.e2e.system import System

SUBJECT = "顾明哲"
PEERS = ("白若溪", "江一舟")
VIEWERS = ("顾明哲", "白若溪", "董书豪", "许文博", "方晴", "陆婉宁", "周启明", "范思齐", "秦国栋", "韩卓然")


@pytest.fixture(scope="module")
def known(system: System) -> dict[str, str]:
    """The ids that a curious viewer could try."""
    hr, cycle = system.company.named("方晴"), system.cycle()["id"]
    forms = system.items(hr, f"/v1/appraisal/cycles/{cycle}/forms")
    results = system.items(hr, "/v1/appraisal/results", cycle_id=cycle)
    rater = next(iter(system.items(hr, f"/v1/appraisal/cycles/{cycle}/raters", form_id=_of(forms)["id"])))
    return {
        "cycle_id": cycle,
        "form_id": _of(forms)["id"],
        "result_id": _of(results)["id"],
        "rating_form_id": rater["id"],
    }


def _of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["subject_name"] == SUBJECT)


def _reads(known: dict[str, str]) -> list[str]:
    """Every documented read of appraisal that the known ids lead to."""
    document = json.loads((ROOT / "services" / "appraisal" / "openapi.json").read_text(encoding="utf-8"))
    paths = [path for path, operations in document["paths"].items() if "get" in operations]
    reachable = [path for path in paths if set(re.findall(r"\{(\w+)\}", path)) <= set(known)]
    return [path.format(**known) for path in reachable]


def _sheets(system: System) -> Iterator[RatedSheet]:
    numbers = {name: number for number, name in system.company.names.items()}
    for (rater, rated, _), sheet in system.company.marks.items():
        if rated == numbers[SUBJECT] and rater in {numbers[name] for name in PEERS}:
            yield sheet


def _steps(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for step in tree["steps"]:
        yield from _steps(step)


@pytest.mark.req("APR-10")
def test_no_answer_to_anybody_holds_a_mark_a_comment_or_a_count_of_the_two(
    system: System, known: dict[str, str]
) -> None:
    comments = {sheet.comment for sheet in _sheets(system) if sheet.comment}
    assert comments
    for name in VIEWERS:
        login = system.company.named(name)
        for path in _reads(known):
            answer = system.ask(login, path, form_id=known["form_id"], limit="500")
            if answer.status_code != httpx2.codes.OK:
                continue
            for text in comments:
                assert text not in answer.text, (name, path)
            assert not re.search(r"feedback_(peer|merged|subordinate)", _about_subject(answer, path)), (name, path)


def _about_subject(answer: httpx2.Response, path: str) -> str:
    return answer.text if "/results/" in path or "/forms/" in path else ""


@pytest.mark.req("APR-10", "APR-11")
def test_the_explanation_shows_the_superior_alone_and_the_score_is_his(system: System, known: dict[str, str]) -> None:
    for name in (SUBJECT, "董书豪", "方晴"):
        path = f"/v1/appraisal/results/{known['result_id']}/explanation"
        tree = system.read(system.company.named(name), path)["tree"]
        groups = {step["rule"]: step["value"] for step in _steps(tree) if step["rule"].startswith("feedback_")}
        assert groups["feedback_superior"] == "87"
        assert set(groups) <= {"feedback_superior", "feedback_self"}
        item = next(step for step in _steps(tree) if step["rule"] == "multi_rater")
        assert item["value"] == "87.00"


@pytest.mark.req("APR-10")
def test_those_who_choose_raters_see_who_is_asked_and_not_who_has_answered(
    system: System, known: dict[str, str]
) -> None:
    path = f"/v1/appraisal/cycles/{known['cycle_id']}/raters"
    for name in ("董书豪", "方晴"):
        raters = system.items(system.company.named(name), path, form_id=known["form_id"])
        states = {rater["relation"]: rater["state"] for rater in raters}
        assert states == {"superior": "submitted", "self": "submitted", "peer": None}
    assert system.items(system.company.named(SUBJECT), path, form_id=known["form_id"]) == []


@pytest.mark.req("APR-10")
def test_a_peer_cannot_find_her_own_answer_again(system: System) -> None:
    peer = system.company.named(PEERS[0])
    sheets = [
        sheet for sheet in system.items(peer, "/v1/appraisal/my/rating_forms") if sheet["subject_name"] == SUBJECT
    ]
    (sheet,) = sheets
    own = system.read(peer, f"/v1/appraisal/rating_forms/{sheet['id']}")
    assert (own["relation"], own["ratings"], own["comment"]) == ("peer", {}, None)


@pytest.mark.req("APR-10")
def test_no_score_anywhere_depends_on_the_two(system: System, known: dict[str, str]) -> None:
    """The total is what the superior's marks and the actuals alone come to; see tests/examples for the arithmetic."""
    result = system.read(system.company.named(SUBJECT), f"/v1/appraisal/results/{known['result_id']}")
    assert result["total"] == "83.86"
