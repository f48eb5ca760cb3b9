"""Units of the organisation (ORG-01)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.kit.errors import Text


class UnitKind(StrEnum):
    """The kind of a unit."""

    GROUP = "group"
    COMPANY = "company"
    BRANCH = "branch"
    DEPARTMENT = "department"
    TEAM = "team"
    PROJECT_TEAM = "project_team"


UNIT_KIND_NAMES = {
    UnitKind.GROUP: Text("集团", "group"),
    UnitKind.COMPANY: Text("公司", "company"),
    UnitKind.BRANCH: Text("分公司", "branch"),
    UnitKind.DEPARTMENT: Text("部门", "department"),
    UnitKind.TEAM: Text("团队", "team"),
    UnitKind.PROJECT_TEAM: Text("项目组", "project team"),
}


SUCCESSION_KIND_NAMES = {"merge": Text("合并", "merger"), "split": Text("拆分", "split")}


@dataclass(frozen=True)
class UnitFacts:
    """What is true of a unit over some days. ``special`` marks units that may have rules of their own (ORG-06)."""

    name: str
    name_en: str
    kind: UnitKind
    parent_id: UUID | None
    head_position_id: UUID | None = None
    special: bool = False


@dataclass(frozen=True)
class UnitVersion:
    """What is true of a unit on its days, with the names of the unit above and of the head position."""

    name: str
    name_en: str
    kind: UnitKind
    parent_id: UUID | None
    parent_name: str | None
    parent_name_en: str | None
    head_position_id: UUID | None
    head_position_code: str | None
    head_position_title: str | None
    head_position_title_en: str | None
    special: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class UnitAsOf(UnitVersion):
    """A unit as of a day. ``path`` is the ids from the root to the unit; all this holds on its days."""

    id: UUID
    code: str
    revision: int
    path: list[UUID]
