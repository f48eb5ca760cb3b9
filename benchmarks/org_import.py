"""Importing a workbook of 100,000 rows beside reading its cells and storing its rows (budget: at most twice).

    python -m benchmarks.org_import [rows]

Reading is what the reader underneath needs to hand out every cell of the file; importing is everything: the checks of
the file, its reading, the checks of what it says, storing it in a real PostgreSQL started for the occasion, and a line
of the trail and an event for every record. The parts are told, and two more ratios, to see where the time goes: to our
own checked reading, and to the raw floor, which is reading the cells and a plain COPY of the very same rows into the
same tables with the same indexes and constraints. Then the import is done once more, for somebody who
subscribed to everything.
"""

import argparse
import asyncio
import base64
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from io import BytesIO
from types import ModuleType
from typing import Any
from uuid import uuid4

import psycopg
import xlsxwriter
from psycopg import sql
from python_calamine import CalamineWorkbook
from sqlalchemy import URL

from benchmarks._databases import database_up
from benchmarks.org_tree import SETTINGS
from services.kit.audit import trail
from services.kit.database.sessions import Database
from services.kit.encryption import KEY_BYTES, Cipher
from services.kit.events import outbox
from services.kit.events.subscriptions import subscribe
from services.kit.identity import Caller, Role, RoleAssignment
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.store import imports as store
from services.org.exchange.usecases import imports
from services.org.exchange.usecases.sheets import SHEETS

BUDGET = 2
SHOWN = 0.05
UNITS = 200
SEATS_A_UNIT = 4
FIRST = "2020-01-01"
HR = Caller(uuid4(), "benchmark", role_assignments=(RoleAssignment(Role.HR),))
CIPHER = Cipher(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
TABLES = (
    *("unit", "position", "unit_version", "position_version", "unit_path", "position_path"),
    *("employee", "employment", "assignment", "audit", "event"),
)
Clock = defaultdict[str, float]


def rows(sheet: str, people: int) -> Iterator[dict[str, object]]:
    """The rows of a sheet by column; what is left out is empty."""
    if sheet == "units":
        for n in range(UNITS):
            parent = {"上级单元编码": f"U{(n - 1) // 10}"} if n else {}
            kind = {"类型": "部门", "特殊单元": "否", "生效日期": FIRST}
            yield {"单元编码": f"U{n}", "单元名称": f"单元{n}", "英文名称": f"Unit {n}", **parent, **kind}
    elif sheet == "positions":
        for n in range(UNITS * SEATS_A_UNIT):
            seat = {"岗位编码": f"P{n}", "岗位名称": "专员", "英文名称": "Staff", "单元编码": f"U{n % UNITS}"}
            yield {**seat, "序列": "专业", "职级": "P5", "编制": people, "生效日期": FIRST}
    elif sheet == "employees":
        for n in range(people):
            yield {"工号": f"E{n:06}", "姓名": f"员工{n}", "邮箱": f"e{n}@example.com", "入职日期": FIRST}
    else:
        for n in range(people):
            seat = {"工号": f"E{n:06}", "岗位编码": f"P{n % (UNITS * SEATS_A_UNIT)}"}
            yield {**seat, "任职类型": "主岗", "开始日期": FIRST}


def workbook(people: int) -> bytes:
    """The file."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        for key, form in SHEETS.items():
            sheet = book.add_worksheet(form.name)
            headers = [column.header for column in form.columns]
            sheet.write_row(0, 0, headers)
            for number, row in enumerate(rows(key, people), 1):
                sheet.write_row(number, 0, [row.get(header, "") for header in headers])
    return target.getvalue()


def read_cells(data: bytes) -> int:
    """Hand out every cell; gives the number of rows."""
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return sum(sum(1 for _ in book.get_sheet_by_name(name).iter_rows()) - 1 for name in book.sheet_names)


async def import_file(url: URL, data: bytes, *, mirrored: bool = False) -> dict[str, float]:
    """Import the file; gives the seconds of reading and of all else. ``mirrored``: somebody wants every event."""
    db = Database(url.render_as_string(hide_password=False), pool_size=1)
    now = datetime.now(UTC)
    try:
        if mirrored:
            async with db.write() as session:
                address = "https://mirror.example"
                await subscribe(session, name="mirror", url=address, types=["*"], now=now, cipher=CIPHER)
        start = time.perf_counter()
        reading = await imports.read(data, sheet=None)
        read = time.perf_counter()
        async with db.write() as session:
            await imports.import_file(
                UnitOfWork(session, HR, now, now.date()), data=data, reading=reading, overfill_reason=None
            )
        return {"checked reading": read - start, "checking and storing": time.perf_counter() - read}
    finally:
        await db.close()


def watched() -> Clock:
    """Have the import's parts count their seconds: the checks of what the file says, and every COPY by its table."""
    clock: Clock = defaultdict(float)
    _watch(imports, "_planned", lambda _: "checks", clock)
    for module in (store, trail, outbox):
        _watch(module, "copy_rows", lambda asked: str(asked[1]).removeprefix("org."), clock)
    return clock


def _watch(module: ModuleType, name: str, label: Callable[[tuple[Any, ...]], str], clock: Clock) -> None:
    work = getattr(module, name)

    @wraps(work)
    def timed(*asked: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*asked, **named)
        finally:
            clock[label(asked)] += time.perf_counter() - start

    @wraps(work)
    async def awaited(*asked: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return await work(*asked, **named)
        finally:
            clock[label(asked)] += time.perf_counter() - start

    setattr(module, name, awaited if asyncio.iscoroutinefunction(work) else timed)


def copied(url: str) -> dict[str, float]:
    """Take all rows of the import out again, empty the tables, and time a plain COPY of each; nothing is left."""
    spent = {}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        names = {table: sql.Identifier("org", table) for table in TABLES}
        rows = {}
        for table, name in names.items():
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(name)) as out:
                rows[table] = b"".join(out)
        everything = sql.SQL(", ").join([*names.values(), sql.Identifier("org_jobs", "procrastinate_jobs")])
        emptying = sql.SQL("TRUNCATE {} CASCADE").format(everything)
        cursor.execute(emptying)
        connection.commit()
        for table in TABLES:
            start = time.perf_counter()
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(names[table])) as into:
                into.write(rows[table])
            spent[table] = time.perf_counter() - start
        cursor.execute(emptying)
    return spent


