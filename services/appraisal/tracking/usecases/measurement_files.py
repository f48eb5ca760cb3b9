"""Files of actuals, as XLSX or CSV: every fault by its cell, then all rows or none (APR-06, PLT-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.usecases.measurements import Intake, MeasurementsWrong, take
from services.kit.errors import FieldError, Part, Text
from services.kit.files.cells import code, day, decimal, labelled, text
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Column, SheetForm, SheetsRefused
from services.kit.work.dry_runs import record_attempts
from services.kit.work.unit_of_work import UnitOfWork

MOST_FAULTS: Final = 200
_KINDS: Final = {
    SubjectKind.EMPLOYEE: Text("员工", "employee"),
    SubjectKind.UNIT: Text("单元", "unit"),
    SubjectKind.SUPPLIER: Text("供应商", "supplier"),
}
_VALUE: Final = Text("数值，以指标的计量单位计，至多 10 位小数", "a number in the unit of the indicator")
_CORRECTS: Final = Text(
    "仅更正时填写：同一来源中被更正记录的外部编号",
    "only for a correction: the external id of the wrong measurement, from the same source",
)

FORM: Final[SheetForm[dict[str, Any]]] = SheetForm(
    "实绩",
    (
        Column(
            "考核对象类型",
            "subject_kind",
            labelled(_KINDS, also={"部门": SubjectKind.UNIT}),
            english="Subject kind",
            other=("对象类型", "subject_kind"),
        ),
        Column("考核对象编码", "subject_code", text(64), english="Subject code", other=("对象编码", "subject_code")),
        Column("指标编码", "indicator", code(), english="Indicator", other=("indicator",)),
        Column("数值", "value", decimal(10, takes_percent=True), english="Value", other=("value",), hint=_VALUE),
        Column("日期", "measured_on", day(), english="Measured on", other=("measured_on",)),
        Column("来源", "source", text(), english="Source", other=("source",)),
        Column("外部编号", "external_id", text(), english="External id", other=("external_id",)),
        Column(
            "被更正的外部编号",
            "corrects",
            text(),
            required=False,
            english="Corrects",
            other=("更正编号", "corrects"),
            hint=_CORRECTS,
        ),
    ),
    make=dict,
    english="Actuals",
)
_HEADERS: Final = {column.name: column.header for column in FORM.columns} | {"subject": FORM.columns[1].header}


@dataclass(frozen=True)
class FileIntake:
    """What became of a file, or would; ``field_errors`` are there only after a dry run."""

    intake: Intake
    error_count: int = 0
    field_errors: tuple[CellFault, ...] = ()


async def take_file(uow: UnitOfWork, *, data: bytes, is_csv: bool, dry_run: bool) -> FileIntake:
    """Store what a file says, all of it or nothing; with ``dry_run`` only say what would be stored.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        NotCsv, NotAWorkbook, TooManyCells, UnpacksTooLarge, ReadersBusy: the file as a whole cannot be read.
    """
    reading = await read_file(data, [FORM], is_csv=is_csv)
    count, faults = len(reading.field_errors), reading.field_errors
    parts: Sequence[Part] = ()
    if not faults:
        sent = [Measured(line=line.row, **line.value) for line in reading.rows(FORM)]
        try:
            return FileIntake(await take(uow, sent=sent, dry_run=dry_run))
        except MeasurementsWrong as wrong:
            count, faults = len(wrong.field_errors), [_cell(fault) for fault in wrong.field_errors]
            parts = wrong.parts
    if dry_run:
        await record_attempts(uow, parts)
        return FileIntake(Intake(0, 0, 0, 0, ()), count, tuple(faults))
    named = [fault.as_fault() for fault in faults[:MOST_FAULTS]]
    raise SheetsRefused(count=count, field_errors=named, parts=parts)


def _cell(fault: FieldError) -> CellFault:
    """The cell behind a pointer /row/field."""
    row, name = fault.pointer.strip("/").split("/")
    return CellFault(FORM.name, int(row), _HEADERS[name], fault.found, fault.expected)
