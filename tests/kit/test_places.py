"""Places that nobody can fill for others (ORG-12, PLT-08)."""

import asyncio

import pytest

from services.kit.web.places import FairPlaces

pytestmark = pytest.mark.req("ORG-12", "PLT-08")


async def settled() -> None:
    """Let everybody who can go on do so."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_one_holder_alone_has_so_many_and_every_other_gets_a_first_one_at_once() -> None:
    places = FairPlaces(2)
    takes = [asyncio.ensure_future(places.take(holder)) for holder in ("a", "a", "a", "b", "c")]
    await settled()
    assert [take.done() for take in takes] == [True, True, False, True, True]
    places.give_back("c")  # was extra
    await settled()
    assert not takes[2].done()
    places.give_back("a")
    await takes[2]


async def test_a_place_that_comes_free_goes_to_whoever_holds_fewest_then_to_whoever_came_first() -> None:
    places = FairPlaces(3)
    for holder in ("a", "a", "a", "b"):
        await places.take(holder)
    order: list[str] = []

    async def wait(holder: str, name: str) -> None:
        await places.take(holder)
        order.append(name)

    tasks = [asyncio.ensure_future(wait(h, n)) for h, n in (("a", "a4"), ("b", "b2"), ("b", "b3"))]
    await settled()
    for holder in ("a", "a", "b"):
        places.give_back(holder)
        await settled()
    assert order == ["b2", "a4", "b3"]
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("is_granted", [False, True])
async def test_whoever_leaves_the_line_frees_what_he_waited_for(*, is_granted: bool) -> None:
    places = FairPlaces(1)
    await places.take("a")
    leaving, staying = (asyncio.ensure_future(places.take("a")) for _ in range(2))
    await settled()
    if is_granted:
        places.give_back("a")
        leaving.cancel()
    else:
        leaving.cancel()
        places.give_back("a")
    await asyncio.wait_for(staying, 1)
    with pytest.raises(asyncio.CancelledError):
        await leaving
    last = asyncio.ensure_future(places.take("a"))
    await settled()
    assert not last.done()
    places.give_back("a")
    await asyncio.wait_for(last, 1)