def main() -> None:
    """Make the file and the database, then measure."""
    parser = argparse.ArgumentParser(description="The import of a large workbook, measured.")
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    people = max((parser.parse_args().rows - UNITS * (1 + SEATS_A_UNIT)) // 2, 1)
    data = workbook(people)
    start = time.perf_counter()
    count = read_cells(data)
    floor = time.perf_counter() - start
    clock = watched()
    with database_up("org", settings=SETTINGS) as occasion:
        spent = asyncio.run(import_file(occasion.url("org"), data))
        parts = dict(clock)
        clock.clear()
        plain = copied(occasion.superuser)
        asyncio.run(import_file(occasion.url("org"), data, mirrored=True))
    whole, raw = sum(spent.values()), floor + sum(plain.values())
    print(f"import of {count:,} rows: {whole:.2f} s ({_listed(spent)}); reading the cells alone {floor:.2f} s")
    print(f"  of which: {_listed(parts)}")
    print(f"  plain COPY of the same rows: {sum(plain.values()):.2f} s ({_listed(plain)})")
    print(f"  one subscription to everything: {clock['delivery_backlog']:.2f} s more, for its backlog")
    print(f"ratio to the cells: {whole / floor:.2f}")
    print(f"ratio to the checked reading: {whole / spent['checked reading']:.2f}")
    print(f"the raw floor, {raw:.2f} s, to the cells: {raw / floor:.2f}")
    print(f"ratio to the raw floor: {whole / raw:.2f} (budget {BUDGET})")


def _listed(parts: dict[str, float]) -> str:
    return ", ".join(f"{part} {seconds:.2f} s" for part, seconds in parts.items() if seconds >= SHOWN)


if __name__ == "__main__":
    main()
