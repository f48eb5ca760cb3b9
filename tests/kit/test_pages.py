"""Lists: every row appears once whatever changes between pages, and cursors cannot be forged."""

import pytest

from services.kit.identity import Role
from tests.clients import Clients
from tests.kit.test_web import assert_problem, created


async def test_pages_hold_every_row_once_while_others_come_and_go(kit_live: Clients) -> None:
    client = kit_live(Role.HR)
    kept = {await created(client, name=f"n{n:02}") for n in range(23)}
    seen: list[str] = []
    cursor = None
    for turn in range(9):
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/kit/things", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        await created(client, name=f"a{turn}")  # before everything already seen
        if cursor is None:
            break
    assert len(seen) == len(set(seen))
    assert kept <= set(seen)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "é"])
async def test_a_forged_cursor_is_refused(kit: Clients, cursor: str) -> None:
    answer = await kit(Role.HR).get("/v1/kit/things", params={"cursor": cursor})
    assert_problem(answer, 400, "cursor_foreign")


async def test_a_cursor_is_good_for_its_own_list_only(kit: Clients) -> None:
    client = kit(Role.HR)
    for n in range(3):
        await created(client, name=f"n{n}")
    cursor = (await client.get("/v1/kit/things", params={"limit": 1})).json()["next"]
    operator = kit(Role.ADMINISTRATOR)
    elsewhere = await operator.get("/v1/kit/dead_letters", params={"limit": 1, "cursor": cursor})
    assert_problem(elsewhere, 400, "cursor_foreign")
    for limit in ("0", "501", "x"):
        assert_problem(await client.get("/v1/kit/things", params={"limit": limit}), 422, "invalid")
