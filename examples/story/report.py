"""How the quarter ended: a table by department, and where to look next."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from examples.story.results import results_by_number
from examples.story.stage import PERIOD, Stage
from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES
from services.kit.errors import Text
from services.kit.periods import period_in_words

DEPARTMENTS = frozenset({"company", "branch", "department"})
LAST_DAY = "2026-03-31"
SAMPLES = (
    ("林知远", Text("员工，可以看自己的考核表和奖金单", "an employee, who sees their own form and statement")),
    ("方晴", Text("人力资源，可以看全员考核表，看不到薪酬", "HR, who sees all forms and no pay")),
)


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
    whole = Department(stage.words("合计", "total"))
    period = period_in_words(PERIOD)
    print(stage.words(f"\n澄川厨电 {period.zh}（按部门）\n", f"\nChengchuan Kitchen, {period.en}, by department\n"))
    heads = stage.words("部门 人数 平均分 奖金（税前，元）", "department people mean bonus,_before_tax,_yuan").split()
    name, people, mean, amount = heads
    print(_row(name, people, mean, "S   A   B   C   D", amount.replace("_", " ")))
    for department in departments:
        _print(department)
        whole.totals += department.totals
        whole.grades += department.grades
        whole.bonus += department.bonus
    _print(whole)
    await _tell_who_has_none(stage, len(whole.totals))


def tell_where_to_look(stage: Stage) -> None:
    """Who can sign in, and where the API is described."""
    print(stage.words("\n接下来可以看", "\nWhere to look next"))
    for name, what in SAMPLES:
        login, words = stage.company.named(name), what.in_language(stage.language)
        print(
            stage.words(
                f"  以 {login} 登录，密码 {stage.password}（{name}，{words}）",
                f"  sign in as {login}, password {stage.password} ({name}, {words})",
            )
        )
    docs, calls = f"{stage.gateway.url}/docs", stage.gateway.calls
    print(
        stage.words(
            f"  接口文档 {docs}；示例共经统一入口发出 {calls} 次请求",
            f"  API documentation {docs}; the example took {calls} requests at the gateway",
        )
    )


async def _tell_who_has_none(stage: Stage, appraised: int) -> None:
    """Why the table has fewer people than the company."""
    people = len(stage.company.accounts)
    exclusions = await stage.hr.items(f"/v1/appraisal/cycles/{stage.cycle}/exclusions")
    reasons = Counter(
        EXCLUSION_NAMES[each["reason"]].in_language(stage.language)
        for each in exclusions
        if each["subject_kind"] == "employee"
    )
    why = stage.words("；", "; ").join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    print(
        stage.words(
            f"\n共 {people} 人，{appraised} 人有考核结果；其余不参加本季度考核：{why}",
            f"\n{appraised} of {people} people have a result; the others are not appraised this quarter: {why}",
        )
    )


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
