"""Malicious files are opened in a separate process, within limits that the system enforces (ORG-14)."""

import asyncio
import json
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from services.kit.errors import TooLarge
from services.kit.files import process, reading
from services.kit.files.cells import text
from services.kit.files.reading import (
    NotAWorkbook,
    ReadersBusy,
    UnpacksTooLarge,
    read_csv,
    read_file,
    read_workbook,
)
from services.kit.files.sheets import Column, SheetForm
from services.kit.files.writing import SheetContent, write_workbook

pytestmark = pytest.mark.req("ORG-14", "PLT-06")
FORM = SheetForm("员工", (Column("姓名", "name", text()),), make=lambda name: name)
MOST_MEMORY = 100 * 1024  # KiB in use, interpreter included
ROOT = Path(__file__).parents[2]
RELATIONS = (
    '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
ONE_CELL = b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'


def workbook(strings: bytes, sheet: bytes = ONE_CELL, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        book = '<workbook xmlns:r="x"><sheets><sheet name="员工" r:id="r1"/></sheets></workbook>'
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr("xl/sharedStrings.xml", strings)
    return target.getvalue()


def repeated_text() -> bytes:
    """One long text in each of two million cells."""
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>"
    sheet = b"<worksheet><sheetData>" + row * 4_000 + b"</sheetData></worksheet>"
    return workbook(b"<sst><si><t>" + b"a" * 32_000 + b"</t></si></sst>", sheet)


BOMBS = {
    "a cell of 200 MB": lambda: workbook(b"<sst><si><t>" + b"a" * 200_000_000 + b"</t></si></sst>"),
    "15 million texts": lambda: workbook(b"<sst>" + b"<si><t>a</t></si>" * 15_000_000 + b"</sst>"),
    "empty texts": lambda: workbook(b"<sst>" + b"<si/>" * 50_000_000 + b"</sst>"),
    "one text in every cell": repeated_text,
    "a cell of 3 MB": lambda: workbook(b"<sst><si><t>" + b"a" * 3_000_000 + b"</t></si></sst>"),
    "a tag of 3 MB": lambda: workbook(b"<sst><si a='" + b"a" * 3_000_000 + b"'/></sst>"),
}


def measured(data: bytes) -> tuple[list[Any], int]:
    """The last words of the process that reads a file, and the most memory that it had in use, in KiB."""
    program = (
        "from services.kit.files import process; import sys; process.main();"
        "sys.stderr.write(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    order = {"kind": "xlsx", "sheets": ["员工"], "max_rows": 200_000, "notes": []}
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        done = subprocess.run(
            [sys.executable, "-S", "-c", program, json.dumps(order)],
            stdin=file, capture_output=True, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]), int(done.stderr.split()[1])


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_100_mb(bomb: str) -> None:
    data = BOMBS[bomb]()
    assert len(data) < 1_000_000
    said, memory = measured(data)
    assert said[0] == "refused", said
    assert memory < MOST_MEMORY


def test_a_bomb_is_an_answer_like_any_other_and_the_next_file_is_read() -> None:
    with pytest.raises(UnpacksTooLarge):
        read_workbook(BOMBS["empty texts"](), [FORM])
    sound = write_workbook([SheetContent("员工", ["姓名"], [["王五"]])])
    assert [line.value for line in read_workbook(sound, [FORM]).rows(FORM)] == ["王五"]


def test_a_bomb_that_lies_about_its_size_is_refused_as_well() -> None:
    honest = workbook(b"<sst>" + b" " * 9_000_000 + b"</sst>")
    lying = honest.replace((9_000_011).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises((UnpacksTooLarge, NotAWorkbook)):
        read_workbook(lying, [FORM])


def test_entities_that_grow_are_refused() -> None:
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    with pytest.raises(NotAWorkbook):
        read_workbook(workbook(entities), [FORM])


def test_parts_that_nobody_reads_are_never_unpacked() -> None:
    target = BytesIO(write_workbook([SheetContent("员工", ["姓名"], [["王五"]])]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b" " * 300_000_000)
    assert len(read_workbook(target.getvalue(), [FORM]).rows(FORM)) == 1


@pytest.mark.parametrize("content", [b"," * 20_000_000, b"\n" * 3_000_000 + b"a", b'"' + b"a" * 5_000_000])
def test_csv_made_to_harm_is_refused(content: bytes) -> None:
    with pytest.raises((TooLarge, reading.NotCsv)):
        read_csv("姓名\n".encode() + content, FORM)


def test_the_process_has_limits_that_the_system_keeps() -> None:
    program = (
        "import resource as r; from services.kit.files import process; process.limit_this_process();"
        "print([r.getrlimit(what)[1] for what in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT, text=True)
    assert json.loads(done.stdout) == [process.MAX_MEMORY, process.MAX_CPU_SECONDS, 0]
    assert process.MAX_MEMORY <= 256 * 1024 * 1024


def test_a_process_that_breaks_or_is_ended_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_ROOT", str(ROOT / "tests"))
    with pytest.raises(NotAWorkbook):
        read_workbook(b"PK", [FORM])


async def test_only_a_few_files_are_opened_at_once_and_few_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading.AT_ONCE == 2
    monkeypatch.setattr(reading, "MOST_WAITING", 2)
    monkeypatch.setattr(reading, "_READERS", ThreadPoolExecutor(1))
    sound = write_workbook([SheetContent("员工", ["姓名"], [["王五"]])])
    answers = await asyncio.gather(*(read_file(sound, [FORM], is_csv=False) for _ in range(3)), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["Reading", "Reading", "ReadersBusy"]
    assert isinstance(answers[2], ReadersBusy)
    assert answers[2].retry_after
