"""Whoever proposed what another person refuses finds a task to read why, and closes it (PLT-02)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.kit.identity import Caller, Role
from tests.api.org.test_authorities import limit
from tests.api.org.test_authority_policies import POLICY
from tests.api.org.test_delegations import DELEGATIONS, delegation, himself, prepared
from tests.builders.accounts import ACCOUNTS, ASSIGNMENTS
from tests.builders.documents import AMENDMENTS, DOCUMENTS, version_of
from tests.builders.org import Organisation, act, ok
from tests.builders.refusals import notices, read_by_the_proposer_alone
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import person

pytestmark = pytest.mark.req("PLT-02")
REASON = "依据不足，请补充"
GROUNDS = {"reason": "职责变化", "benchmark": "同行三家", "business_need": "新渠道"}
ROLES = (Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR)


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await prepared(org)


@pytest.fixture
def clerk(company: Organisation) -> Caller:
    """Who proposes."""
    return himself(company, "E6", *ROLES)


class Case:
    """The company, and what the clerk does."""

    def __init__(self, org: Clients, company: Organisation, clerk: Caller, content: Any) -> None:
        self.org, self.company, self.clerk, self.content = org, company, clerk, content

    async def posted(self, path: str, body: Any) -> Any:
        """What the clerk proposes."""
        return await ok(await self.org(self.clerk).post(path, json=body))


async def policy(case: Case) -> str:
    changes = "/v1/org/authority_policy_changes"
    return f"{changes}/{(await case.posted(changes, POLICY))['id']}/refuse"


async def authority_limit(case: Case) -> str:
    changes = "/v1/org/authority_limit_changes"
    return f"{changes}/{(await case.posted(changes, limit(case.company, 'M1', '7')))['id']}/refuse"


async def delegated(case: Case) -> str:
    return f"{DELEGATIONS}/{(await case.posted(DELEGATIONS, delegation(case.company)))['id']}/refuse"


async def role(case: Case) -> str:
    made = await case.posted(ACCOUNTS, {"login": "na.li", "name": "李娜", "role_assignments": [{"role": "finance"}]})
    return f"{ASSIGNMENTS}/{made['role_assignments'][0]['id']}/refuse"


async def amendment(case: Case) -> str:
    document = (await _drafted(case))["document_id"]
    return f"{AMENDMENTS}/{(await case.posted(AMENDMENTS, {'document_id': document, **GROUNDS}))['id']}/refuse"


async def returned(case: Case) -> str:
    path = version_of((await _drafted(case))["document_id"])
    await ok(await act(case.org(case.clerk), f"{path}/submit", json={}))
    return f"{path}/return"


async def recalled(case: Case) -> str:
    return (await returned(case)).replace("/return", "/recall")


async def withdrawn(case: Case) -> str:
    return (await returned(case)).replace("/return", "/withdraw")


async def _drafted(case: Case) -> Any:
    return await case.posted(DOCUMENTS, {"position_id": case.company.ids["S2"], "content": case.content})


READ = ("已退回，请查阅原因：", "Refused, read why: ")
TAKEN_BACK = {
    recalled: ("已被收回修改，请查阅原因：", "Recalled for changes, read why: "),
    withdrawn: ("已被撤回，请查阅原因：", "Withdrawn, read why: "),
}
"""How it begins where another author takes it back."""
VERSION = ("“岗位S2”说明书第 1 版", "version 1 of the role document of Position S2")
CASES: dict[Callable[[Case], Awaitable[str]], tuple[str, str]] = {
    policy: (
        "确认双人审批规定的变更：自 2026 年 2 月 1 日起",
        "Release the change of the dual-approval policy from 1 February 2026",
    ),
    authority_limit: (
        "确认单元M“岗位M1”岗位（M1）自 2026 年 1 月 5 日起的权限额度：单笔付款 7 元",
        "Release the authority limit of Position M1 (M1) from 5 January 2026 on: single payment 7 yuan",
    ),
    delegated: (
        "确认员工E3给员工E4的授权（单元S单笔付款，2026 年 1 月 5 日至 2026 年 1 月 16 日）",
        "Release the delegation by 员工E3 to 员工E4 (single payment in Unit S, 5 January 2026 to 16 January 2026)",
    ),
    role: (
        "确认授予李娜的角色：财务（全公司，未关联员工）",
        "Release the role finance of 李娜 (the whole organisation, linked to no employee)",
    ),
    amendment: (
        "审批“岗位S2”说明书的修订申请（E6，2026 年 1 月 5 日）",
        "Decide on the amendment of the role document of Position S2 (E6, 5 January 2026)",
    ),
    returned: VERSION,
    recalled: VERSION,
    withdrawn: VERSION,
}
"""What is proposed and refused, and what the proposer reads of it in both languages."""


@pytest.mark.req("ORG-04", "ORG-05", "ORG-09", "ORG-12", "PLT-03")
@pytest.mark.parametrize("proposed", CASES, ids=lambda each: each.__name__)
async def test_who_proposed_what_is_refused_reads_why_and_nobody_else_closes_it(
    org: Clients,
    company: Organisation,
    clerk: Caller,
    content: Any,
    org_sessions: RolledBack,
    proposed: Callable[[Case], Awaitable[str]],
) -> None:
    path = await proposed(Case(org, company, clerk, content))
    decider = person(*ROLES)
    await ok(await act(org(decider), path, json={"reason": REASON}))
    (zh, en), said = CASES[proposed], TAKEN_BACK.get(proposed, READ)
    await read_by_the_proposer_alone(
        org,
        org_sessions,
        "org",
        proposer=clerk,
        others=(decider, person(*ROLES), himself(company, "E5")),
        titles=(said[0] + zh, said[1] + en),
        reason=REASON,
    )


@pytest.mark.req("ORG-12")
async def test_what_one_takes_back_or_proposes_again_leaves_nothing_to_read(
    org: Clients, company: Organisation, clerk: Caller, content: Any
) -> None:
    case = Case(org, company, clerk, content)
    await ok(await act(org(clerk), await role(case), json={"reason": "误录"}))
    assert await notices(org, "org", clerk) == []
    account = (await ok(await org(clerk).get(ACCOUNTS, params={"login": "na.li"})))["items"][0]["id"]
    again = f"{ACCOUNTS}/{account}/role_assignments"
    made = await case.posted(again, {"role": "finance"})
    await ok(await act(org(person(*ROLES)), f"{ASSIGNMENTS}/{made['id']}/refuse", json={"reason": REASON}))
    assert len(await notices(org, "org", clerk)) == 1
    await case.posted(again, {"role": "finance"})
    assert await notices(org, "org", clerk) == []
    path = await returned(case)
    await ok(await act(org(person(*ROLES)), path, json={"reason": REASON}))
    assert len(await notices(org, "org", clerk)) == 1
    submitted = await ok(await act(org(clerk), path.replace("/return", "/submit"), json={}))
    assert submitted["decision"] is None
    assert await notices(org, "org", clerk) == []


@pytest.mark.req("ORG-04")
async def test_a_submitted_version_is_recalled_with_a_reason_which_the_record_shows(
    org: Clients, company: Organisation, clerk: Caller, content: Any
) -> None:
    path = await recalled(Case(org, company, clerk, content))
    silent = await act(org(clerk), path, json={})
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/reason")
    found = await ok(await act(org(clerk), path, json={"reason": REASON}))
    assert (found["state"], found["decision"], found["decided_by_name"]) == ("draft", REASON, clerk.name)
    assert await notices(org, "org", clerk) == []
