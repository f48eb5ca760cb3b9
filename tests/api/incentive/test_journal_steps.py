"""Any sequence of accruals, payments and reversals leaves the books balanced after every step (INC-12)."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from services.incentive.journal.domain.journal import (
    AlreadyReversed,
    Entry,
    EntryKind,
    PaymentStands,
    ReversalNotReversible,
    Source,
)
from services.incentive.journal.domain.journal import accrual as accrual_of
from services.incentive.journal.domain.journal import payment as payment_of
from services.incentive.journal.store import journal
from services.incentive.journal.usecases import bookkeeping
from services.kit.identity import Role
from services.kit.work.unit_of_work import UnitOfWork
from tests.databases import RolledBack, TestDatabase
from tests.identities import person

TODAY, NOW = date(2026, 4, 24), datetime(2026, 4, 24, 1, tzinfo=UTC)
LINES = 4
amounts = st.integers(1, 10**10).map(lambda fen: Decimal(fen).scaleb(-2))


class Books(RuleBasedStateMachine):
    """The journal beside a model of it: which entries there are, which are undone, what each person is owed."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.finance = person(Role.FINANCE)
        self.batch_id = uuid4()
        self.people = [uuid4() for _ in range(LINES)]
        self.lines = [uuid4() for _ in range(LINES)]
        self.accrued: dict[int, Decimal] = {}
        self.entries: list[tuple[UUID, EntryKind, int]] = []
        self.undone: set[UUID] = set()
        self.loop.run(self._open())

    async def _open(self) -> None:
        engine = create_async_engine(self.url, pool_size=1)
        self.stack.push_async_callback(engine.dispose)
        connection = await self.stack.enter_async_context(engine.connect())
        transaction = await connection.begin()
        self.stack.push_async_callback(transaction.rollback)
        self.sessions = RolledBack(connection)

    def teardown(self) -> None:
        self.loop.run(self.stack.aclose())
        self.loop.close()

    async def _write(self, entry: Entry, place: int) -> UUID:
        async with self.sessions.write() as session:
            booking = journal.Booking(entry, Source("line", self.lines[place]), self.batch_id)
            (entry_id,) = await journal.write(UnitOfWork(session, self.finance, NOW, TODAY), [booking])
            return entry_id

    async def _reverse(self, entry_id: UUID) -> UUID:
        async with self.sessions.write() as session:
            booked = await bookkeeping.reverse_entry(
                UnitOfWork(session, self.finance, NOW, TODAY), entry_id=entry_id, revision=1, reason="错误"
            )
            return booked.entry.id

    def _standing(self, kind: EntryKind, place: int) -> bool:
        return any(
            entry_kind is kind and line == place and entry_id not in self.undone
            for entry_id, entry_kind, line in self.entries
        )

    @rule(place=st.integers(0, LINES - 1), one=amounts, other=amounts)
    def accrue(self, place: int, one: Decimal, other: Decimal) -> None:
        entry = accrual_of(self.people[place], "CNY", [("CC-1", one), ("CC-2", other)])
        if place in self.accrued:
            with pytest.raises(IntegrityError):
                self.loop.run(self._write(entry, place))
            return
        self.entries.append((self.loop.run(self._write(entry, place)), EntryKind.ACCRUAL, place))
        self.accrued[place] = one + other

    @rule(place=st.integers(0, LINES - 1))
    def pay(self, place: int) -> None:
        entry = payment_of(self.people[place], "CNY", self.accrued.get(place, Decimal(1)))
        if any(kind is EntryKind.PAYMENT and line == place for _, kind, line in self.entries):
            with pytest.raises(IntegrityError):
                self.loop.run(self._write(entry, place))
        elif self._standing(EntryKind.ACCRUAL, place):
            self.entries.append((self.loop.run(self._write(entry, place)), EntryKind.PAYMENT, place))

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        entry_id, kind, place = data.draw(st.sampled_from(self.entries))
        refusal: type[Exception] | None = None
        if kind is EntryKind.REVERSAL:
            refusal = ReversalNotReversible
        elif entry_id in self.undone:
            refusal = AlreadyReversed
        elif kind is EntryKind.ACCRUAL and self._standing(EntryKind.PAYMENT, place):
            refusal = PaymentStands
        if refusal is not None:
            with pytest.raises(refusal):
                self.loop.run(self._reverse(entry_id))
            return
        counter = self.loop.run(self._reverse(entry_id))
        self.undone.add(entry_id)
        self.entries.append((counter, EntryKind.REVERSAL, place))

    @invariant()
    def everything_sums_to_zero(self) -> None:
        assert self.loop.run(self._sums()) == (Decimal(0), 0, len(self.entries))

    async def _sums(self) -> tuple[Decimal, int, int]:
        async with self.sessions.read() as session:
            total = await session.scalar(text("SELECT coalesce(sum(amount), 0) FROM posting"))
            wrong = await session.scalar(
                text(
                    "SELECT count(*) FROM (SELECT FROM posting GROUP BY entry_id HAVING sum(amount) <> 0) AS unbalanced"
                )
            )
            entries = await session.scalar(text("SELECT count(*) FROM entry"))
        return Decimal(total or 0), int(wrong or 0), int(entries or 0)

    @invariant()
    def each_person_is_owed_what_stands(self) -> None:
        for place, employee in enumerate(self.people):
            owed = Decimal(0)
            if self._standing(EntryKind.ACCRUAL, place):
                owed += self.accrued[place]
            if self._standing(EntryKind.PAYMENT, place):
                owed -= self.accrued[place]
            assert self.loop.run(self._payable(employee)) == -owed

    async def _payable(self, employee: UUID) -> Decimal:
        async with self.sessions.read() as session:
            found = await session.scalar(
                text(
                    "SELECT coalesce(sum(amount), 0) FROM posting JOIN account ON account.id = account_id "
                    "WHERE kind = 'payable' AND reference = :employee"
                ),
                {"employee": str(employee)},
            )
        return Decimal(found or 0)


@pytest.fixture
def books(database: TestDatabase) -> type[Books]:
    """The machine on this worker's database."""
    Books.url = database.app_url("incentive")
    return Books


@pytest.mark.req("INC-12")
def test_the_books_balance_after_every_step(books: type[Books]) -> None:
    quick = settings(
        max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(books, settings=quick)
