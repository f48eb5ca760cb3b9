"""What becomes of the task to read why something was refused: for the tests of every service that gives it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from services.kit.access.revocations import revoke
from services.kit.identity import Caller
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import second_account


async def notices(clients: Clients, service: str, who: Caller, language: str = "zh") -> list[dict[str, Any]]:
    """What somebody is to read."""
    answer = await clients(who).get(f"/v1/{service}/my/tasks", headers={"Accept-Language": language})
    items: list[dict[str, Any]] = answer.json()["items"]
    return [each for each in items if each["kind"].endswith(".read_refusal")]


async def read_by_the_proposer_alone(
    clients: Clients,
    sessions: RolledBack,
    service: str,
    *,
    proposer: Caller,
    others: Iterable[Caller],
    titles: tuple[str, str],
    reason: str,
) -> None:
    """The proposer finds one task, reads the reason at its link and closes it, once; nobody else does, nor after the
    account is disabled.
    """
    for title, language in zip(titles, ("zh", "en"), strict=True):
        [notice] = await notices(clients, service, proposer, language)
        assert notice["title"] == title
    read = await clients(proposer).get(notice["link"])
    assert reason in read.text, read.text
    path = f"/v1/{service}/my/tasks/{notice['id']}"
    for other in others:
        assert await notices(clients, service, other) == []
        stranger = await clients(other).delete(path)
        assert (stranger.status_code, stranger.json()["code"]) == (404, "task_unknown")
    disabled = second_account(proposer)
    async with sessions.write() as session:
        await revoke(session, disabled.account_id, datetime(2100, 1, 1, tzinfo=UTC))
    barred = await clients(disabled).delete(path)
    assert (barred.status_code, barred.json()["code"]) == (401, "revoked")
    assert (await clients(proposer).delete(path)).status_code == 204
    twice = await clients(proposer).delete(path)
    assert (twice.status_code, twice.json()["code"]) == (404, "task_unknown")
    assert await notices(clients, service, proposer) == []
