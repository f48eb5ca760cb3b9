"""Lines of a calculation: written by COPY, read one by one, in pages or all in order."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, insert, select

from services.incentive.runs.domain.calculation import RULES
from services.incentive.runs.domain.line import LeftOut, Line
from services.incentive.runs.store.tables import CalculationRow, LineRow
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.explanation import canonical, canonical_json
from services.kit.jobs import driver_connection
from services.kit.money import plain
from services.kit.pages import Paging, Rows, page

CHUNK: Final = 2_000

_COPY_LINES = """
COPY line (id, calculation_id, employee_id, number, name, unit_id, unit_path, grade, days, currency, amount, costs,
           explanation, digest) FROM STDIN
"""
_COPY_LEFT_OUT = "COPY left_out (calculation_id, number, employee_id, name, reason, detail) FROM STDIN"


@dataclass(frozen=True)
class Paid:
    """What a line pays, without the reasons. ``costs`` are cost centres with their shares."""

    id: UUID
    employee_id: UUID
    number: str
    name: str
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]


@dataclass
class Tally:
    """What a calculation has come to so far. The hash runs over the digests of its lines in their order."""

    lines: int = 0
    left_out: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    hash: Any = field(default_factory=sha256)


def explained(line: Line) -> tuple[str, str, str]:
    """A line's explanation and costs as canonical JSON, and the digest by which lines are compared.

    The digest covers amount, days and costs too: whoever changes any of them changes it.
    """
    explanation = canonical(line.explanation)
    costs = canonical_json([[centre, plain(amount)] for centre, amount in line.costs]).decode()
    rest = "|".join((plain(line.amount), line.currency, str(line.days), costs))
    return explanation.decode(), costs, sha256(explanation + rest.encode()).hexdigest()


@dataclass(frozen=True)
class StoredLine:
    """A line as a replay compares it: its explanation with the digest, and apart from it what it pays."""

    bytes_: tuple[str, str]
    values: tuple[object, ...]


def comparable(line: Line) -> StoredLine:
    """A line just calculated, as it would be stored."""
    explanation, _, digest = explained(line)
    costs = ((centre, plain(share)) for centre, share in line.costs)
    return StoredLine((explanation, digest), (line.amount, line.days, *costs))


@dataclass(frozen=True)
class Written:
    """A chunk of outcomes, ready to be stored: COPY's rows for lines and for people left out, digests, sums."""

    lines: bytes
    left_out: bytes
    digests: tuple[str, ...]
    people_left_out: int
    totals: Mapping[str, Decimal]


def written(calculation_id: UUID, outcomes: Iterable[list[Line] | LeftOut]) -> Written:
    """Bring outcomes into the form in which the database takes them, outside any connection."""
    lines: list[str] = []
    left_out: list[str] = []
    digests: list[str] = []
    totals: dict[str, Decimal] = {}
    for outcome in outcomes:
        if isinstance(outcome, LeftOut):
            left_out.append(_left_out_row(str(calculation_id), outcome))
            continue
        for line in outcome:
            explanation, costs, digest = explained(line)
            lines.append(_line_row(str(calculation_id), line, explanation, costs, digest))
            digests.append(digest)
            totals[line.currency] = totals.get(line.currency, Decimal(0)) + line.amount
    return Written("".join(lines).encode(), "".join(left_out).encode(), tuple(digests), len(left_out), totals)


def _line_row(calculation_id: str, line: Line, explanation: str, costs: str, digest: str) -> str:
    """A row of COPY's text format: columns between tabs, null as \\N. Ids, codes and numbers need no escaping."""
    grade = r"\N" if line.grade is None else _escaped(line.grade)
    person = f"{line.employee_id}\t{_escaped(line.number)}\t{_escaped(line.name)}"
    unit = f"{line.unit_id}\t{{{','.join(line.unit_path)}}}"
    pay = f"{grade}\t{line.days}\t{line.currency}\t{plain(line.amount)}\t{_escaped(costs)}"
    return f"{new_id()}\t{calculation_id}\t{person}\t{unit}\t{pay}\t{_escaped(explanation)}\t{digest}\n"


def _left_out_row(calculation_id: str, person: LeftOut) -> str:
    who = f"{_escaped(person.number)}\t{person.employee_id}\t{_escaped(person.name)}"
    return f"{calculation_id}\t{who}\t{person.reason.value}\t{_escaped(person.detail)}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


