"""What a file makes of goals: nothing where it says what is there, and never without the other side (APR-05)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.alignment.domain.goal_loading import GoalLine, GoalSheet, carried_over, plan_loading
from services.appraisal.cycles.domain.goal import Goal, GoalState
from services.appraisal.library.domain.scheme import Scheme
from services.kit.files.clearing import AS_IT_IS
from services.kit.files.sheets import Line
from services.kit.periods import Period
from services.kit.yaml_files import read_yaml
from tests.domain.appraisal.example import scheme as example_scheme

pytestmark = pytest.mark.req("APR-05")
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))
NUMBERS = st.decimals(-(10**9), 10**9, places=2).filter(lambda number: number != 0)


def sheet(scheme: Scheme, goals: tuple[Goal, ...], **said: object) -> GoalSheet:
    plain = GoalSheet(
        UUID(int=1),
        "E101",
        *("周雨桐",) * 2,
        QUARTER,
        QUARTER,
        scheme,
        GoalState.PROPOSED,
        3,
        2,
        "superior",
        "subject",
        goals,
    )
    return replace(plain, **said)  # type: ignore[arg-type]  # fields by name


def lines(found: GoalSheet) -> list[Line[GoalLine]]:
    """What an export of these goals reads as."""
    goals = {goal.key: goal for goal in found.goals}
    made = []
    for row, item in enumerate(found.scheme.measured_items, 2):
        goal = goals.get(item.key)
        said = (goal.target, goal.measure, goal.data_source, goal.due_on) if goal else (AS_IT_IS,) * 4
        cells = [AS_IT_IS if each in {None, ""} else each for each in said]
        made.append(Line(row, GoalLine("E101", QUARTER.start, item.key, *cells, found.goal_revision, None)))  # type: ignore[arg-type]  # cells by position
    return made


SCHEME = example_scheme()
ITEMS = list(SCHEME.measured_items)


@given(st.lists(NUMBERS, min_size=len(ITEMS), max_size=len(ITEMS)), st.integers(0, len(ITEMS)))
def test_what_is_exported_changes_nothing(targets: list[Decimal], known: int) -> None:
    goals = tuple(Goal(item.key, target, "", "", None) for item, target in zip(ITEMS, targets, strict=True))[:known]
    found = sheet(SCHEME, goals)
    found = replace(found, goals=found.completed(goals))
    plan = plan_loading([found], lines(found))
    assert (plan.changes, plan.faults) == ((), ())


@given(NUMBERS, st.sampled_from(["subject", "superior", None]), st.sampled_from(GoalState))
def test_a_changed_target_is_proposed_by_a_side_of_the_agreement_only_and_with_a_reason_once_agreed(
    target: Decimal, side: str | None, state: GoalState
) -> None:
    found = sheet(SCHEME, (), side=side, state=state)
    line = Line(2, GoalLine("E101", None, ITEMS[0].key, target, AS_IT_IS, AS_IT_IS, AS_IT_IS, 2, None))
    plan = plan_loading([found], [line])
    agreed = state in {GoalState.AGREED, GoalState.AMENDING}
    assert bool(plan.changes) == (side is not None and not agreed)
    assert bool(plan.faults) != bool(plan.changes)
    if side is not None:
        why = Line(2, replace(line.value, reason="区域调整"))
        assert plan_loading([found], [why]).changes[0].goals[0].target == target


def test_only_items_that_the_scheme_measures_are_carried_over_without_their_deadlines() -> None:
    old = Goal(ITEMS[0].key, Decimal(5), "m", "s", date(2025, 12, 31))
    assert carried_over(SCHEME, [old, Goal("GONE", Decimal(1), "", "", None)]) == (replace(old, due_on=None),)


CASES: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "cases" / "goal_loading.yaml")


def row_of(number: int, said: dict[str, Any]) -> Line[GoalLine]:
    """A row of a case; what it leaves out stays as it is."""
    target = said.get("target", AS_IT_IS)
    exact = Decimal(target) if isinstance(target, str) else target
    told = (exact, AS_IT_IS, AS_IT_IS, said.get("due_on", AS_IT_IS), said.get("revision", 2), said.get("reason"))
    return Line(number, GoalLine(said.get("subject", "E101"), said.get("from"), said["key"], *told))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_what_the_rows_of_a_file_make_of_a_form(case: dict[str, Any]) -> None:
    plain = sheet(SCHEME, (), state=GoalState(case.get("state", "proposed")), side=case.get("side", "superior"))
    found = replace(plain, goals=plain.completed([Goal("higher", Decimal(100), "", "", None)]))
    plan = plan_loading([found], [row_of(number, said) for number, said in enumerate(case["rows"], 2)])
    proposed = [{goal.key: goal.target and str(goal.target) for goal in change.goals} for change in plan.changes]
    assert proposed == ([case["proposes"]] if "proposes" in case else [])
    faults = {f"{fault.row} {fault.column}": fault.expected.zh for fault in plan.faults}
    assert set(faults) == set(case.get("faults", {}))
    assert all(words in faults[cell] for cell, words in case.get("faults", {}).items())
    assert faults or plan.unchanged == case.get("unchanged", 0)
