"""Goals for many forms at once: from the rows of a file, or the same for everybody in a position (APR-05)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.goal import Goal, GoalState, Side, check_goals, completed, goal_items
from services.appraisal.library.domain.scheme import Scheme
from services.kit.errors import Invalid, Text
from services.kit.files.clearing import Empty, kept
from services.kit.files.sheets import CellFault, Line
from services.kit.periods import Period

SHEET: Final = "目标"
SUBJECT, FIRST, ITEM, TARGET = "考核对象编码", "考核表首日", "考核项编号", "目标值"
MEASURE, SOURCE, DUE, REVISION, REASON = "衡量方式", "数据来源", "完成期限", "目标版次", "变更理由"
_COLUMNS: Final = {"key": ITEM, "target": TARGET, "due_on": DUE}
_AGREED: Final = (GoalState.AGREED, GoalState.AMENDING)


@dataclass(frozen=True)
class GoalLine:
    """A row of a file: one item's goal. ``revision`` is that of the form's goals when the file was made, 0: none.

    ``subject_name`` and ``item_name`` are for people and say nothing.
    """

    subject_code: str
    valid_from: date | None
    key: str
    target: Decimal | Empty | None
    measure: str | Empty | None
    data_source: str | Empty | None
    due_on: date | Empty | None
    revision: int
    reason: str | None
    subject_name: str | None = None
    item_name: str | None = None

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing: a row that waits to be filled in."""
        said = (self.target, self.measure, self.data_source, self.due_on)
        return all(isinstance(each, Empty) for each in said)

    def applied_to(self, goal: Goal | None) -> Goal:
        """The goal that the row makes of the present one."""
        present = goal or Goal(self.key, None, "", "", None)
        return Goal(
            key=self.key,
            target=kept(self.target, present.target),
            measure=kept(self.measure, present.measure) or "",
            data_source=kept(self.data_source, present.data_source) or "",
            due_on=kept(self.due_on, present.due_on),
        )


@dataclass(frozen=True)
class GoalSheet:
    """The goals of a form as one reader sees them. ``side`` is the reader's side in the agreement, None for those who
    only read.

    ``last_side`` made the newest proposal. ``cycle`` bounds the deadlines, ``days`` are the form's.
    """

    form_id: UUID
    subject_code: str
    subject_name: str
    subject_name_en: str
    days: Period
    cycle: Period
    scheme: Scheme
    state: GoalState
    revision: int
    goal_revision: int
    side: Side | None
    last_side: str | None
    goals: tuple[Goal, ...]

    def completed(self, goals: Sequence[Goal]) -> tuple[Goal, ...]:
        """Goals with what the indicators and the form's days say where they say nothing themselves."""
        last = self.days.last or self.days.start
        pairs = [(goal, self.scheme.item(goal.key)) for goal in goals]
        return tuple(completed(item, goal, last) if item else goal for goal, item in pairs)

    @property
    def takes_bulk(self) -> bool:
        """Whether a superior may propose here without having read: nobody has said anything, or only themselves."""
        untouched = self.state is GoalState.EMPTY
        own = self.state is GoalState.PROPOSED and self.last_side == "superior"
        return self.side == "superior" and (untouched or own)


@dataclass(frozen=True)
class GoalChange:
    """Goals to be proposed for a form, whose revision was seen."""

    form_id: UUID
    revision: int
    goals: tuple[Goal, ...]
    reason: str | None


@dataclass(frozen=True)
class LoadingPlan:
    """What a file makes of the goals: proposals, how many forms stay as they are, and every fault by its cell."""

    changes: tuple[GoalChange, ...]
    unchanged: int
    faults: tuple[CellFault, ...]


def plan_loading(sheets: Sequence[GoalSheet], lines: Sequence[Line[GoalLine]]) -> LoadingPlan:
    """What the rows of a file make of the goals of some forms; nothing where they say what is there already."""
    by_code: dict[str, list[GoalSheet]] = defaultdict(list)
    for sheet in sheets:
        by_code[sheet.subject_code].append(sheet)
    faults: list[CellFault] = []
    rows: dict[UUID, list[Line[GoalLine]]] = defaultdict(list)
    named = {sheet.form_id: sheet for sheet in sheets}
    for line in lines:
        if line.value.is_blank:
            continue
        found = _form_of(line, by_code, faults)
        if found is not None:
            rows[found.form_id].append(line)
    changes = []
    for form_id, own in rows.items():
        change = _change(named[form_id], own, faults)
        if change is not None:
            changes.append(change)
    return LoadingPlan(tuple(changes), len(rows) - len(changes), tuple(sorted(faults, key=lambda each: each.row)))


