"""The journal's chain of hashes: whatever is changed, taken out or slipped in is named (INC-12)."""

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import create_engine, text

from services.incentive.journal.usecases.bookkeeping import JOURNAL
from services.kit.audit import chain_report
from services.kit.audit.hash_chain import Fault, Head, head, seal_all, verify
from services.kit.database.sessions import Database
from services.kit.identity import Role
from tests.builders.incentive import small_company
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients, app_context_of, app_of
from tests.databases import TestDatabase
from tests.identities import Issuer, SetClock

pytestmark = pytest.mark.req("INC-12")

LINKED = r"(SELECT entry_id FROM incentive.entry_link WHERE number = \1)"


async def found(database: Database, known: Head | None = None) -> Sequence[tuple[Fault, int | None]]:
    """The faults, by link."""
    return [(each.fault, each.number) for each in (await verify(database, JOURNAL, known=known))[1]]


def tamper(database: TestDatabase, *statements: str) -> None:
    """What the owner of the database can do; ``#2`` is the entry of the second link."""
    engine = create_engine(database.owner("incentive"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(re.sub(r"#(\d)", LINKED, statement)))
    engine.dispose()


async def test_an_entry_changed_missing_or_slipped_in_is_named(
    fresh_database: TestDatabase, issuer: Issuer, clock: SetClock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.set(2026, 4, 22, 1)
    url = fresh_database.app_url("incentive")
    database = Database(url, pool_size=4)
    clients = Clients(app_of(app_context_of("incentive", database, issuer, clock)), issuer)
    quarter = Quarter(clients, database, clock, small_company())
    await quarter.reach("paid")
    waiting = (await clients(Role.FINANCE).get("/v1/incentive/journal/chain")).json()
    assert (waiting["number"], waiting["waiting"], waiting["faults"]) == (0, 6, [])
    await seal_all(database, JOURNAL)
    async with database.read() as session:
        known = await head(session, JOURNAL)
    assert (known.number, await found(database, known)) == (6, [])
    assert await chain_report.verified(url, JOURNAL, f"{known.number}:{known.hash}") == 0
    tamper(
        fresh_database,
        "UPDATE incentive.entry SET effective_on = '2026-03-31' WHERE id = #1",
        "UPDATE incentive.posting SET amount = amount * 2 WHERE entry_id = #2",
        "DELETE FROM incentive.posting WHERE entry_id = #3",
        "DELETE FROM incentive.entry WHERE id = #3",
        "INSERT INTO incentive.entry SELECT gen_random_uuid(), kind, effective_on, source_type, gen_random_uuid(),"
        " batch_id, NULL, NULL, recorded_by, recorded_by_name, recorded_at, 0 FROM incentive.entry WHERE id = #4",
        "DELETE FROM incentive.entry_link WHERE number = 5",
        "UPDATE incentive.account SET reference = 'CC-1' WHERE kind = 'paid'",
    )
    assert await found(database) == [
        (Fault.CHANGED, 1), (Fault.CHANGED, 2), (Fault.MISSING, 3), (Fault.CHANGED, 4), (Fault.MISSING, 5),
        (Fault.CHANGED, 6), (Fault.UNLINKED, None), (Fault.UNLINKED, None),
    ]  # fmt: skip
    assert await chain_report.verified(url, JOURNAL, None) == 1
    assert "changed: link 1 line" in capsys.readouterr().out
    told = (await clients(Role.AUDITOR).get("/v1/incentive/journal/chain")).json()
    assert [fault["fault"] for fault in told["faults"]] == [fault for fault, _ in await found(database)]
    await clients.close()
    await database.close()
