"""How the quarter ended: a table by department, and where to look next."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from examples.story.results import results_by_number
from examples.story.stage import PERIOD, Stage

DEPARTMENTS = frozenset({"company", "branch", "department"})
LAST_DAY = "2026-03-31"
SAMPLES = (("林知远", "an employee: her own sheet and statement"), ("方晴", "HR: everybody's sheets, nobody's pay"))


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
    print(f"\n{PERIOD} of 澄川厨电 by department\n")
    print(_row("部门", "人数", "平均分", "S   A   B   C   D", "奖金（元）"))
    for department in departments:
        _print(department)
        whole.totals += department.totals
        whole.grades += department.grades
        whole.bonus += department.bonus
    _print(whole)
    print("\nWhere to look next")
    for name, what in SAMPLES:
        print(f"  sign in as {stage.company.named(name)} with {stage.password} ({name}, {what})")
    print(
        f"  read {stage.gateway.url}/docs; the quarter took {stage.gateway.calls} requests, all of them through there"
    )


async def _departments(stage: Stage) -> list[Department]:
    units = {unit["id"]: unit for unit in await stage.hr.items("/v1/org/units", as_of=LAST_DAY)}
    people = await stage.hr.items("/v1/org/employees", as_of=LAST_DAY)
    results = await results_by_number(stage)
    lines = await stage.finance_director.items(f"/v1/incentive/runs/{stage.run}/lines")
    amounts = {line["number"]: Decimal(line["amount"]) for line in lines}
    found: dict[str, Department] = {}
    for person in people:
        result = results.get(person["number"])
        if result is None:
            continue
        unit = _department(person["main_seat"]["unit_path"], units)
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
