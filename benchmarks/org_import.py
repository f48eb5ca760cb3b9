"""Importing a workbook of 100,000 rows beside reading its cells (budget: at most 3 times).

    python -m benchmarks.org_import [rows]

Reading is what the reader underneath needs to hand out every cell of the file; importing is everything: the checks of
the file, its reading, the checks of what it says, and storing it in a real PostgreSQL started for the occasion.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import URL, make_url

from benchmarks.org_tree import PASSWORD, SETTINGS, free_port
from deploy import database, migrations, postgres
from services.kit.database import Database
from services.kit.identity import Caller, Grant, Role
from services.org.usecases import imports
from services.org.usecases.sheets import SHEETS

BUDGET = 3
UNITS = 200
SEATS_A_UNIT = 4
FIRST = "2020-01-01"
HR = Caller(uuid4(), "benchmark", grants=(Grant(Role.HR),))


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


async def take_over(url: URL, data: bytes) -> dict[str, float]:
    """Import the file; gives the seconds of reading and of all else."""
    db = Database(url.render_as_string(hide_password=False), pool_size=1)
    try:
        start = time.perf_counter()
        reading = await imports.read(data, sheet=None)
        read = time.perf_counter()
        async with db.write() as session:
            await imports.take_over(
                session, caller=HR, now=datetime.now(UTC), data=data, reading=reading, overfill_reason=None
            )
        return {"checked reading": read - start, "checking and storing": time.perf_counter() - read}
    finally:
        await db.close()


def prepared(server: postgres.Server) -> URL:
    """An empty organisation; gives the address as the role that org runs as."""
    admin = make_url(server.url()).set(database="merit_bench")
    owner, app = (
        admin.set(username=role, password=PASSWORD).render_as_string(hide_password=False)
        for role in ("merit_org_owner", "merit_org")
    )
    place = database.Place.of("org", server.url(), owner, app)
    database.prepare(place)
    migrations.upgrade("org", place.owner)
    return place.app.set(drivername="postgresql+psycopg")


def main() -> None:
    """Make the file and the database, then measure."""
    parser = argparse.ArgumentParser(description="The import of a large workbook, measured.")
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    people = max((parser.parse_args().rows - UNITS * (1 + SEATS_A_UNIT)) // 2, 1)
    data = workbook(people)
    start = time.perf_counter()
    count = read_cells(data)
    floor = time.perf_counter() - start
    with tempfile.TemporaryDirectory(prefix="merit-bench-") as name:
        folder = Path(name)
        server = postgres.start(folder / "postgres", free_port(), folder / "postgres.log", SETTINGS)
        try:
            spent = asyncio.run(take_over(prepared(server), data))
        finally:
            server.stop()
    parts = ", ".join(f"{part} {seconds:.2f} s" for part, seconds in spent.items())
    whole = sum(spent.values())
    print(f"import of {count:,} rows: {whole:.2f} s ({parts}); reading the cells alone {floor:.2f} s")
    print(f"ratio: {whole / floor:.2f} (budget {BUDGET})")


if __name__ == "__main__":
    main()
