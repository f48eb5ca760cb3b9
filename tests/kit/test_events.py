"""Events: written with the change, delivered signed, once each and in order, until taken (PLT-05)."""

from datetime import UTC, datetime
from ipaddress import ip_network
from uuid import uuid4

import httpx2
import pytest

from services.kit.errors import DomainError
from services.kit.events.outbox import CloudEvent, publish
from services.kit.events.subscriptions import (
    NameTaken,
    NoSubscription,
    OurOwn,
    opened,
    replay_deliveries,
    rotate_secret,
    subscribe,
    subscription_of,
    subscriptions,
    unsubscribe,
)
from services.kit.events.webhooks import NotDelivered, TargetRefused, checked_address
from services.kit.jobs.dead_letters import dead_letters
from services.kit.signatures import verify
from services.kit.work.inbox import accept
from tests.clients import CIPHER
from tests.databases import RolledBack
from tests.kit.conftest import count
from tests.kit.post_office import NOW, SECRET, Post

pytestmark = pytest.mark.req("PLT-05")


async def test_an_event_reaches_its_subscriber_as_a_signed_cloud_event(post: Post) -> None:
    await post.subscribe("kit.thing.*")
    await post.publish(1)
    assert await post.run() == ["deliver_event"]
    [event], [request] = post.receiver.taken, post.receiver.requests
    assert (event.source, event.type, event.subject, event.at) == ("merit/kit", "kit.thing.changed", "thing/1", NOW)
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert verify(request.headers, request.content, [SECRET], datetime.now(UTC)) == event.id


async def test_an_event_of_a_deed_that_was_undone_is_never_sent(post: Post) -> None:
    await post.subscribe("*")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the event is published before the fault
        async with post.sessions.write() as session:
            await publish(session, type="kit.thing.changed", subject="x", data={}, now=NOW)
            _ = 1 / 0
    assert await post.run() == []
    assert await count(post.sessions, "SELECT count(*) FROM event") == 0


@pytest.mark.parametrize(
    ("wanted", "hears"),
    [
        ("*", True),
        ("kit.*", True),
        ("kit.thing.*", True),
        ("kit.thing.changed", True),
        ("kit.thin", False),
        ("kit.thing", False),
        ("kit.thing.changed.*", False),
        ("org.*", False),
    ],
)
async def test_a_subscriber_hears_what_it_asked_for(post: Post, wanted: str, hears: bool) -> None:  # noqa: FBT001 - a case of the table
    await post.subscribe(wanted)
    await post.publish(1)
    await post.run()
    assert bool(post.receiver.taken) == hears


async def test_every_subscriber_gets_every_event_whatever_the_others_do(post: Post) -> None:
    await post.subscribe("*", name="good")
    async with post.sessions.write() as session:
        await subscribe(session, name="bad", url="http://bad.test/", types=["*"], now=NOW, internal=True)
    post.receiver.answer = lambda request: httpx2.Response(500 if request.url.host == "bad.test" else 200)
    await post.publish(1, 2)
    await post.run()
    assert post.receiver.numbers == [1, 2]


async def test_a_subscriber_that_was_away_gets_everything_in_order(post: Post) -> None:
    await post.subscribe("*")
    refusals = iter([503, 500, 429, 302, 404])
    post.receiver.answer = lambda _: httpx2.Response(next(refusals, 200))
    await post.publish(1, 2, 3)
    await post.publish(9, subject="thing/2")
    await post.run()
    assert [n for n in post.receiver.numbers if n != 9] == [1, 2, 3]
    assert len(post.receiver.requests) == 5 + 4


async def test_a_subscriber_that_stays_away_leaves_dead_letters_which_replay_sends_in_order(post: Post) -> None:
    subscription_id = await post.subscribe("*")
    post.receiver.answer = lambda _: httpx2.Response(500)
    await post.publish(1, 2)
    await post.run()
    async with post.sessions.read() as session:
        letters = await dead_letters(session, task="deliver_event")
    assert [letter.runs for letter in letters] == [33, 1]
    assert letters[0].error is not None
    assert "HTTP 500" in letters[0].error
    assert letters[1].error is not None
    assert "held_back" in letters[1].error
    post.receiver.answer = lambda _: httpx2.Response(200)
    await post.publish(3)
    async with post.sessions.write() as session:
        assert await replay_deliveries(session, subscription_id) == 2
    await post.run()
    assert post.receiver.numbers == [1, 2, 3]


