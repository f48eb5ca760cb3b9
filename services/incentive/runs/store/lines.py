"""Lines of a calculation: written by COPY, read one by one, in pages or all in order."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select

from services.incentive.calculation.domain.calculation import RULES
from services.incentive.calculation.domain.line import Earned, Exclusion, Line
from services.incentive.runs.store.tables import CalculationRow, ExclusionRow, LineRow
from services.kit.database.bulk import copy_prepared, prepared_row
from services.kit.database.sessions import ReadSession, TransactionSession, WriteSession, driver_connection, new_id
from services.kit.explanation import canonical_text, quoted
from services.kit.money import plain

CHUNK: Final = 2_000

_LINE_COLUMNS = (
    *("id", "calculation_id", "snapshot_id", "employee_id", "number", "name", "unit_id", "unit_path", "grade", "days"),
    *("kind", "occasion", "currency", "due", "posted", "amount", "costs", "explanation", "digest"),
)
_EXCLUSION_COLUMNS = ("calculation_id", "occasion", "number", "employee_id", "name", "reason", "detail")


@dataclass(frozen=True)
class Payable:
    """What a line pays, without the reasons. ``costs`` are cost centres with their shares."""

    id: UUID
    employee_id: UUID
    number: str
    name: str
    occasion: str
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]


@dataclass
class Tally:
    """The state of a calculation. The hash covers the digests of lines and exclusions in their order."""

    lines: int = 0
    excluded: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    hash: Any = field(default_factory=sha256)

    def add_line(self, digest: str) -> None:
        """Count a line by its digest."""
        self.lines += 1
        self.hash.update(bytes.fromhex(digest))

    def add_exclusion(self, digest: str) -> None:
        """Count an exclusion by its digest."""
        self.excluded += 1
        self.hash.update(bytes.fromhex(digest))


def explained(line: Line) -> tuple[str, str, str]:
    """A line's explanation and costs as canonical JSON, and the digest by which lines are compared.

    The digest covers amount, days and costs too, so that a change to any of them changes it.
    """
    explanation = canonical_text(line.explanation)
    costs = f"[{','.join([f'[{quoted(centre)},{quoted(plain(share))}]' for centre, share in line.costs])}]"
    rest = f"{plain(line.amount)}|{line.currency}|{line.days}|{costs}"
    return explanation, costs, sha256((explanation + rest).encode()).hexdigest()


def exclusion_digest(exclusion: Exclusion) -> str:
    """What of an exclusion counts for the hash of its calculation: who, and why."""
    return sha256("|".join((exclusion.number, exclusion.reason.value, exclusion.detail)).encode()).hexdigest()


@dataclass(frozen=True)
class StoredLine:
    """A line as a replay compares it: its explanation with the digest, and apart from it what it pays."""

    bytes_: tuple[str, str]
    values: tuple[object, ...]

    @property
    def digest(self) -> str:
        """The digest of the line."""
        return self.bytes_[1]


def comparable(line: Line) -> StoredLine:
    """A line just calculated, as it would be stored."""
    explanation, _, digest = explained(line)
    costs = ((centre, plain(share)) for centre, share in line.costs)
    return StoredLine((explanation, digest), (line.amount, line.days, *costs))


@dataclass(frozen=True)
class Written:
    """A chunk of outcomes of so many ``people``, ready to be stored: rows of lines and of exclusions, how many there
    are of them, the digests of both, sums.
    """

    lines: bytes
    exclusions: bytes
    counts: tuple[int, int]
    digests: bytes
    totals: Mapping[str, Decimal]
    people: int


@dataclass(frozen=True)
class Pass:
    """Which calculation is written, from which snapshot, of which occasion."""

    calculation_id: UUID
    snapshot_id: UUID
    occasion: str


def written(of: Pass, outcomes: Iterable[list[Line] | Exclusion]) -> Written:
    """Bring outcomes into the form in which the database takes them, outside any connection."""
    lines: list[str] = []
    exclusions: list[str] = []
    digests: list[str] = []
    totals: dict[str, Decimal] = {}
    ids, people = (of.calculation_id.hex, of.snapshot_id.hex), 0
    for outcome in outcomes:
        people += 1
        if isinstance(outcome, Exclusion):
            who = (outcome.number, outcome.employee_id, outcome.name)
            why = (outcome.reason.value, outcome.detail)
            exclusions.append(prepared_row((of.calculation_id, of.occasion, *who, *why)))
            digests.append(exclusion_digest(outcome))
            continue
        for line in outcome:
            explanation, costs, digest = explained(line)
            lines.append(prepared_row((new_id(), *ids, *_columns(line), costs, explanation, digest)))
            digests.append(digest)
            totals[line.currency] = totals.get(line.currency, Decimal(0)) + line.amount
    counts = len(lines), len(exclusions)
    joined = bytes.fromhex("".join(digests))
    return Written("".join(lines).encode(), "".join(exclusions).encode(), counts, joined, totals, people)


def _columns(line: Line) -> Sequence[object]:
    who = (line.employee_id, line.number, line.name, line.unit_id, _ids(line.unit_path))
    earned = (line.grade, line.days, line.kind, line.occasion, line.currency)
    return (*who, *earned, line.due, line.posted, line.amount)


@lru_cache(maxsize=4096)
def _ids(path: tuple[str, ...]) -> str:
    """The path to a unit as an array of ids, for COPY."""
    return f"{{{','.join(path)}}}"


async def write(session: WriteSession, chunk: Written, tally: Tally) -> None:
    """Write a chunk and add it to ``tally``."""
    lines, exclusions = chunk.counts
    if lines:
        await copy_prepared(session, LineRow.__tablename__, _LINE_COLUMNS, chunk.lines)
    if exclusions:
        await copy_prepared(session, ExclusionRow.__tablename__, _EXCLUSION_COLUMNS, chunk.exclusions)
    tally.lines += lines
    tally.excluded += exclusions
    for currency, total in chunk.totals.items():
        tally.totals[currency] = tally.totals.get(currency, Decimal(0)) + total
    tally.hash.update(chunk.digests)


async def add_calculation(
    session: WriteSession, *, calculation_id: UUID, run_id: UUID, snapshot_id: UUID, tally: Tally, now: datetime
) -> None:
    """Write the summary of a calculation whose lines are all there."""
    await session.execute(
        insert(CalculationRow).values(
            id=calculation_id,
            run_id=run_id,
            snapshot_id=snapshot_id,
            content_hash=tally.hash.hexdigest(),
            lines=tally.lines,
            excluded=tally.excluded,
            totals={currency: plain(total) for currency, total in sorted(tally.totals.items())},
            rules=RULES,
            calculated_at=now,
        )
    )


async def payee(session: ReadSession, line_id: UUID) -> UUID | None:
    """The employee whom a line pays."""
    found: UUID | None = await session.scalar(select(LineRow.employee_id).where(LineRow.id == line_id))
    return found


async def stored_of(
    session: ReadSession, calculation_id: UUID, numbers: Sequence[str]
) -> Mapping[tuple[str, str, str], StoredLine]:
    """These people's lines as stored, by number, occasion and currency."""
    query = select(LineRow).where(LineRow.calculation_id == calculation_id, LineRow.number.in_(numbers))
    return {
        (row.number, row.occasion, row.currency): StoredLine(
            (row.explanation, row.digest), (row.amount, row.days, *(tuple(cost) for cost in row.costs))
        )
        for row in (await session.execute(query)).scalars()
    }


