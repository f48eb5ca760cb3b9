"""Several measurements of a period become one actual, and the explanation has a step that says how (APR-01, APR-11)."""

from datetime import date
from decimal import Decimal

import pytest

from services.appraisal.library.domain.scheme import Aggregation
from services.appraisal.scoring.domain.actual import aggregate, aggregation_step
from services.appraisal.scoring.domain.form_score import score_form
from services.appraisal.scoring.domain.inputs import ItemInputs, Known
from tests.domain.appraisal.test_forms import inputs, scheme

pytestmark = pytest.mark.req("APR-01", "APR-11")


def measured(*values: str) -> tuple[Known, ...]:
    """Measurements in order of days."""
    return tuple(Known(Decimal(value), f"measurement:{place}", date(2026, 1, 31)) for place, value in enumerate(values))


@pytest.mark.parametrize(
    ("aggregation", "values", "formula", "value"),
    [
        (Aggregation.SUM, ("494", "473", "400"), "494 + 473 + 400", "1367"),
        (Aggregation.MEAN, ("167.22", "165.12", "170.43"), "(167.22 + 165.12 + 170.43) ÷ 3", "167.59"),
        (Aggregation.MEAN, ("1", "1", "2"), "(1 + 1 + 2) ÷ 3", "≈1.333333"),
        (Aggregation.LAST, ("112", "114", "116.3"), "112; 114; 116.3", "116.3"),
        (Aggregation.MAX, ("3", "5", "4"), "3; 5; 4", "5"),
        (Aggregation.MIN, ("3", "-5", "4"), "3; (-5); 4", "-5"),
        (Aggregation.SUM, tuple(map(str, range(1, 14))), "1 + 2 + 3 + … + 11 + 12 + 13", "91"),
    ],
)
def test_the_step_shows_the_measurements_and_what_they_make(
    aggregation: Aggregation, values: tuple[str, ...], formula: str, value: str
) -> None:
    known = measured(*values)
    step = aggregation_step(aggregation, known, aggregate(aggregation, known))
    assert step is not None
    assert (step.rule, step.formula, step.value) == ("aggregation", formula, value)


def test_the_step_is_named_by_the_way_in_both_languages() -> None:
    known = measured("1", "3")
    step = aggregation_step(Aggregation.MEAN, known, aggregate(Aggregation.MEAN, known))
    assert step is not None
    assert (step.label.zh, step.label.en) == ("本期实绩（平均）", "actual of the period (mean)")


def test_a_form_shows_the_step_under_its_item_and_none_where_there_is_one_measurement() -> None:
    known = inputs()
    sales = ItemInputs(known.items["sales"].target, measured("2000000", "310000"))
    [work, _] = score_form(scheme(), inputs(items={**known.items, "sales": sales})).step.steps
    assert [[each.formula for each in scored.steps] for scored in work.steps[:3]] == [["2000000 + 310000"], [], []]