async def test_one_who_unsubscribed_gets_nothing_more_not_even_what_was_waiting(post: Post) -> None:
    subscription_id = await post.subscribe("*", internal=False)
    await post.publish(1)
    async with post.sessions.write() as session:
        await unsubscribe(session, subscription_id)
        with pytest.raises(NoSubscription):
            await unsubscribe(session, uuid4())
    await post.publish(2)
    assert await post.run() == ["deliver_event"]
    assert post.receiver.requests == []


@pytest.mark.req("PLT-03")
async def test_our_own_services_cannot_be_cut_off_from_news_such_as_revocations(post: Post) -> None:
    subscription_id = await post.subscribe("*", internal=True)
    async with post.sessions.write() as session:
        with pytest.raises(OurOwn):
            await unsubscribe(session, subscription_id)
    await post.publish(1)
    await post.run()
    assert post.receiver.numbers == [1]


async def test_subscribing_again_by_name_changes_and_keeps_the_secret(post: Post) -> None:
    first = await post.subscribe("kit.*", name="crm", internal=False)
    async with post.sessions.read() as session:
        before = await subscription_of(session, first)
    assert await post.subscribe("org.*", name="crm", internal=False) == first
    async with post.sessions.write() as session:
        after = await subscription_of(session, first)
        fresh = await rotate_secret(session, first, cipher=CIPHER)
        rotated = await subscription_of(session, first)
        assert [known.name for known in await subscriptions(session)] == ["crm"]
    assert (after.types, after.secrets) == (["org.*"], before.secrets)
    assert opened(rotated, CIPHER) == [fresh, *opened(before, CIPHER)]
    assert not any(secret in stored for stored in rotated.secrets for secret in opened(rotated, CIPHER))
    with pytest.raises(NameTaken):
        await post.subscribe("*", name="crm", internal=True)


async def test_an_outside_subscriber_must_stand_on_a_public_address(post: Post) -> None:
    async with post.sessions.write() as session:
        await subscribe(session, name="inside", url="https://127.0.0.1/admin", types=["*"], now=NOW, cipher=CIPHER)
    await post.publish(1)
    await post.run()
    assert post.receiver.requests == []
    async with post.sessions.read() as session:
        [letter] = await dead_letters(session)
    assert letter.error == "target_refused"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
async def test_private_local_and_reserved_addresses_are_refused(host: str) -> None:
    with pytest.raises(TargetRefused):
        await checked_address(host, 443)


async def test_public_addresses_and_networks_of_ones_own_are_called() -> None:
    assert await checked_address("93.184.215.14", 443) == "93.184.215.14"
    assert await checked_address("10.1.2.3", 443, [ip_network("10.1.0.0/16")]) == "10.1.2.3"


async def test_a_host_that_has_no_address_now_is_tried_again() -> None:
    with pytest.raises(NotDelivered):
        await checked_address("nowhere.invalid", 443)


async def test_the_checked_address_is_the_one_called_under_the_hosts_name(post: Post) -> None:
    async with post.sessions.write() as session:
        await subscribe(session, name="out", url="https://93.184.215.14:8443/hook", types=["*"], now=NOW, cipher=CIPHER)
    await post.publish(1)
    await post.run()
    [request] = post.receiver.requests
    assert (request.url.host, request.headers["host"]) == ("93.184.215.14", "93.184.215.14:8443")
    assert request.extensions["sni_hostname"] == "93.184.215.14"


async def test_an_event_delivered_thrice_has_its_effect_once(kit_sessions: RolledBack) -> None:
    event = CloudEvent("e1", "merit/org", "org.account.revoked", "account/1", NOW, {})
    answers = []
    for _ in range(3):
        async with kit_sessions.write() as session:
            answers.append(await accept(session, event, NOW))
    assert answers == [True, False, False]


async def test_an_event_whose_effect_failed_is_new_the_next_time(kit_sessions: RolledBack) -> None:
    event = CloudEvent("e1", "merit/org", "t", "s", NOW, {})
    with pytest.raises(DomainError):  # noqa: PT012 - the event is accepted before its effect fails
        async with kit_sessions.write() as session:
            await accept(session, event, NOW)
            raise DomainError
    async with kit_sessions.write() as session:
        assert await accept(session, event, NOW)
