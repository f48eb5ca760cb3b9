"""What the database itself guarantees: reading cannot write, moves are compared and set, trails stay as written."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import MetaData, create_engine, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from services.kit.access.revocations import Revocations, Revoked, revoke, stored
from services.kit.clock import FileClock, SystemClock, business_date
from services.kit.database.sessions import Database, days, freeze, new_id, period
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.polled import Polled
from services.kit.release import Signature
from services.kit.startup.settings import ServiceSettings
from services.kit.startup.tables import APPEND_ONLY, EDITABLE, adopt
from services.kit.work.history import StateChanged, actors_of, advance, transition
from services.kit.work.unit_of_work import UnitOfWork
from services.kit.workflow import Transition
from tests.databases import RolledBack, TestDatabase
from tests.identities import person
from tests.kit.conftest import SERVICE
from tests.kit.little_service import Action, Base, State, ThingRow

NOW = datetime(2026, 4, 24, 2, 0, tzinfo=UTC)
PAY = Transition(State.DRAFT, Action.PAY, State.PAID, frozenset({Role.FINANCE}))


async def thing(sessions: RolledBack | Database) -> ThingRow:
    async with sessions.write() as session:
        row = ThingRow(name="x", amount=1, state=State.DRAFT)
        session.add(row)
    return row


async def test_a_reading_session_cannot_write(kit_committed: Database) -> None:
    for reading in (kit_committed.read, kit_committed.snapshot):
        async with reading() as session:
            with pytest.raises(DBAPIError, match="read-only"):
                await session.execute(text("INSERT INTO inbox VALUES ('a', 'b', 'c', now())"))


async def test_a_snapshot_sees_one_moment_throughout(kit_committed: Database) -> None:
    query = select(ThingRow.id)
    async with kit_committed.snapshot() as session:
        assert (await session.execute(query)).all() == []
        await thing(kit_committed)
        assert (await session.execute(query)).all() == []
    async with kit_committed.read() as session:
        assert len((await session.execute(query)).all()) == 1


async def test_a_move_changes_state_and_version_and_writes_history(kit_sessions: RolledBack) -> None:
    row, caller = await thing(kit_sessions), person(Role.FINANCE, name="财务李")
    async with kit_sessions.write() as session:
        await advance(
            UnitOfWork(session, caller, NOW, NOW.date()), ThingRow, row.id, PAY, note="四月", values={"name": "y"}
        )
    async with kit_sessions.write() as session:
        moved = (await session.execute(select(ThingRow).where(ThingRow.id == row.id))).scalar_one()
        history = (await session.execute(select(transition))).one()
        assert (moved.state, moved.revision, moved.name) == ("paid", 2, "y")
        assert (history.source, history.action, history.target, history.actor_name, history.note) == (
            "draft", "pay", "paid", "财务李", "四月")  # fmt: skip
        assert await actors_of(session, ThingRow, row.id, Action.PAY) == {Signature.of(caller)}
        with pytest.raises(StateChanged):
            await advance(UnitOfWork(session, caller, NOW, NOW.date()), ThingRow, row.id, PAY)


@pytest.mark.req("INC-10")
async def test_of_many_who_make_the_same_move_at_once_one_succeeds(kit_committed: Database) -> None:
    row, caller = await thing(kit_committed), person(Role.FINANCE)

    async def pay() -> bool:
        try:
            async with kit_committed.write() as session:
                await advance(UnitOfWork(session, caller, NOW, NOW.date()), ThingRow, row.id, PAY)
        except StateChanged:
            return False
        return True

    assert sum(await asyncio.gather(*(pay() for _ in range(12)))) == 1


@pytest.mark.req("PLT-04")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_cannot_be_changed_by_the_service(kit_database: TestDatabase, table: str) -> None:
    owner = create_engine(kit_database.owner(SERVICE))
    with owner.begin() as connection:
        for statement in freeze(SERVICE, table):
            connection.execute(text(statement))
    owner.dispose()
    app = create_engine(kit_database.app(SERVICE))
    column = next(iter(Base.metadata.tables[f"{SERVICE}.{table}"].c)).name
    for verb in (f"UPDATE {{}} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {}"):  # noqa: S608 - names of ours
        with app.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(verb.format(table)))
    app.dispose()


def test_the_kits_tables_lie_in_the_services_own_schema() -> None:
    names = {table.name for table in Base.metadata.tables.values()} - {"thing"}
    assert names == {*APPEND_ONLY, *EDITABLE}
    assert {table.schema for table in Base.metadata.tables.values()} == {SERVICE}
    with pytest.raises(ValueError, match="schema"):
        adopt(MetaData())


@pytest.mark.req("ORG-12")
async def test_a_token_older_than_the_revocation_is_refused_and_a_newer_one_is_not(kit_sessions: RolledBack) -> None:
    caller, moment = person(Role.FINANCE), datetime.now(UTC)
    revocations = Revocations([Polled(stored(kit_sessions, timedelta(minutes=5)), reread=0, oldest=0)])
    await revocations.demand_current(replace(caller, issued_at=moment))
    async with kit_sessions.write() as session:
        await revoke(session, caller.account_id, moment)
        await revoke(session, caller.account_id, moment - timedelta(hours=1))  # late news changes nothing
    await revocations.demand_current(replace(caller, issued_at=moment))
    for issued_at in (moment - timedelta(microseconds=1), None):
        with pytest.raises(Revoked):
            await revocations.demand_current(replace(caller, issued_at=issued_at))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 5000) | st.none())
def test_periods_are_stored_half_open_and_come_back_the_same(start: date, length: int | None) -> None:
    given_period = Period(start, None if length is None else start + timedelta(days=length))
    stored = days(given_period)
    assert stored.bounds == "[)"
    assert period(stored) == given_period


def test_ids_grow_with_time() -> None:
    made = [new_id() for _ in range(100)]
    assert [each.version for each in made] == [7] * 100
    assert made == sorted(made, key=lambda each: each.int >> 80)


def test_the_clock_is_the_machines_or_the_one_written_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    assert abs(FileClock(file).now() - SystemClock().now()) < timedelta(seconds=5)
    file.write_text("2026-04-22T09:00:00+08:00\n")
    assert FileClock(file).now() == datetime(2026, 4, 22, 1, 0, tzinfo=UTC)
    file.write_text("soon")
    with pytest.raises(ValueError, match="soon"):
        FileClock(file).now()


STORAGE_KEY = base64.b64encode(b"k" * 32).decode()
SECRETS = {"MERIT_CURSOR_KEY": "a", "MERIT_EVENT_SECRET": "b", "MERIT_STORAGE_KEY": STORAGE_KEY}


def test_settings_come_from_variables_or_from_the_files_they_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("MERIT_CURSOR_KEY", "from a variable")
    monkeypatch.setenv("MERIT_EVENT_SECRET_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("MERIT_STORAGE_KEY", STORAGE_KEY)
    monkeypatch.setenv("MERIT_POOL_SIZE", "3")
    settings = ServiceSettings()  # type: ignore[call-arg]  # the rest comes from the environment
    assert settings.cursor_key.get_secret_value() == "from a variable"
    assert settings.event_secret.get_secret_value() == "from a file"
    assert (settings.pool_size, str(settings.zone)) == (3, "Asia/Shanghai")
    assert settings.token_lifetime == timedelta(minutes=5)
    assert "from a file" not in repr(settings)
    assert settings.subscriber_networks == ()
    monkeypatch.setenv("MERIT_EVENT_NETWORKS", "10.20.0.0/16, fd00::/8")
    networks = ServiceSettings().subscriber_networks  # type: ignore[call-arg]  # as above
    assert [str(network) for network in networks] == ["10.20.0.0/16", "fd00::/8"]
    midnight = datetime(2026, 4, 21, 16, 0, tzinfo=UTC)
    assert business_date(midnight, settings.zone) == date(2026, 4, 22)


@pytest.mark.parametrize("missing", list(SECRETS))
def test_a_secret_has_no_default(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    names: Sequence[str] = [name for name in SECRETS if name != missing]
    monkeypatch.delenv(missing, raising=False)
    for name in names:
        monkeypatch.setenv(name, SECRETS[name])
    with pytest.raises(ValidationError, match=missing.removeprefix("MERIT_").lower()):
        ServiceSettings()  # type: ignore[call-arg]  # that something is missing is the point


def test_a_stored_period_begins_on_a_day_and_tables_are_adopted_into_a_schema() -> None:
    with pytest.raises(ValueError, match="no first day"):
        period(Range(None, date(2026, 1, 1)))
    with pytest.raises(ValueError, match="names its schema"):
        adopt(MetaData())
