"""The four sheets of the organisation as HR offices keep them (ORG-14)."""

from collections.abc import Mapping
from typing import Any

from services.kit.spreadsheet_cells import choice, code, day, integer, prose, text, yes_no
from services.kit.spreadsheets import Column, SheetForm
from services.org.exchange.domain import assignment_import, people_import, structure_import
from services.org.exchange.domain.roster import (
    ASSIGNMENTS,
    EMPLOYEES,
    POSITIONS,
    UNITS,
    AssignmentLine,
    EmployeeLine,
    PositionLine,
    UnitLine,
)
from services.org.structure.domain.occupancy import ASSIGNMENT_KIND_NAMES
from services.org.structure.domain.position import TRACK_NAMES
from services.org.structure.domain.unit import UNIT_KIND_NAMES

_GRADE_LENGTH = 16

UNIT_SHEET = SheetForm(
    UNITS,
    (
        Column("单元编码", "code", code()),
        Column("单元名称", "name", text()),
        Column("英文名称", "name_en", text(), required=False),
        Column("类型", "kind", choice({name.zh: kind for kind, name in UNIT_KIND_NAMES.items()})),
        Column(structure_import.PARENT, "parent", code(), required=False),
        Column(structure_import.HEAD, "head", code(), required=False),
        Column("特殊单元", "special", yes_no(), required=False, default=False),
        Column(structure_import.FIRST, "first", day()),
        Column(structure_import.LAST, "last", day(), required=False),
    ),
    UnitLine,
    optional=True,
)

POSITION_SHEET = SheetForm(
    POSITIONS,
    (
        Column("岗位编码", "code", code()),
        Column("岗位名称", "title", text()),
        Column("英文名称", "title_en", text(), required=False),
        Column(structure_import.UNIT, "unit", code()),
        Column("序列", "track", choice({name.zh: track for track, name in TRACK_NAMES.items()})),
        Column("职级", "grade", text(_GRADE_LENGTH)),
        Column(structure_import.HEADCOUNT, "headcount", integer(0, 100_000)),
        Column(structure_import.SUPERIOR, "reports_to", code(), required=False),
        Column(structure_import.FIRST, "first", day()),
        Column(structure_import.LAST, "last", day(), required=False),
    ),
    PositionLine,
    optional=True,
)

EMPLOYEE_SHEET = SheetForm(
    EMPLOYEES,
    (
        Column(people_import.NUMBER, "number", code()),
        Column(people_import.NAME, "name", text()),
        Column("邮箱", "email", text(), required=False),
        Column(people_import.HIRED, "first", day()),
        Column(people_import.PROBATION, "probation_until", day(), required=False),
        Column(people_import.LEFT, "last", day(), required=False),
    ),
    EmployeeLine,
    optional=True,
)

ASSIGNMENT_SHEET = SheetForm(
    ASSIGNMENTS,
    (
        Column(people_import.NUMBER, "number", code()),
        Column(assignment_import.POSITION, "position", code()),
        Column(assignment_import.KIND, "kind", choice({name.zh: kind for kind, name in ASSIGNMENT_KIND_NAMES.items()})),
        Column(assignment_import.FIRST, "first", day()),
        Column(assignment_import.LAST, "last", day(), required=False),
        Column("说明", "note", prose(), required=False),
    ),
    AssignmentLine,
    optional=True,
)

SHEETS: Mapping[str, SheetForm[Any]] = {
    "units": UNIT_SHEET,
    "positions": POSITION_SHEET,
    "employees": EMPLOYEE_SHEET,
    "assignments": ASSIGNMENT_SHEET,
}
