"""Good request bodies for appraisal's tests, with changes by keyword."""

from collections.abc import Sequence
from typing import Any

SALES = {"code": "S01", "name": "销售额", "rule": {"kind": "higher_is_better"}}
EXPENSE = {"code": "S03", "name": "费用率", "aggregation": "mean", "rule": {"kind": "lower_is_better"}}
JUDGED = {"code": "J01", "name": "协作", "nature": "qualitative", "rule": {"kind": "manual_score", "maximum": "5"}}
FEEDBACK = {"code": "X01", "name": "360 度评价", "nature": "qualitative", "rule": {"kind": "multi_rater"}}


def indicator(**given: Any) -> dict[str, Any]:
    """A good body of POST indicators, with changes."""
    body = {
        "code": "S01",
        "name": "销售额",
        "name_en": f"name of {given.get('code', 'S01')}",
        "definition": "as the finance handbook says",
        "unit": "元",
        "unit_en": "yuan",
        "data_source": "CRM",
        "collection": "quarter",
        "rule": {"kind": "higher_is_better"},
    }
    return {**body, **given}


def section(key: str, weight: str, *items: tuple[str, str], questions: Sequence[str] = ()) -> dict[str, Any]:
    """A section with items (indicator, weight); questions go to X01."""
    share = f"{100 // max(1, len(questions))}"
    asked = [{"key": key, "text": f"question {key}", "weight": share, "maximum": "5"} for key in questions]
    return {
        "key": key,
        "name": f"部分{key}",
        "name_en": f"section {key}",
        "weight": weight,
        "items": [
            {"indicator": code, "weight": w, **({"questions": asked} if code == "X01" else {})} for code, w in items
        ],
    }


def scheme(code: str = "QE-REP", *positions: str, **given: Any) -> dict[str, Any]:
    """A good body of POST schemes: work 70 of two measured items, conduct 10 judged, feedback 20."""
    body = {
        "code": code,
        "name": f"方案 {code}",
        "name_en": f"scheme {code}",
        "subject_kind": "employee",
        "frequency": "quarter",
        "valid_from": "2026-01-01",
        "positions": list(positions or ("REP",)),
        "sections": [
            section("work", "70", ("S01", "60"), ("S03", "40")),
            section("conduct", "10", ("J01", "100")),
            section("feedback", "20", ("X01", "100"), questions=("Q1", "Q2")),
        ],
    }
    return {**body, **given}


def measurement(code: str, key: str, value: str, day: str = "2026-03-31", **given: Any) -> dict[str, Any]:
    """A good measurement line."""
    body = {
        "subject_kind": "employee",
        "subject_code": code,
        "indicator": key,
        "value": value,
        "measured_on": day,
        "source": "CRM",
        "external_id": f"{code}-{key}-{day}",
    }
    return {**body, **given}
