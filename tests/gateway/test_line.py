"""Places and the line before them: who stays, who is refused, and that no place is ever lost (PLT-01, PLT-08)."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from gateway.line import Line
from gateway.presence import ClientGone, Presence

pytestmark = pytest.mark.req("PLT-01", "PLT-08")

PATIENCE = 0.1


async def served(line: Line, longest: float, seconds: float, served_in: list[int], number: int) -> bool:
    """One request: a place, the work, and the place given back."""
    if not await line.take(PATIENCE, Presence(), longest=longest):
        return False
    await asyncio.sleep(seconds)
    served_in.append(number)
    line.give_back()
    return True


async def crowd(line: Line, size: int, *, longest: float, seconds: float = 0.02) -> tuple[list[bool], list[int]]:
    """Who of a crowd got a place, and in which order."""
    order: list[int] = []
    got = await asyncio.gather(*(served(line, longest, seconds, order, number) for number in range(size)))
    return got, order


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Do it in a loop of its own, and not for ever."""

    async def bounded() -> Any:
        return await asyncio.wait_for(work, 10)

    return asyncio.run(bounded())


def test_everybody_who_can_expect_a_place_is_served_in_turn() -> None:
    got, order = run(crowd(Line(1), 20, longest=2.0))
    assert all(got)
    assert order == list(range(20))


def test_whoever_stands_too_far_back_is_refused_after_a_moment() -> None:
    got, order = run(crowd(Line(1), 60, longest=0.3))
    assert order == list(range(len(order)))
    assert 10 <= len(order) <= 45  # a fifth of a second serves ten
    assert not any(got[len(order) :])


def test_a_line_that_stands_still_is_given_up() -> None:
    got, _ = run(crowd(Line(2), 6, longest=5.0, seconds=0.3))
    assert got == [True, True, False, False, False, False]


def test_a_line_that_comes_to_a_stop_is_given_up_too() -> None:
    async def story() -> list[bool]:
        line = Line(1)
        quick = [asyncio.create_task(served(line, 5.0, 0.01, [], n)) for n in range(15)]
        await asyncio.sleep(0)
        stuck = asyncio.create_task(served(line, 5.0, 1.0, [], 0))
        await asyncio.sleep(0)
        late = [asyncio.create_task(served(line, 5.0, 0.01, [], n)) for n in range(3)]
        await asyncio.gather(*quick)
        return [*await asyncio.gather(*late), await stuck]

    assert run(story()) == [False, False, False, True]


def test_without_a_longest_wait_nobody_stays() -> None:
    got, _ = run(crowd(Line(1), 20, longest=0.0))
    assert 0 < sum(got) < 15


def test_whoever_leaves_the_line_takes_no_place_and_a_cancelled_one_gives_it_back() -> None:
    async def story() -> bool:
        line, presence = Line(1), Presence()
        assert await line.take(PATIENCE, presence)
        leaver = asyncio.create_task(line.take(5.0, presence))
        cancelled = asyncio.create_task(line.take(5.0, Presence()))
        await asyncio.sleep(0)
        presence.leave()
        with pytest.raises(ClientGone):
            await leaver
        line.give_back()  # to the one who is cancelled in the same turn of the loop
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        return await line.take(PATIENCE, Presence())

    assert run(story())
