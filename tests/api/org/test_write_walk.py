"""Every write of org as somebody of another unit, and as the person concerned (PLT-03)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Role
from tests.api.org.test_delegations import DELEGATIONS, delegation, himself, prepared
from tests.api.walking import Walk, scoped_writes, shape
from tests.builders.documents import AMENDMENTS, DOCUMENTS, REVIEWS
from tests.builders.org import ok
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients
from tests.identities import Issuer, person

pytestmark = pytest.mark.req("PLT-03")

OWN = {"PATCH /me", "POST /me/password", "DELETE /me/sessions", "DELETE /me/sessions/{session_id}"}
ASKS = {"POST /approval_checks", "POST /career_ladders/{ladder_id}/eligibility_checks"}
"""Of oneself alone, and questions: these have tests of their own."""

DAY, LATER = "2026-02-01", "2026-12-31"
UNIT = {"code": "NEW", "name": "新", "name_en": "New", "kind": "team", "parent_id": "$S", "valid_from": DAY}
POSITION = {"title": "新", "title_en": "New", "track": "professional", "grade": "P1", "headcount": 1}
LIMIT = {"position_id": "$S1", "authority_type": "contract", "limit": "1000", "valid_from": DAY, "reason": "权限表"}
VERSION = "/role_documents/$document/versions/1"
NOTE: dict[str, Any] = {"note": None}
REASON = {"reason": "依据变更"}

WRITES: dict[str, Any] = {
    "POST /absences": {"employee_id": "$E4", "kind": "sick", "valid_from": "2026-03-01", "valid_to": "2026-03-02"},
    "POST /absences/$absence/end": {"valid_to": "2026-02-03"},
    "POST /amendments": {"document_id": "$document", "reason": "甲", "benchmark": "乙", "business_need": "丙"},
    "POST /amendments/$amendment/draft": {},
    "POST /amendments/$amendment/approve": NOTE,
    "POST /amendments/$amendment/refuse": REASON,
    "POST /amendments/$amendment/withdraw": REASON,
    "POST /assignments": {
        "employee_id": "$E4",
        "position_id": "$S3",
        "kind": "concurrent",
        "valid_from": DAY,
        "valid_to": LATER,
    },
    "PATCH /assignments/$ahead": {"valid_from": "2026-03-02", "valid_to": LATER},
    "POST /assignments/$ahead/end": {"valid_to": "2026-11-30"},
    "POST /assignments/$ahead/rescind": {"reason": "计划取消"},
    "POST /authority_limit_changes": LIMIT,
    "POST /authority_limit_changes/$limit_change/release": None,
    "POST /authority_limit_changes/$limit_change/refuse": {"reason": "过高"},
    "POST /authority_limit_changes/apply_template": {
        "code": "deputy_head_of_marketing",
        "position_id": "$S1",
        "valid_from": DAY,
    },
    "POST /authority_limits/$limit/revoke": {"valid_to": LATER, "reason": "收回"},
    "POST /delegations": delegation,
    "POST /delegations/$proposed_delegation/release": None,
    "POST /delegations/$proposed_delegation/refuse": {"reason": "已返回"},
    "POST /delegations/$delegation/revoke": {"reason": "提前返回"},
    "POST /dotted_lines": {"employee_id": "$E5", "superior_id": "$E6", "valid_from": DAY, "valid_to": LATER},
    "POST /dotted_lines/$line/end": {"valid_to": LATER},
    "POST /employees": {"number": "E99", "name": "新人", "hired_on": DAY, "position_id": "$S3"},
    "PATCH /employees/$E4": {"name": "改名"},
    "POST /employees/$E4/terminate": {"last_day": LATER},
    "POST /employees/$E4/transfer": {"position_id": "$S3", "valid_from": DAY},
    "POST /employees/$coming/change_hire_date": {"hired_on": "2026-03-05", "probation_until": None},
    "POST /employees/$coming/rescind_hire": {"reason": "未报到"},
    "POST /employees/$leaving/reschedule_termination": {"last_day": "2026-07-31", "reason": "延期"},
    "POST /employees/$leaving/rescind_termination": {"reason": "留任"},
    "POST /employees/$gone/rehire": {"hired_on": DAY},
    "POST /positions": {**POSITION, "code": "NEW", "unit_id": "$S", "valid_from": DAY},
    "PATCH /positions/$S3": {"valid_from": DAY, "grade": "P2"},
    "POST /positions/$S3/close": {"valid_to": LATER},
    "POST /probation_reviews": {"employee_id": "$unreviewed"},
    "POST /probation_reviews/$review/pass": {"reason": "逾期"},
    "POST /probation_reviews/$review/extend": {
        "probation_until": "2026-02-20",
        "contract_months": None,
        "reason": "甲",
    },
    "POST /probation_reviews/$review/fail": {"reason": "甲"},
    "POST /document_reviews": {"trigger": "strategy_change", "recorded_on": DAY, "unit_ids": ["$S"]},
    "POST /document_reviews/$document_review/close": {"outcome": "已更新"},
    "POST /role_documents": {"position_id": "$S3", "content": "$content"},
    "POST /role_documents/$document/register": None,
    "POST /role_documents/$in_force/supplements": {
        "reason": {"zh": "支援", "en": "Support"},
        "duties": [{"code": "X1", "kind": "ad_hoc", "text": {"zh": "支援项目", "en": "Supports a project"}}],
        "valid_from": DAY,
        "valid_to": LATER,
    },
    f"PUT {VERSION}": {"content": "$content"},
    f"POST {VERSION}/sign": {"signed_on": DAY},
    f"POST {VERSION}/revoke_signature": REASON,
    f"POST {VERSION}/approve": NOTE,
    f"POST {VERSION}/endorse": NOTE,
    f"POST {VERSION}/recall": REASON,
    f"POST {VERSION}/return": REASON,
    f"POST {VERSION}/submit": NOTE,
    f"POST {VERSION}/withdraw": REASON,
    "POST /units": UNIT,
    "PATCH /units/$S": {"valid_from": DAY, "name": "改名"},
    "POST /units/$S/apply_template": {"code": "org_sales_manager", "valid_from": DAY},
    "POST /units/$T/close": {"valid_to": LATER},
    "POST /units/$S/merge": {"into_id": "$B", "valid_from": DAY},
    "POST /units/$T/move": {"parent_id": "$B", "valid_from": DAY},
    "POST /units/$S/split": {
        "parts": [{"code": "NEW", "name": "新", "name_en": "New", "kind": "team"}],
        "valid_from": DAY,
    },
}
"""What each does to a record of the department S; ``$name`` is a record of the story."""


CONCERNED = {
    "POST /absences": "own_career",
    "POST /absences/$absence/end": "own_career",
    "POST /assignments": "own_career",
    "PATCH /assignments/$ahead": "own_career",
    "POST /assignments/$ahead/end": "own_career",
    "POST /assignments/$ahead/rescind": "own_career",
    "POST /dotted_lines": "own_career",
    "POST /dotted_lines/$line/end": "own_career",
    "POST /employees/$E4/terminate": "own_career",
    "POST /employees/$E4/transfer": "own_career",
    "POST /employees/$coming/change_hire_date": "own_career",
    "POST /employees/$coming/rescind_hire": "own_career",
    "POST /employees/$leaving/reschedule_termination": "own_career",
    "POST /employees/$leaving/rescind_termination": "own_career",
    "POST /employees/$gone/rehire": "own_career",
    "POST /probation_reviews": "own_probation",
    "POST /authority_limit_changes": "own_limit",
    "POST /authority_limit_changes/$limit_change/release": "own_limit",
    "POST /authority_limit_changes/$limit_change/refuse": "own_limit",
    "POST /authority_limit_changes/apply_template": "own_limit",
    "POST /authority_limits/$limit/revoke": "own_limit",
    "POST /delegations": "delegation_to_self",
    "POST /delegations/$proposed_delegation/release": "delegation_to_self",
    "POST /probation_reviews/$review/pass": "own_probation",
    "POST /probation_reviews/$review/extend": "own_probation",
    "POST /probation_reviews/$review/fail": "own_probation",
}
"""What is refused to somebody who holds every role and is concerned, and how."""


@pytest.fixture
async def walk(org: Clients, issuer: Issuer, org_connection: AsyncConnection, content: Any) -> AsyncIterator[Walk]:
    """The small company; somebody comes, leaves, has left, is on probation; documents, limits and lines in S."""
    company = await prepared(org)
    hr, ids = company.hr, company.ids
    await company.unit("T", "S", kind="team")
    await company.position("S3", "S")
    await company.position("S9", "S", headcount=5)
    records: dict[str, Any] = {"content": content}
    records["coming"] = await company.person("E9", "S9", hired_on="2026-03-01")
    records["leaving"] = await company.person("E8", "S9")
    await company.terminate("E8", "2026-06-30")
    records["gone"] = await company.person("E7", "S9")
    await company.terminate("E7", "2025-12-31")
    records["on_probation"] = await company.person("E10", "S9", hired_on="2025-12-01", probation_until="2026-01-04")
    records["unreviewed"] = await company.person("E11", "S9", hired_on="2025-12-01", probation_until="2026-01-04")
    review = await ok(await hr.post("/v1/org/probation_reviews", json={"employee_id": ids["E10"]}))
    ahead = delegation(company, valid_from=DAY, valid_to=LATER)
    limit = {name: ids.get(value, value) for name, value in LIMIT.items()} | {"position_id": ids["S1"]}
    proposed = await ok(await hr.post("/v1/org/authority_limit_changes", json=limit))
    absence = {"employee_id": ids["E4"], "kind": "sick", "valid_from": DAY, "valid_to": "2026-02-05"}
    line = {"employee_id": ids["E4"], "superior_id": ids["E6"], "valid_from": "2026-01-01"}
    records |= {
        "review": review["id"],
        "ahead": await company.place("E4", "S9", "concurrent", "2026-03-01", LATER),
        "absence": (await ok(await hr.post("/v1/org/absences", json=absence)))["id"],
        "line": (await ok(await hr.post("/v1/org/dotted_lines", json=line)))["id"],
        "proposed_delegation": (await ok(await hr.post(DELEGATIONS, json=ahead)))["id"],
        "limit_change": proposed["id"],
        "delegation": (await ok(await org(himself(company, "E3")).post(DELEGATIONS, json=delegation(company))))["id"],
    }
    limits = (await ok(await hr.get("/v1/org/authority_limits", params={"position_id": ids["S1"]})))["items"]
    made = await ok(await hr.post(DOCUMENTS, json={"position_id": ids["S2"], "content": content}))
    grounds = {"reason": "职责变化", "benchmark": "同行三家", "business_need": "新渠道"}
    asked = await ok(await hr.post(AMENDMENTS, json={"document_id": made["document_id"], **grounds}))
    signed = await ok(await hr.post(DOCUMENTS, json={"position_id": ids["S1"], "content": content}))
    staff = DocumentStaff(org)
    await staff.approved(signed["document_id"])
    await ok(await staff.sign(signed["document_id"], "2026-01-05"))
    opened = {"trigger": "strategy_change", "recorded_on": "2026-01-05", "unit_ids": [ids["S"]]}
    records |= {
        "limit": limits[0]["id"],
        "document": made["document_id"],
        "in_force": signed["document_id"],
        "amendment": asked["id"],
        "document_review": (await ok(await hr.post(REVIEWS, json=opened)))["items"][0]["id"],
    }
    WRITES["POST /delegations"] = delegation(company)
    unwatched = Clients(org.app, issuer)
    yield Walk("org", unwatched, org_connection, {**ids, **records})
    await unwatched.close()


def test_the_walk_knows_every_operation_that_writes() -> None:
    assert {shape(each) for each in WRITES} == {shape(each) for each in scoped_writes("org") - OWN - ASKS}


async def test_nobody_writes_in_a_unit_that_their_role_does_not_cover(walk: Walk) -> None:
    elsewhere = person(Role.HR, Role.EXECUTIVE, over=UUID(walk.records["B"]), employee_id=UUID(walk.records["E6"]))
    found = await walk.open_to(elsewhere, WRITES)
    assert not found, "\n".join(found)
    found = await walk.closed_to(person(Role.HR, Role.EXECUTIVE), WRITES, but={"POST /delegations"})
    assert not found, "\n".join(found)
    assert await walk.done_unseen([person(Role.HR, Role.EXECUTIVE)], WRITES) == set()


async def test_who_is_concerned_decides_neither_about_their_authority_nor_about_their_career(walk: Walk) -> None:
    """Only name and e-mail of their own record may HR correct: they move nothing, and stand in the trail."""
    concerned = {
        "authority_limit": "E3", "$review": "E10", "probation_reviews": "E11", "$line": "E4", "dotted_lines": "E5",
        "coming": "E9", "leaving": "E8", "gone": "E7",
    }  # fmt: skip
    refused = {}
    for operation, body in WRITES.items():
        number = next((own for word, own in concerned.items() if word in operation), "E4")
        who = person(Role.HR, Role.EXECUTIVE, employee_id=UUID(walk.records[number]))
        answer = await walk.send(who, operation, body)
        if answer.status_code == 403:
            refused[operation] = answer.json()["code"]
    assert refused == CONCERNED
