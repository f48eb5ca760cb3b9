"""The company's files as the story needs them: sign-ins, goals, marks, decisions; nothing is decided here."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from examples.reading import Row, sheet, table

BASIC = "员工"  # who is an employee needs no assignment for it
ROLES = {
    "人力资源": "hr",
    "薪酬管理": "compensation",
    "财务": "finance",
    "高管": "executive",
    "人才发展委员会": "talent",
    "审计": "auditor",
}
RELATIONS = {"上级": "superior", "同级": "peer", "下级": "subordinate", "本人": "self"}
SUBJECTS = {"员工": "employee", "单元": "unit", "供应商": "supplier"}

SUPPLIER_SHEETS = ("供应商", "框架协议", "服务标准", "价格", "违约责任", "评级依据")


@dataclass(frozen=True)
class Account:
    """A sign-in with its roles; `number` is None for who is no employee."""

    login: str
    number: str | None
    role_assignments: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Goals:
    """Goals of one sheet: what was first proposed, and what was agreed, by indicator code."""

    first: dict[str, str]
    agreed: dict[str, str]
    deadline: str


@dataclass(frozen=True)
class RatedSheet:
    """What one rater entered about one sheet."""

    relation: str
    marks: dict[str, str]
    comment: str


class Company:
    """The folder, read once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units = sheet(folder / "organisation.xlsx", "单元")
        employees = sheet(folder / "organisation.xlsx", "员工")
        self.names = {row["工号"]: row["姓名"] for row in employees}
        self._probation = {row["工号"]: date.fromisoformat(row["试用期截止"]) for row in employees if row["试用期截止"]}
        self.accounts = _accounts(table(folder / "accounts.csv"))
        self.login_of = {account.number: account.login for account in self.accounts if account.number}
        self.goals = _goals(sheet(folder / "targets.xlsx", "目标"))
        titles = {row["岗位编码"]: row["岗位名称"] for row in sheet(folder / "organisation.xlsx", "岗位")}
        self.marks = _marks(table(folder / "marks.csv"), titles)
        self.calibration = table(folder / "calibration.csv")
        self.appeals = table(folder / "appeals.csv")
        self.plan = table(folder / "bonus_plan.csv")
        self.suppliers = {name: sheet(folder / "suppliers.xlsx", name) for name in SUPPLIER_SHEETS}

    @property
    def root(self) -> str:
        """The code of the topmost unit."""
        return next(row["单元编码"] for row in self.units if not row["上级单元编码"])

    def on_probation(self, day: date) -> list[str]:
        """The numbers of those whose probation ends in the month after ``day``."""
        soon = range(day.toordinal(), day.toordinal() + 31)
        return [number for number, until in self._probation.items() if until.toordinal() in soon]

    def named(self, name: str) -> str:
        """The login of a person by name."""
        return self.login_of[self.number_of(name)]

    def number_of(self, name: str) -> str:
        """The employee number of a person by name."""
        return next(number for number, known in self.names.items() if known == name)

    def organisation(self) -> bytes:
        return (self.folder / "organisation.xlsx").read_bytes()

    def actuals(self, name: str) -> bytes:
        """One file of actuals ("2026-01", "late"), as it is handed in."""
        return (self.folder / f"actuals-{name}.csv").read_bytes()

    def pay(self, *, only: str | None = None, without: Collection[str] = ()) -> bytes:
        """The pay file: all of it, the rows of one employee number, or those of all but some."""
        header, *rows = (self.folder / "pay.csv").read_text(encoding="utf-8-sig").splitlines()
        kept = [row for row in rows if row.split(",")[0] not in without and only in {None, row.split(",")[0]}]
        return "\n".join((header, *kept)).encode("utf-8-sig")

    def late_pay(self) -> bytes:
        """Terms of pay that were entered after the bonuses were posted."""
        return (self.folder / "pay-late.csv").read_bytes()

    def rows(self, name: str) -> list[Row]:
        """A file of what comes after the quarter: corrections, awards, referrals and the like."""
        return table(self.folder / f"{name}.csv")

    def bonus_plan(self) -> dict[str, Any]:
        """The plan as the incentive service takes it."""
        value = {(row["类别"], row["项目"]): row["数值"] for row in self.plan}
        own = {item: number for (kind, item), number in value.items() if kind == "个人系数"}
        unit = {item: number for (kind, item), number in value.items() if kind == "部门系数" and item != "无"}
        return {
            "code": value["方案", "编码"],
            "name": value["方案", "名称"],
            "name_en": value["方案", "英文名称"],
            "valid_from": value["方案", "生效日期"],
            "rule": {"kind": "quarterly_bonus", "months": value["方案", "月数"]},
            "policy": {
                "grade_coefficients": own,
                "unit_coefficients": unit,
                "unit_without_result": value["部门系数", "无"],
                "company_coefficient": value["公司系数", "公司"],
                "eligibility": {
                    "probation": {"不计": "excluded", "计": "included"}[value["计奖资格", "试用期"]],
                    "leavers": {"不计": "none", "按天": "prorated"}[value["计奖资格", "离职"]],
                    "minimum_days": int(value["计奖资格", "最少天数"]),
                },
            },
        }


def _accounts(rows: list[Row]) -> list[Account]:
    roles: dict[tuple[str, str], list[tuple[str, str | None]]] = defaultdict(list)
    for row in rows:
        own = roles[row["登录名"], row["工号"]]
        if row["角色"] != BASIC:
            own.append((ROLES[row["角色"]], row["范围单元编码"] or None))
    return [Account(login, number or None, tuple(own)) for (login, number), own in roles.items()]


def _goals(rows: list[Row]) -> dict[tuple[str, str], Goals]:
    """By subject code and position code (empty for a unit)."""
    found: dict[tuple[str, str], Goals] = {}
    for row in rows:
        goals = found.setdefault((row["对象编码"], row["岗位编码"]), Goals({}, {}, row["完成期限"]))
        goals.first[row["指标编码"]] = row["初始目标值"]
        goals.agreed[row["指标编码"]] = row["确认目标值"]
    return found


def _marks(rows: list[Row], titles: dict[str, str]) -> dict[tuple[str, str, str], RatedSheet]:
    """By rater's number, rated number and title of the rated position."""
    marks: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    relations: dict[tuple[str, str, str], str] = {}
    comments: dict[tuple[str, str, str], str] = {}
    for row in rows:
        key = (row["评价人"], row["被评人"], titles[row["岗位编码"]])
        marks[key][row["题目或项目"].rpartition("/")[2]] = row["分数"]
        relations[key] = RELATIONS[row["关系"]]
        comments[key] = comments.get(key) or row["评语"]
    return {key: RatedSheet(relations[key], own, comments[key]) for key, own in marks.items()}