def carried_over(scheme: Scheme, earlier: Sequence[Goal]) -> tuple[Goal, ...]:
    """The goals of an earlier cycle for the items that this scheme also measures, with new deadlines."""
    keys = {item.key for item in goal_items(scheme)}
    return tuple(
        Goal(goal.key, goal.target, goal.measure, goal.data_source, None) for goal in earlier if goal.key in keys
    )


def _form_of(
    line: Line[GoalLine], by_code: Mapping[str, Sequence[GoalSheet]], faults: list[CellFault]
) -> GoalSheet | None:
    value = line.value
    known = by_code.get(value.subject_code, ())
    if not known:
        expected = Text("本周期内您可查看的考核对象", "a subject of the cycle whose form you may see")
        faults.append(CellFault(SHEET, line.row, SUBJECT, value.subject_code, expected))
        return None
    fitting = [sheet for sheet in known if value.valid_from in (None, sheet.days.start)]
    if len(fitting) != 1:
        days = [str(sheet.days.start) for sheet in known]
        expected = Text(f"以下之一：{'、'.join(days)}", f"one of {', '.join(days)}")
        found = None if value.valid_from is None else str(value.valid_from)
        faults.append(CellFault(SHEET, line.row, FIRST, found, expected))
        return None
    return fitting[0]


def _change(sheet: GoalSheet, lines: Sequence[Line[GoalLine]], faults: list[CellFault]) -> GoalChange | None:
    known = len(faults)
    goals = {goal.key: goal for goal in sheet.goals}
    seen: dict[str, int] = {}
    for line in lines:
        value = line.value
        faults += _row_faults(sheet, line, seen)
        seen.setdefault(value.key, line.row)
        goals[value.key] = value.applied_to(goals.get(value.key))
        faults += _goal_faults(sheet, line, goals[value.key])
    wanted = sheet.completed(tuple(goals.values()))
    if wanted == sheet.goals:  # the same file again changes nothing, whichever revision it was made for
        return None
    faults += _stale(sheet, lines)
    if len(faults) > known:
        return None
    reason = next((line.value.reason for line in lines if line.value.reason), None)
    first = lines[0]
    if sheet.side is None:
        expected = Text(
            "由您（本人或直接上级）商定目标的考核表", "a form on whose goals you agree, as subject or manager"
        )
        faults.append(CellFault(SHEET, first.row, SUBJECT, first.value.subject_code, expected))
    elif sheet.state in _AGREED and reason is None:
        faults.append(CellFault(SHEET, first.row, REASON, None, Text("必填：目标已确认", "required: goals are agreed")))
    return None if len(faults) > known else GoalChange(sheet.form_id, sheet.revision, wanted, reason)


def _row_faults(sheet: GoalSheet, line: Line[GoalLine], seen: Mapping[str, int]) -> list[CellFault]:
    found = []
    value = line.value
    if value.key in seen:
        expected = Text(f"不与第 {seen[value.key]} 行重复", f"not the same as row {seen[value.key]}")
        found.append(CellFault(SHEET, line.row, ITEM, value.key, expected))
    return found


def _stale(sheet: GoalSheet, lines: Sequence[Line[GoalLine]]) -> list[CellFault]:
    """The rows made for other goals than those of today."""
    now = sheet.goal_revision
    expected = Text(f"{now}：目标已有变动，请重新导出", f"{now}: the goals have changed, export them again")
    return [
        CellFault(SHEET, line.row, REVISION, str(line.value.revision), expected)
        for line in lines
        if line.value.revision != now
    ]


def _goal_faults(sheet: GoalSheet, line: Line[GoalLine], goal: Goal) -> list[CellFault]:
    try:
        check_goals(sheet.scheme, [goal], sheet.cycle)
    except Invalid as refused:
        return [
            CellFault(SHEET, line.row, _COLUMNS[fault.pointer.rsplit("/", 1)[-1]], fault.found, fault.expected)
            for fault in refused.field_errors
        ]
    return []
