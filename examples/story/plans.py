"""The plans that pay what is owed for one occasion, as the incentive service takes them."""

from collections import defaultdict
from typing import Any

from examples.story.files import Company

FROM = "2026-01-01"
NAMES = {
    "special_award": ("专项奖励方案", "Special awards"),
    "referral_bonus": ("伯乐奖方案", "Referral bonus"),
    "team_pool": ("团队奖金池方案", "Team pool"),
}
AWARDS = {"NEW-MARKET": ("开拓新市场", "New market opened")}
GRADES = frozenset("SABCD")


def claim_plans(company: Company) -> list[dict[str, Any]]:
    """In the order of the file."""
    given: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in company.rows("later_plans"):
        given[row["方案编码"], row["规则"]][row["参数"]] = row["数值"]
    return [_plan(code, kind, values) for (code, kind), values in given.items()]


def _plan(code: str, kind: str, values: dict[str, str]) -> dict[str, Any]:
    name, name_en = NAMES[kind]
    body: dict[str, Any] = {"code": code, "name": name, "name_en": name_en, "valid_from": FROM}
    if kind == "special_award":
        awards = [_award(rule, amount) for rule, amount in values.items()]
        return body | {"rule": {"kind": kind, "awards": awards}}
    if kind == "team_pool":
        grades = {grade: value for grade, value in values.items() if grade in GRADES}
        others = {name: value for name, value in values.items() if name not in GRADES}
        # the company appraises by quarters: the grades of a cycle within the year weigh
        policy = {"cycle": "within_period"}
        return body | {"rule": {"kind": kind, **others, "grade_coefficients": grades}, "policy": policy}
    return body | {"rule": {"kind": kind, **values}}


def _award(rule: str, amount: str) -> dict[str, Any]:
    name, name_en = AWARDS[rule]
    return {"code": rule, "name": name, "name_en": name_en, "amount": amount}
