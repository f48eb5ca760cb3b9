"""What was paid after the quarter: a line for each person, and why, as their own statement says it."""

from decimal import Decimal
from typing import Any

from examples.story.gateway import together
from examples.story.stage import Stage

RUNS, STATEMENTS = "/v1/incentive/runs", "/v1/incentive/my/statements"
SHOWN = 5  # so many lines of a statement's explanation are printed


async def tell_lines(stage: Stage, runs: list[str]) -> None:
    """Every line of the runs; everybody reads their statement, and what says why is printed where it tells news."""
    print(stage.words("\n季度之后（税前，元）", "\nAfter the quarter, before tax, yuan"))
    for run in runs:
        plan = await stage.finance_director.get(f"{RUNS}/{run}")
        print(f"\n  {stage.words(plan['plan_name'], plan['plan_name_en'])}")
        lines = await stage.finance_director.items(f"{RUNS}/{run}/lines")
        lines.sort(key=lambda line: line["employee_number"])
        statements = await together(_statement(stage, run, line["employee_number"]) for line in lines)
        for place, (line, statement) in enumerate(zip(lines, statements, strict=True)):
            print(f"    {line['employee_number']} {line['employee_name']}  {Decimal(statement['amount']):,.2f}")
            if place == 0 or line["posted_before"] != "0.00":
                for row in statement["explanation"]["narration"][:SHOWN]:
                    print(f"        {row}")


async def _statement(stage: Stage, run: str, number: str) -> dict[str, Any]:
    """The statement of a run as the person reads it."""
    person = stage.by_number(number)
    own = next(each for each in await person.items(STATEMENTS) if each["run_id"] == run)
    read: dict[str, Any] = await person.get(f"/v1/incentive/statements/{own['id']}")
    return read
