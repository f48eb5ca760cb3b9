"""Goals as a workbook: imported all or nothing, and exported so that they can be imported again (APR-05, PLT-06)."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.appraisal.alignment.domain.goal_loading import (
    DUE,
    FIRST,
    ITEM,
    MEASURE,
    REASON,
    REVISION,
    SHEET,
    SOURCE,
    SUBJECT,
    TARGET,
    GoalLine,
    GoalSheet,
    plan_loading,
)
from services.appraisal.alignment.usecases.sheets import visible_sheets
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole
from services.appraisal.cycles.domain.goal import goal_items
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases import goals
from services.appraisal.cycles.usecases.access import NoForm, NotInThisCapacity
from services.appraisal.cycles.usecases.goals import demand_state
from services.kit.database.sessions import ReadSession
from services.kit.errors import UNKNOWN, Language, Part, Text
from services.kit.files.cells import code, day, decimal, integer, prose, text
from services.kit.files.clearing import AS_IT_IS, clearable
from services.kit.files.reading import read_file
from services.kit.files.sheets import CellFault, Column, Parser, SheetForm, SheetsRefused
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value, write_workbook
from services.kit.identity import Caller
from services.kit.work.dry_runs import record_attempts
from services.kit.work.unit_of_work import UnitOfWork

MOST_FAULTS: Final = 200
_READ_ONLY: Final = Text("供阅读，导入时不读取", "for information; not read")
_REVISION: Final = Text(
    "导出时目标的版次，请勿修改；首次填写留空", "the revision of the goals that were exported; empty for the first"
)
_REASON: Final = Text("仅修改已确认的目标时填写", "only for a change of agreed goals")


def _open(header: str, name: str, parse: Parser, english: str) -> Column:
    return Column(header, name, clearable(parse), required=False, default=AS_IT_IS, english=english)


GOAL_SHEET: Final[SheetForm[Any]] = SheetForm(
    SHEET,
    (
        Column(SUBJECT, "subject_code", text(64), english="Subject code"),
        Column("考核对象", "subject_name", text(), required=False, english="Subject", hint=_READ_ONLY),
        Column(FIRST, "valid_from", day(), required=False, english="Form begins"),
        Column(ITEM, "key", code(), english="Item"),
        Column("考核项", "item_name", text(), required=False, english="Item name", hint=_READ_ONLY),
        _open(TARGET, "target", decimal(10, takes_percent=True), "Target"),
        _open(MEASURE, "measure", prose(2000), "Measure"),
        _open(SOURCE, "data_source", text(), "Data source"),
        _open(DUE, "due_on", day(), "Due on"),
        Column(REVISION, "revision", integer(), required=False, default=0, english="Goal revision", hint=_REVISION),
        Column(REASON, "reason", prose(), required=False, english="Reason", hint=_REASON),
    ),
    make=GoalLine,
    english="Goals",
)


@dataclass(frozen=True)
class GoalIntake:
    """What became of a file, or would: forms proposed for, forms as they are; faults only after a dry run."""

    proposed: int = 0
    unchanged: int = 0
    field_errors: tuple[CellFault, ...] = ()


async def take_goals(uow: UnitOfWork, *, cycle_id: UUID, data: bytes, is_csv: bool, dry_run: bool) -> GoalIntake:
    """Propose the goals of a file, form by form, on the caller's side; all of it or nothing.

    Raises:
        SheetsRefused: cell by cell what is wrong.
        NotAWorkbook, NotCsv, TooManyCells, UnpacksTooLarge, ReadersBusy: the file as a whole cannot be read.
        Stale, NotNow, NoCycle: as they say.
    """
    reading = await read_file(data, [GOAL_SHEET], is_csv=is_csv)
    lines = reading.rows(GOAL_SHEET)
    cycle = await cycle_store.shared(uow.session, cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING, CycleState.EVALUATING)
    codes = {line.value.subject_code for line in lines}
    sheets = await visible_sheets(uow.session, uow.caller, cycle, codes=codes)
    plan = plan_loading(sheets, lines)
    faults = (*reading.field_errors, *plan.faults)
    parts = _attempts(sheets, plan.faults)
    if faults and dry_run:
        await record_attempts(uow, parts)
        return GoalIntake(field_errors=faults)
    if faults:
        named = [fault.as_fault() for fault in faults[:MOST_FAULTS]]
        raise SheetsRefused(count=len(faults), field_errors=named, parts=parts)
    if not dry_run:
        for change in plan.changes:
            await goals.propose(
                uow, form_id=change.form_id, revision=change.revision, goals=change.goals, reason=change.reason
            )
    return GoalIntake(len(plan.changes), plan.unchanged)


def _attempts(sheets: Sequence[GoalSheet], faults: Sequence[CellFault]) -> list[Part]:
    """What the file says of forms that the caller may not see, or only reads."""
    refused = {fault.found for fault in faults if fault.column == SUBJECT and fault.found}
    hidden = sorted(refused - {sheet.subject_code for sheet in sheets})
    needed = FORM_ROLE_NAMES[FormRole.MANAGER]
    only_read = [sheet for sheet in sheets if sheet.side is None and sheet.subject_code in refused]
    parts = [Part(("form", UNKNOWN), NoForm(), subject) for subject in hidden]
    parts += [Part(("form", each.form_id), NotInThisCapacity(needed=needed), each.subject_code) for each in only_read]
    return parts[:MOST_FAULTS]


async def goal_workbook(session: ReadSession, *, caller: Caller, cycle_id: UUID, language: Language) -> bytes:
    """The goals of every form of a cycle that the caller may see, a row for each item that takes one.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await cycle_store.find(session, cycle_id)
    sheets = await visible_sheets(session, caller, cycle)
    name = GOAL_SHEET.name if language == "zh" else GOAL_SHEET.english_name
    content = SheetContent(name, headers(GOAL_SHEET, language), list(_rows(sheets, language)))
    return await asyncio.to_thread(write_workbook, [content])


def _rows(sheets: Sequence[GoalSheet], language: Language) -> Iterator[Sequence[Value]]:
    for sheet in sheets:
        goals = {goal.key: goal for goal in sheet.goals}
        for item in goal_items(sheet.scheme):
            goal = goals.get(item.key)
            yield (
                sheet.subject_code,
                Text(sheet.subject_name, sheet.subject_name_en).in_language(language),
                sheet.days.start,
                item.key,
                item.name.in_language(language),
                *((goal.target, goal.measure, goal.data_source, goal.due_on) if goal else (None,) * 4),
                sheet.goal_revision,
                None,
            )
