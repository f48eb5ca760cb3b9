"""How far a run is shows while it calculates, to others and at once (INC-10)."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.incentive.runs.store import known_people
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.usecases import calculating
from tests.builders.incentive_quarter import Quarter

pytestmark = pytest.mark.req("INC-10")


async def test_a_run_says_how_many_people_are_calculated_while_it_goes_on_and_nothing_afterwards(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calculating, "NOTED_EVERY", 0.0)
    monkeypatch.setattr(known_people, "CHUNK", 1)
    seen: list[Mapping[str, Any] | None] = []
    write = line_store.write

    async def watched(*given: Any) -> None:
        seen.append((await quarter.read())["progress"])
        await write(*given)

    monkeypatch.setattr(line_store, "write", watched)
    await quarter.begin()
    assert (await quarter.read())["progress"] is None
    await quarter.reach("calculated")
    counted = [None if each is None else (each["calculated"], each["people"]) for each in seen]
    assert counted == [None, (1, 4), (2, 4), (3, 4)]
    assert (await quarter.read())["progress"] is None
    await quarter.act(quarter.clerk, "calculate")
    assert (await quarter.read())["progress"] is None, "the attempt before is over"