async def write(session: WriteSession, chunk: Written, tally: Tally) -> None:
    """Write a chunk and add it to ``tally``."""
    connection = await driver_connection(session)
    for statement, rows in ((_COPY_LINES, chunk.lines), (_COPY_LEFT_OUT, chunk.left_out)):
        if rows:
            async with connection.cursor().copy(statement) as copy:
                await copy.write(rows)
    tally.lines += len(chunk.digests)
    tally.left_out += chunk.people_left_out
    for currency, total in chunk.totals.items():
        tally.totals[currency] = tally.totals.get(currency, Decimal(0)) + total
    tally.hash.update(bytes.fromhex("".join(chunk.digests)))


async def add_calculation(
    session: WriteSession, *, calculation_id: UUID, run_id: UUID, collection_id: UUID, tally: Tally, now: datetime
) -> None:
    """Write the summary of a calculation whose lines are all there."""
    await session.execute(
        insert(CalculationRow).values(
            id=calculation_id,
            run_id=run_id,
            collection_id=collection_id,
            content_hash=tally.hash.hexdigest(),
            lines=tally.lines,
            left_out=tally.left_out,
            totals={currency: plain(total) for currency, total in sorted(tally.totals.items())},
            rules=RULES,
            calculated_at=now,
        )
    )


async def one(session: ReadSession, calculation_id: UUID, line_id: UUID) -> tuple[LineRow, int] | None:
    """One line of a calculation, with the version of the rules that wrote it."""
    written_by = CalculationRow.id == LineRow.calculation_id
    query = select(LineRow, CalculationRow.rules).join(CalculationRow, written_by)
    found = (await session.execute(query.where(LineRow.id == line_id, CalculationRow.id == calculation_id))).first()
    return None if found is None else (found[0], found[1])


async def listed(
    session: ReadSession, calculation_id: UUID, *, scopes: Sequence[UUID] | None, number: str | None, paging: Paging
) -> Rows[Any]:
    """Lines by employee number and currency; ``scopes`` limit them to the people of some units."""
    query: Select[Any] = select(LineRow).where(LineRow.calculation_id == calculation_id)
    if scopes is not None:
        query = query.where(LineRow.unit_path.overlap(scopes))
    if number is not None:
        query = query.where(LineRow.number == number)
    return await page(session, query, keys=(LineRow.number, LineRow.currency), paging=paging)


async def stored_of(
    session: ReadSession, calculation_id: UUID, numbers: Sequence[str]
) -> Mapping[tuple[str, str], StoredLine]:
    """These people's lines as stored, by number and currency."""
    columns = (LineRow.number, LineRow.currency, LineRow.explanation, LineRow.digest, LineRow.amount, LineRow.days)
    query = select(*columns, LineRow.costs).where(LineRow.calculation_id == calculation_id, LineRow.number.in_(numbers))
    return {
        (number, currency): StoredLine((explanation, digest), (amount, days, *(tuple(cost) for cost in costs)))
        for number, currency, explanation, digest, amount, days, costs in await session.execute(query)
    }


async def any_of(session: ReadSession, calculation_id: UUID, employee_id: UUID) -> bool:
    """Whether the calculation pays this person anything."""
    query = select(LineRow.id).where(
        LineRow.calculation_id == calculation_id, LineRow.employee_id == employee_id, LineRow.amount > 0
    )
    return await session.scalar(query.limit(1)) is not None


async def all_in_order(session: ReadSession, calculation_id: UUID) -> AsyncGenerator[list[Paid], None]:
    """Every line without its explanation, by employee number and currency, in chunks."""
    connection = await driver_connection(session)
    query = """
        SELECT id, employee_id, number, name, currency, amount, costs FROM line
        WHERE calculation_id = %s ORDER BY number, currency
    """
    async with connection.cursor(name="lines") as cursor:
        await cursor.execute(query, (calculation_id,))
        while rows := await cursor.fetchmany(CHUNK):
            yield [_paid(row) for row in rows]


def _paid(row: Sequence[Any]) -> Paid:
    costs = tuple((centre, Decimal(share)) for centre, share in row[6])
    return Paid(row[0], row[1], row[2], row[3], row[4], row[5], costs)
