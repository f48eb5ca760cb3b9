"""The four sheets of the organisation as HR offices keep them (ORG-14)."""

from collections.abc import Mapping
from typing import Any

from services.kit.files.cells import code, day, integer, labelled, matching, prose, text, yes_no
from services.kit.files.clearing import AS_IT_IS, clearable
from services.kit.files.sheets import Column, SheetForm
from services.kit.patterns import EMAIL, NO_SPACES
from services.org.exchange.domain import people_import, structure_import
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
        Column("单元编码", "code", code(), english="Unit code"),
        Column("单元名称", "name", text(), english="Unit name"),
        Column("英文名称", "name_en", clearable(text()), required=False, default=AS_IT_IS, english="English name"),
        Column("类型", "kind", labelled(UNIT_KIND_NAMES), english="Kind"),
        Column(
            structure_import.PARENT,
            "parent",
            clearable(code()),
            required=False,
            default=AS_IT_IS,
            english="Parent unit",
        ),
        Column(
            structure_import.HEAD, "head", clearable(code()), required=False, default=AS_IT_IS, english="Head position"
        ),
        Column("特殊单元", "special", yes_no(), required=False, default=AS_IT_IS, english="Special unit"),
        Column(structure_import.FIRST, "first", day(), english="Valid from"),
        Column(structure_import.LAST, "last", clearable(day()), required=False, default=AS_IT_IS, english="Valid to"),
    ),
    UnitLine,
    optional=True,
    english="Units",
)

POSITION_SHEET = SheetForm(
    POSITIONS,
    (
        Column("岗位编码", "code", code(), english="Position code"),
        Column("岗位名称", "title", text(), english="Position title"),
        Column("英文名称", "title_en", clearable(text()), required=False, default=AS_IT_IS, english="English name"),
        Column(structure_import.UNIT, "unit", code(), english="Unit code"),
        Column("序列", "track", labelled(TRACK_NAMES), english="Track"),
        Column("职级", "grade", matching(NO_SPACES, _GRADE_LENGTH), english="Grade"),
        Column(structure_import.HEADCOUNT, "headcount", integer(0, 100_000), english="Headcount"),
        Column(
            structure_import.SUPERIOR,
            "reports_to",
            clearable(code()),
            required=False,
            default=AS_IT_IS,
            english="Reports to",
        ),
        Column(structure_import.FIRST, "first", day(), english="Valid from"),
        Column(structure_import.LAST, "last", clearable(day()), required=False, default=AS_IT_IS, english="Valid to"),
        Column("核心人才岗位", "core_talent", yes_no(), required=False, default=AS_IT_IS, english="Core talent"),
    ),
    PositionLine,
    optional=True,
    english="Positions",
)

EMPLOYEE_SHEET = SheetForm(
    EMPLOYEES,
    (
        Column(people_import.NUMBER, "number", code(), english="Employee number"),
        Column(people_import.NAME, "name", text(), english="Name"),
        Column("邮箱", "email", clearable(matching(EMAIL)), required=False, default=AS_IT_IS, english="Email"),
        Column(people_import.HIRED, "first", day(), english="Hired on"),
        Column(
            people_import.PROBATION,
            "probation_until",
            clearable(day()),
            required=False,
            default=AS_IT_IS,
            english="Probation until",
        ),
        Column(people_import.LEFT, "last", clearable(day()), required=False, default=AS_IT_IS, english="Left on"),
    ),
    EmployeeLine,
    optional=True,
    english="Employees",
)

ASSIGNMENT_SHEET = SheetForm(
    ASSIGNMENTS,
    (
        Column(people_import.NUMBER, "number", code(), english="Employee number"),
        Column(people_import.POSITION, "position", code(), english="Position code"),
        Column(people_import.KIND, "kind", labelled(ASSIGNMENT_KIND_NAMES), english="Assignment kind"),
        Column(people_import.FIRST, "first", day(), english="First day"),
        Column(people_import.LAST, "last", clearable(day()), required=False, default=AS_IT_IS, english="Last day"),
        Column("说明", "note", clearable(prose()), required=False, default=AS_IT_IS, english="Note"),
    ),
    AssignmentLine,
    optional=True,
    english="Assignments",
)

SHEETS: Mapping[str, SheetForm[Any]] = {
    "units": UNIT_SHEET,
    "positions": POSITION_SHEET,
    "employees": EMPLOYEE_SHEET,
    "assignments": ASSIGNMENT_SHEET,
}
