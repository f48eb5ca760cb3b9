"""Very many events at once: none is lost, none overtakes another of its subject, and nobody waits for them (PLT-05)."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.kit.database.bulk import copy_rows, json_text
from services.kit.events import deliveries
from services.kit.events.outbox import EventDraft, event, publish_all, stored_event
from services.kit.jobs.trial import run_due
from tests.databases import RolledBack
from tests.kit.conftest import count
from tests.kit.post_office import NOW, Post

pytestmark = pytest.mark.req("PLT-05")

WAITING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
PIECE = 10
BACKLOG = "SELECT count(*) FROM delivery_backlog"


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PIECE", PIECE)


def news(numbers: Iterable[int], subjects: int = 7, type_: str = "kit.thing.changed") -> list[EventDraft]:
    return [EventDraft(type_, f"thing/{n % subjects}", json_text({"n": n})) for n in numbers]


async def report(post: Post, many: list[EventDraft]) -> None:
    async with post.sessions.write() as session:
        await publish_all(session, news=many, now=NOW)


def by_subject(post: Post) -> dict[str, list[object]]:
    found: dict[str, list[object]] = defaultdict(list)
    for each in post.receiver.taken:
        found[each.subject].append(each.data["n"])
    return found


async def test_all_of_very_many_events_arrive_in_the_order_of_each_subject_and_few_are_in_the_queue_at_once(
    post: Post,
) -> None:
    await post.subscribe("kit.thing.*")
    many = 2 * PIECE + 5
    await report(post, news(range(many)))
    assert await count(post.sessions, WAITING) == 1
    ran = await post.run()
    assert (ran.count("deliver_event"), ran.count("hand_out_deliveries")) == (many, 3)
    assert ran.index("hand_out_deliveries", 1) == PIECE + 1
    assert by_subject(post) == {f"thing/{n}": list(range(n, many, 7)) for n in range(7)}
    assert await count(post.sessions, BACKLOG) == 0


async def test_what_is_reported_later_about_a_subject_does_not_overtake_what_still_waits(post: Post) -> None:
    await post.subscribe("*")
    many = 2 * PIECE
    await report(post, news(range(many)))
    await post.publish(many, subject=f"thing/{(many - 1) % 7}")
    await report(post, news(range(many + 1, many + 9)))
    await post.run()
    for recorded in by_subject(post).values():
        assert recorded == sorted(recorded, key=lambda n: int(str(n)))
    assert sorted(int(str(n)) for n in post.receiver.numbers) == list(range(many + 9))


async def test_news_of_another_subject_does_not_wait_for_the_last_of_very_many(post: Post) -> None:
    await post.subscribe("*")
    await report(post, news(range(3 * PIECE)))
    await post.publish(-1, subject="account/1")
    await post.run()
    assert post.receiver.numbers.index(-1) <= PIECE


async def test_only_who_subscribed_to_a_type_gets_it_and_only_then_anything_waits(post: Post) -> None:
    await post.subscribe("kit.other.changed")
    await report(post, news(range(3)))
    assert await count(post.sessions, WAITING) == 0
    await report(post, [*news([3]), *news([4], type_="kit.other.changed")])
    await post.run()
    assert post.receiver.numbers == [4]
    assert await count(post.sessions, "SELECT count(*) FROM event") == 5


async def test_very_many_events_of_a_deed_that_was_undone_are_never_sent(post: Post) -> None:
    await post.subscribe("*")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the events are published before the fault
        async with post.sessions.write() as session:
            await publish_all(session, news=news(range(10)), now=NOW)
            _ = 1 / 0
    assert await post.run() == []
    assert await count(post.sessions, "SELECT count(*) FROM event") == 0
    assert await count(post.sessions, BACKLOG) == 0


async def test_a_subscriber_who_is_away_leaves_the_rest_in_the_backlog_until_he_is_back(post: Post) -> None:
    await post.subscribe("*")
    post.receiver.answer = lambda _: httpx2.Response(503)
    many = 2 * PIECE + 1
    await report(post, news(range(many), subjects=many))
    ran = await run_due(post.app, post.sessions, post.deliverer, raising=False, limit=3 * PIECE)
    assert ran.count("hand_out_deliveries") >= 2
    assert await count(post.sessions, BACKLOG) == many - PIECE
    post.receiver.answer = lambda _: httpx2.Response(204)
    await post.run()
    assert sorted(int(str(n)) for n in post.receiver.numbers) == list(range(many))


@pytest.mark.req("ORG-14")
@pytest.mark.parametrize("said", ["\t\n\r\\", "\\N", "\\.", "", "“引号”", '"\\n"', "\x01\x7f\u2028", "𠮷 é"])
async def test_any_text_comes_out_of_a_bulk_write_as_it_went_in(kit_sessions: RolledBack, said: str) -> None:
    async with kit_sessions.write() as session:
        await publish_all(
            session, news=[EventDraft("kit.thing.changed", f"thing/{said}", json_text({"n": said}))], now=NOW
        )
        stored = await stored_event(session, (await session.scalars(select(event.c.id))).one())
    assert (stored.subject, stored.data, stored.at) == (f"thing/{said}", {"n": said}, NOW)


@pytest.mark.req("ORG-14")
async def test_a_row_that_is_there_already_is_refused_in_a_bulk_write_as_in_any_other(kit_sessions: RolledBack) -> None:
    row = (UUID(int=1), "merit/kit", "kit.thing.changed", "thing/1", NOW, "{}")
    columns = ("id", "source", "type", "subject", "at", "data")
    with pytest.raises(IntegrityError):
        async with kit_sessions.write() as session:
            await copy_rows(session, "event", columns, [row, row])