async def payee_name(session: ReadSession, calculation_id: UUID, employee_id: UUID) -> str | None:
    """The name of a person whom the calculation pays something; None where it pays them nothing."""
    query = select(LineRow.name).where(
        LineRow.calculation_id == calculation_id, LineRow.employee_id == employee_id, LineRow.amount > 0
    )
    name: str | None = await session.scalar(query.limit(1))
    return name


async def earned(session: ReadSession, calculation_id: UUID, employee_ids: Sequence[UUID]) -> Sequence[Earned]:
    """The lines that pay these people something, the oldest occasion first."""
    columns = (LineRow.id, LineRow.employee_id, LineRow.currency, LineRow.amount)
    query = select(*columns).where(LineRow.calculation_id == calculation_id, LineRow.amount > 0)
    query = query.where(LineRow.employee_id.in_(employee_ids)).order_by(LineRow.employee_id, LineRow.occasion)
    return [Earned(*row) for row in await session.execute(query)]


async def all_in_order(session: TransactionSession, calculation_id: UUID) -> AsyncGenerator[list[Payable], None]:
    """Every line without its explanation, by employee number, occasion and currency, in chunks."""
    connection = await driver_connection(session)
    query = """
        SELECT id, employee_id, number, name, occasion, currency, amount, costs FROM line
        WHERE calculation_id = %s ORDER BY number, occasion, currency
    """
    async with connection.cursor(name="lines") as cursor:
        await cursor.execute(query, (calculation_id,))
        while rows := await cursor.fetchmany(CHUNK):
            yield [_payable(row) for row in rows]


def _payable(row: Sequence[Any]) -> Payable:
    costs = tuple((centre, Decimal(share)) for centre, share in row[7])
    return Payable(row[0], row[1], row[2], row[3], row[4], row[5], row[6], costs)
