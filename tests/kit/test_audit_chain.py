"""The chain over the trail: every line that is changed, removed or inserted is found and named (PLT-04)."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, text

from services.kit.audit import chain_report, hash_chain
from services.kit.audit.chain import TRAIL
from services.kit.audit.hash_chain import Fault, Head, faults, head, seal, seal_all, verify
from services.kit.audit.trail import AuditEntry, record, record_all
from services.kit.database.sessions import Database
from services.kit.identity import Caller, Role
from tests.databases import TestDatabase
from tests.identities import person
from tests.kit.conftest import SERVICE
from tests.kit.post_office import NOW

pytestmark = pytest.mark.req("PLT-04")

WHO: Caller = person(Role.HR)


async def lines(database: Database, count: int) -> None:
    """So many lines, each in a transaction of its own, all at once."""

    async def line(number: int) -> None:
        async with database.write() as session:
            await record(
                session, caller=WHO, action="kit.thing.changed", resource="thing", resource_id=uuid4(), now=NOW,
                before={"amount": "1.50", "名": [number, None]},
            )  # fmt: skip

    await asyncio.gather(*(line(number) for number in range(count)))


async def tamper(database: TestDatabase, *statements: str) -> None:
    """What the owner of the database can do."""
    engine = create_engine(database.owner(SERVICE))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


async def found(database: Database, known: Head | None = None) -> Sequence[tuple[Fault, int | None]]:
    """The faults, by link."""
    return [(each.fault, each.number) for each in (await verify(database, TRAIL, known=known))[1]]


async def test_every_tampering_is_named(
    kit_committed: Database, kit_database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    await lines(kit_committed, 12)
    async with kit_committed.write() as session:
        await record_all(
            session, caller=WHO, now=NOW, entries=[AuditEntry("a", "thing", uuid4(), '{"x": 1.5}', None)] * 3
        )
    await asyncio.gather(*(seal_all(kit_committed, TRAIL) for _ in range(3)))  # several sealers do not fork the chain
    async with kit_committed.read() as session:
        known = await head(session, TRAIL)
        ids: list[UUID] = list((await session.scalars(text("SELECT audit_id FROM audit_link ORDER BY number"))).all())
    assert (known.number, await found(kit_committed, known)) == (15, [])
    url = kit_database.app_url(SERVICE)
    assert await chain_report.verified(url, TRAIL, f"{known.number}:{known.hash}") == 0
    await tamper(
        kit_database,
        "UPDATE kit.audit SET actor_name = 'x' WHERE id = (SELECT audit_id FROM kit.audit_link WHERE number = 2)",
        "UPDATE kit.audit SET before = '{}' WHERE id = (SELECT audit_id FROM kit.audit_link WHERE number = 3)",
        "DELETE FROM kit.audit WHERE id = (SELECT audit_id FROM kit.audit_link WHERE number = 5)",
        "DELETE FROM kit.audit WHERE id = (SELECT audit_id FROM kit.audit_link WHERE number = 7)",
        "DELETE FROM kit.audit_link WHERE number = 7",
        "DELETE FROM kit.audit_link WHERE number = 9",
        "UPDATE kit.audit_link SET digest = sha256('x') WHERE number = 11",
    )
    assert await found(kit_committed) == [
        (Fault.CHANGED, 2), (Fault.CHANGED, 3), (Fault.MISSING, 5), (Fault.MISSING, 7), (Fault.MISSING, 9),
        (Fault.BROKEN, 11), (Fault.CHANGED, 11), (Fault.UNLINKED, None),
    ]  # fmt: skip
    assert await chain_report.verified(url, TRAIL, None) == 1
    assert f"changed: link 2 line {ids[1]}" in capsys.readouterr().out


async def test_a_chain_made_anew_or_cut_off_shows_to_whoever_knows_a_link(
    kit_committed: Database, kit_database: TestDatabase
) -> None:
    await lines(kit_committed, 3)
    await seal_all(kit_committed, TRAIL)
    async with kit_committed.read() as session:
        known = await head(session, TRAIL)
    await tamper(
        kit_database,
        "DELETE FROM kit.audit WHERE id = (SELECT audit_id FROM kit.audit_link WHERE number = 3)",
        "DELETE FROM kit.audit_link WHERE number = 3",
    )
    assert await found(kit_committed) == []
    assert await found(kit_committed, known) == [(Fault.CUT_OFF, 3)]
    await lines(kit_committed, 1)
    await seal_all(kit_committed, TRAIL)
    assert await found(kit_committed, known) == [(Fault.BROKEN, 3)]


async def test_a_line_committed_late_is_sealed_late_and_holds_nobody_up(
    kit_committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hash_chain, "PIECE", 2)
    async with kit_committed.write() as slow:
        await record(slow, caller=WHO, action="late", resource="thing", resource_id=uuid4(), now=NOW)
        await lines(kit_committed, 5)
        await seal_all(kit_committed, TRAIL)
        async with kit_committed.read() as session:
            assert (await head(session, TRAIL)).number == 5
    await seal_all(kit_committed, TRAIL)
    async with kit_committed.snapshot() as session:
        assert (await head(session, TRAIL)).number == 6
        assert [each async for each in faults(session, TRAIL)] == []
    async with kit_committed.write() as session:
        assert await seal(session, TRAIL) == 0
