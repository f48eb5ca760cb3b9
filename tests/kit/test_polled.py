"""What org says of keys and accounts: read again every two seconds, asked by one of a crowd, bounded in its silence."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from services.kit.access.revocations import PATH, Revocations, Revoked, revocations_of_org
from services.kit.errors import Unavailable
from services.kit.identity import Role
from services.kit.polled import Polled, kept_current
from services.kit.signatures import verify
from tests.identities import person

pytestmark = pytest.mark.req("ORG-12")


@dataclass
class Source:
    """Counts how often it is read; does not answer while it is away."""

    value: int = 0
    is_away: bool = False
    readings: int = 0

    async def __call__(self) -> int:
        self.readings += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable
        return self.value


async def test_a_crowd_reads_once_and_a_new_value_is_seen_when_the_old_one_is_of_age() -> None:
    source = Source()
    polled = Polled(source, reread=0.05, oldest=0.1)
    assert set(await asyncio.gather(*(polled.value() for _ in range(50)))) == {0}
    assert source.readings == 1
    source.value = 1
    await asyncio.sleep(0.11)
    assert set(await asyncio.gather(*(polled.value() for _ in range(50)))) == {1}
    assert source.readings == 2


async def test_a_silent_source_counts_as_it_was_for_as_long_as_allowed_and_nobody_waits_for_it() -> None:
    source = Source()
    polled = Polled(source, patience=0.2, reread=0.02, oldest=0.05)
    await polled.value()
    source.is_away = True
    await asyncio.sleep(0.06)
    assert await polled.value() == 0
    await asyncio.sleep(0.2)
    with pytest.raises(Unavailable) as refused:
        await polled.value()
    assert refused.value.retry_after == 2
    source.is_away = False
    await asyncio.sleep(0.05)
    await polled.value(oldest=10)
    assert await polled.value() == 0


async def test_what_was_never_read_is_unavailable_and_not_empty() -> None:
    with pytest.raises(Unavailable):
        await Polled(Source(is_away=True)).value()


async def test_values_are_kept_current_without_anybody_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kit.polled.REREAD", 0.01)
    source = Source()
    async with kept_current([Polled(source, reread=0.01), Polled(Source(is_away=True), reread=0.01)]):
        await asyncio.sleep(0.1)
    assert source.readings > 2


async def test_a_service_asks_org_with_a_signature_and_refuses_what_org_names() -> None:
    caller = person(Role.FINANCE)
    moment = datetime.now(UTC)

    def org(request: httpx2.Request) -> httpx2.Response:
        assert request.url.path == PATH
        verify(request.headers, b"", ["shared"], datetime.now(UTC))
        items = [{"account_id": str(caller.account_id), "not_before": moment.isoformat()}]
        return httpx2.Response(200, json={"items": items})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(org)) as http:
        revocations = Revocations([Polled(revocations_of_org(http, "http://org.test/", "shared"))])
        with pytest.raises(Revoked):
            await revocations.demand_current(replace(caller, issued_at=moment - timedelta(seconds=1)))
        await revocations.demand_current(replace(caller, issued_at=moment))


@pytest.mark.parametrize("answer", [httpx2.Response(503), httpx2.Response(200, text="no JSON"), None])
async def test_an_org_that_answers_nonsense_is_silent(answer: httpx2.Response | None) -> None:
    def org(_: httpx2.Request) -> httpx2.Response:
        if answer is None:
            raise httpx2.ConnectError("away")
        return answer

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(org)) as http:
        with pytest.raises(Unavailable):
            await revocations_of_org(http, "http://org.test", "shared")()
