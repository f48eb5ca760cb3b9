"""Replaying a run that other rules wrote compares what it pays, and says so (INC-11)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.incentive.calculation.domain.calculation import RULES, Calculation
from services.incentive.calculation.domain.calculation_input import CalculationInput
from services.incentive.calculation.domain.line import Exclusion, Line
from services.incentive.runs.usecases import replays
from services.kit.errors import Text
from services.kit.identity import Role
from tests.builders.incentive_quarter import Quarter

pytestmark = pytest.mark.req("INC-11")


async def replayed(quarter: Quarter, language: str = "en") -> dict[str, object]:
    """What the auditor reads."""
    path = f"/v1/incentive/runs/{quarter.run_id}/replay"
    answer = await quarter.clients(Role.AUDITOR).get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    answered: dict[str, object] = answer.json()
    return answered


def reworded(line: Line) -> Line:
    """The same amount in other words, as later rules may write it."""
    return replace(line, explanation=line.explanation._replace(label=Text("新措辞", "other words")))


def better_paid(line: Line) -> Line:
    """A fen more for one person."""
    return replace(line, amount=line.amount + Decimal("0.01")) if line.number == "E002" else line


async def test_lines_by_other_rules_are_compared_by_value_and_the_answer_says_so(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await quarter.reach("calculated")
    assert run["calculation"]["rules"] == RULES
    outcome = Calculation.outcome

    def other_words(self: Calculation, calculation_input: CalculationInput) -> list[Line] | Exclusion:
        found = outcome(self, calculation_input)
        return found if isinstance(found, Exclusion) else [reworded(line) for line in found]

    monkeypatch.setattr(Calculation, "outcome", other_words)
    answered = await replayed(quarter)
    assert (answered["compared"], answered["identical"], answered["note"]) == ("bytes", False, None)
    assert answered["differing"] == ["E001", "E002", "E003", "E004"]
    monkeypatch.setattr(replays, "RULES", RULES + 1)
    answered = await replayed(quarter)
    assert (answered["compared"], answered["identical"], answered["differing"]) == ("values", True, [])
    assert (answered["rules"], answered["present_rules"]) == (RULES, RULES + 1)
    written = f"The lines were written by rules {RULES} and calculated again by rules {RULES + 1}"
    assert str(answered["note"]).startswith(written)
    assert str((await replayed(quarter, "zh"))["note"]).startswith(f"奖金明细按第 {RULES} 版规则计算")


async def test_another_amount_is_a_difference_whatever_the_rules(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quarter.reach("calculated")
    outcome = Calculation.outcome

    def better(self: Calculation, calculation_input: CalculationInput) -> list[Line] | Exclusion:
        found = outcome(self, calculation_input)
        return found if isinstance(found, Exclusion) else [better_paid(line) for line in found]

    monkeypatch.setattr(Calculation, "outcome", better)
    for present, compared in ((RULES, "bytes"), (RULES + 1, "values")):
        monkeypatch.setattr(replays, "RULES", present)
        answered = await replayed(quarter)
        assert (answered["compared"], answered["identical"], answered["differing"]) == (compared, False, ["E002"])


async def test_a_line_and_a_statement_tell_which_rules_wrote_them(quarter: Quarter) -> None:
    await quarter.reach("posted")
    clerk = quarter.clients(quarter.clerk)
    line = (await quarter.lines())["E001"]
    answered = (await clerk.get(f"/v1/incentive/runs/{quarter.run_id}/lines/{line['id']}")).json()
    assert answered["explanation"]["rules"] == RULES
    (statement, *_) = (await clerk.get("/v1/incentive/statements")).json()["items"]
    answered = (await clerk.get(f"/v1/incentive/statements/{statement['id']}")).json()
    assert answered["explanation"]["rules"] == RULES


async def test_a_run_that_was_never_calculated_has_no_lines_and_nothing_to_replay(quarter: Quarter) -> None:
    await quarter.begin()
    for what, who in (("replay", Role.AUDITOR), ("lines", Role.COMPENSATION)):
        early = await quarter.clients(who).get(f"/v1/incentive/runs/{quarter.run_id}/{what}")
        assert (early.status_code, early.json()["code"]) == (409, "input_snapshot_missing")


async def test_a_run_keeps_to_its_own_units_beside_a_later_run_that_knows_them_otherwise(quarter: Quarter) -> None:
    first = await quarter.reach("posted")
    brand = next(each.unit for each in quarter.company.people if each.unit.code == "BRAND")
    for each in list(quarter.company.people):
        if each.unit == brand:
            quarter.company.change(each.number, unit=replace(brand, name="品牌二部", grade="D"))
    path = f"/v1/incentive/runs/{quarter.run_id}"
    await quarter.next_run("2026-Q2")
    await quarter.reach("calculated")
    quarter.run_id = first["id"]
    assert (await replayed(quarter))["identical"]
    lines = await quarter.clients(quarter.clerk).get(f"{path}/lines")
    totals = await quarter.clients(quarter.clerk).get(f"{path}/totals")
    assert len(lines.json()["items"]) == first["calculation"]["lines"]
    assert sum(each["lines"] for each in totals.json()["units"]) == first["calculation"]["lines"]
    assert "品牌二部" not in lines.text + totals.text
