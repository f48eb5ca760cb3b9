"""How the quarter ended: a table by department, and where to look next."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from examples.story.results import results_by_number
from examples.story.stage import PERIOD, Stage
from services.kit.periods import period_in_words

DEPARTMENTS = frozenset({"company", "branch", "department"})
LAST_DAY = "2026-03-31"
SAMPLES = (("林知远", "员工，可以看自己的考核表和奖金单"), ("方晴", "人力资源，可以看全员考核表，看不到薪酬"))


@dataclass
class Department:
    """What came of the people of one department."""

    name: str
    totals: list[Decimal] = field(default_factory=list)
    grades: Counter[str] = field(default_factory=Counter)
    bonus: Decimal = Decimal(0)

    @property
    def mean(self) -> Decimal:
        return (sum(self.totals, Decimal(0)) / len(self.totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)


async def tell(stage: Stage) -> None:
    departments = await _departments(stage)
    whole = Department("合计")
    print(f"\n澄川厨电 {period_in_words(PERIOD).zh}（按部门）\n")
    print(_row("部门", "人数", "平均分", "S   A   B   C   D", "奖金（税前，元）"))
    for department in departments:
        _print(department)
        whole.totals += department.totals
        whole.grades += department.grades
        whole.bonus += department.bonus
    _print(whole)
    print("\n接下来可以看")
    for name, what in SAMPLES:
        print(f"  以 {stage.company.named(name)} 登录，密码 {stage.password}（{name}，{what}）")
    print(f"  接口文档 {stage.gateway.url}/docs；本季度共经统一入口发出 {stage.gateway.calls} 次请求")


async def _departments(stage: Stage) -> list[Department]:
    units = {unit["id"]: unit for unit in await stage.hr.items("/v1/org/units", as_of=LAST_DAY)}
    people = await stage.hr.items("/v1/org/employees", as_of=LAST_DAY)
    results = await results_by_number(stage)
    lines = await stage.finance_director.items(f"/v1/incentive/runs/{stage.run}/lines")
    amounts = {line["employee_number"]: Decimal(line["amount"]) for line in lines}
    found: dict[str, Department] = {}
    for person in people:
        result = results.get(person["number"])
        if result is None:
            continue
        unit = _department(person["main_assignment"]["unit_path"], units)
        department = found.setdefault(unit["code"], Department(unit["name"]))
        department.totals.append(Decimal(result["total"]))
        department.grades[result["grade"]] += 1
        department.bonus += amounts.get(person["number"], Decimal(0))
    return [found[code] for code in sorted(found)]


def _department(path: list[str], units: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return next(units[unit] for unit in reversed(path) if units[unit]["kind"] in DEPARTMENTS)


def _print(department: Department) -> None:
    grades = "".join(f"{department.grades[grade] or '·':<4}" for grade in "SABCD")
    print(_row(department.name, str(len(department.totals)), str(department.mean), grades, f"{department.bonus:,.2f}"))


def _row(name: str, people: str, mean: str, grades: str, bonus: str) -> str:
    return f"  {_wide(name, 16)}{_wide(people, 8)}{_wide(mean, 10)}{grades:<20}{bonus:>14}"


def _wide(text: str, width: int) -> str:
    """Pad by the columns that a terminal uses: two for a Chinese character."""
    return text + " " * max(1, width - sum(1 if letter.isascii() else 2 for letter in text))
