"""Who may look after accounts, and in whose name the system acts (ORG-12)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import jwt
import pytest

from services.kit.identity import Role
from services.org.identity.domain.password import PasswordTooWeak
from services.org.identity.usecases import bootstrap
from services.org.identity.usecases.accounts import AccountUnknown
from tests.builders.accounts import ACCOUNTS, ASSIGNMENTS, sign_in
from tests.builders.org import act, ok, small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import Issuer, client_system, person

pytestmark = pytest.mark.req("ORG-12")


@pytest.mark.req("PLT-03")
async def test_only_the_administrator_keeps_accounts_and_auditors_may_look(org: Clients) -> None:
    body = {"login": "x"}
    for role in (Role.HR, Role.EXECUTIVE, Role.AUDITOR, Role.COMPENSATION):
        assert (await org(role).post(ACCOUNTS, json=body)).status_code == 403
    assert (await org(Role.AUDITOR).get(ACCOUNTS)).status_code == 200
    assert (await org(Role.HR).get(ACCOUNTS)).status_code == 403
    assert (await org(client_system("snapshot")).get(ACCOUNTS)).status_code == 403


@pytest.mark.req("PLT-03")
async def test_an_auditor_over_one_unit_reads_neither_accounts_nor_roles_nor_client_systems(org: Clients) -> None:
    company = await small_company(org)
    whole, unit = org(Role.AUDITOR), org(person(Role.AUDITOR, over=UUID(company.ids["S"])))
    for path in (ACCOUNTS, ASSIGNMENTS, "/v1/org/service_clients", f"{ACCOUNTS}/exports", f"{ACCOUNTS}/{uuid4()}"):
        assert (await whole.get(path)).status_code in {200, 404}
        refused = await unit.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "whole_organisation_only")


@pytest.mark.req("PLT-03")
async def test_the_administrator_changes_nothing_in_the_organisation(org: Clients) -> None:
    body = {"code": "X", "name": "x", "name_en": "x", "kind": "group", "valid_from": "2026-01-01"}
    assert (await org(Role.ADMINISTRATOR).post("/v1/org/units", json=body)).status_code == 403


async def test_an_expired_or_foreign_token_opens_nothing(org: Clients, issuer: Issuer) -> None:
    good = client_system("directory")
    past = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())
    bad = {
        "expired": issuer.token(good, exp=past),
        "other audience": issuer.token(good, aud=["incentive"]),
        "other issuer": issuer.token(good, iss="somebody"),
        "other key": Issuer().token(good),
        "no signature": jwt.encode(jwt.decode(issuer.token(good), options={"verify_signature": False}), "", "none"),
    }
    assert (await org.bearing(issuer.token(good)).get("/v1/org/units")).status_code == 200
    answers = {name: (await org.bearing(token).get("/v1/org/units")).status_code for name, token in bad.items()}
    assert answers == dict.fromkeys(bad, 401)


def test_bootstrap_speaks_in_its_own_name() -> None:
    assert (bootstrap.BOOTSTRAP.name, bootstrap.BOOTSTRAP.roles) == ("bootstrap", frozenset())


@pytest.mark.req("PLT-03")
async def test_nobody_assigns_a_role_to_their_own_account(org: Clients) -> None:
    administrator = person(Role.ADMINISTRATOR)
    path = f"{ACCOUNTS}/{administrator.account_id}/role_assignments"
    refused = await org(administrator).post(path, json={"role": "compensation"})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_role_assignment")


async def test_whoever_runs_the_host_lets_an_administrator_in_again(
    signing: Clients, administrator: httpx2.AsyncClient, org_sessions: RolledBack, org: Clients
) -> None:
    (own,) = (await ok(await administrator.get(ACCOUNTS, params={"login": "administrator"})))["items"]
    third = org(Role.ADMINISTRATOR)
    await small_company(org)
    for role in ({"role": "hr"}, {"role": "administrator", "unit_code": "S"}):  # neither is the administration
        made = await ok(await third.post(f"{ACCOUNTS}/{own['id']}/role_assignments", json=role))
        await ok(await act(org(Role.ADMINISTRATOR), f"{ASSIGNMENTS}/{made['id']}/release", json={}))
    await ok(await third.delete(f"{ASSIGNMENTS}/{own['role_assignments'][0]['id']}"))
    await ok(await act(third, f"{ACCOUNTS}/{own['id']}/disable", json={}))
    new = "another long passphrase"
    async with org_sessions.write() as session:
        await bootstrap.reset(session, login="administrator", password=new, now=datetime.now(UTC))
    assert (await administrator.get(ACCOUNTS)).status_code == 401
    again = signing.bearing((await sign_in(signing, "administrator", new))["access_token"])
    await ok(await again.post(ACCOUNTS, json={"login": "x"}))
    async with org_sessions.write() as session:
        with pytest.raises(PasswordTooWeak):
            await bootstrap.reset(
                session, login="administrator", password=bootstrap.ADMINISTRATOR, now=datetime.now(UTC)
            )
        with pytest.raises(PasswordTooWeak):
            await bootstrap.administrator(session, login="another", password="another", now=datetime.now(UTC))
        with pytest.raises(AccountUnknown):
            await bootstrap.reset(session, login="nobody", password=new, now=datetime.now(UTC))
