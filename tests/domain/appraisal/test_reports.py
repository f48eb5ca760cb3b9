"""Counts by unit: nothing that is hidden follows from what is shown (APR-20, design §7)."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.library.domain.attainment import Unattained
from services.appraisal.library.domain.indicators import Deduction, HigherIsBetter, LowerIsBetter, Rule
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.reports.domain.comparison import CardLine, Comparison, Tally, compare, perspectives, weights_of
from services.appraisal.reports.domain.unit_rows import LEAST_SHOWN, PEOPLE, Counts, Unit, UnitRow, unit_rows
from services.kit.errors import Text

pytestmark = pytest.mark.req("APR-20")
SIZES = st.lists(st.tuples(st.lists(st.integers(1, 3), max_size=3), st.integers(0, 5)), max_size=14)


def organisation(drawn: list[tuple[list[int], int]]) -> tuple[list[Unit], dict[UUID, Counts]]:
    """Units named by the way to them, with so many people directly in each."""
    counts: Counter[tuple[int, ...]] = Counter({(): 0})
    for steps, people in drawn:
        for n in range(len(steps) + 1):
            counts[tuple(steps[:n])] += people if n == len(steps) else 0

    def key(way: tuple[int, ...]) -> UUID:
        return UUID(int=int("1" + "".join(map(str, way))))

    units = [
        Unit(key(way), "".join(map(str, way)) or "0", "n", tuple(key(way[:n]) for n in range(len(way) + 1)))
        for way in counts
    ]
    return units, {key(way): Counter({PEOPLE: people}) for way, people in counts.items() if people}


def everything_shown(units: list[Unit], counts: dict[UUID, Counts]) -> list[frozenset[UUID]]:
    """The sets of units whose people are counted together in one line of some report, as anybody could work out."""
    shown: set[frozenset[UUID]] = set()
    for top in (None, *(unit.id for unit in units)):
        rows = unit_rows(units, counts, top=top)
        assert rows is not None
        whole = _members(rows.whole, units)
        if rows.whole.counts is None:
            assert not rows.parts
            continue
        shown.add(whole)
        parts = [_members(part, units) for part in rows.parts if part.counts is not None and part.kind != "merged"]
        shown |= set(parts)
        if any(part.kind == "merged" for part in rows.parts):
            shown.add(whole - frozenset().union(*parts))
    return [each for each in shown if each]


def _members(row: UnitRow, units: list[Unit]) -> frozenset[UUID]:
    if row.kind == "direct":
        assert row.unit_id is not None
        return frozenset({row.unit_id})
    return frozenset(unit.id for unit in units if row.unit_id is None or row.unit_id in unit.path)


@given(SIZES)
def test_no_line_and_no_difference_of_lines_is_about_one_or_two_people(drawn: list[tuple[list[int], int]]) -> None:
    units, counts = organisation(drawn)

    def people(group: frozenset[UUID]) -> int:
        return sum(counts[unit][PEOPLE] for unit in group if unit in counts)

    groups = everything_shown(units, counts)
    for group in groups:
        assert not 0 < people(group) < LEAST_SHOWN
    for outer, inner in combinations(sorted(groups, key=len, reverse=True), 2):
        if inner < outer:
            assert not 0 < people(outer - inner) < LEAST_SHOWN
    for outer in groups:  # and what a whole leaves when all that is shown of it is taken away
        inside = [each for each in groups if each < outer]
        left = outer - frozenset().union(*inside) if inside else outer
        assert not 0 < people(left) < LEAST_SHOWN


@pytest.mark.parametrize("minimum", [0, LEAST_SHOWN])
def test_the_whole_is_broken_down_where_the_organisation_first_branches(minimum: int) -> None:
    group, company, sales, brand = (UUID(int=number) for number in range(1, 5))
    units = [
        Unit(group, "G00", "集团", (group,)),
        Unit(company, "C10", "公司", (group, company)),
        Unit(sales, "D12", "销售部", (group, company, sales)),
        Unit(brand, "D17", "品牌部", (group, company, brand)),
    ]
    people = {group: 1, company: 4, sales: 5, brand: 6}
    counts = {unit: Counter({PEOPLE: number}) for unit, number in people.items()}
    rows = unit_rows(units, counts, top=None, minimum=minimum)
    assert rows is not None
    shown = {part.code: part.counts[PEOPLE] for part in rows.parts if part.counts and part.kind == "unit"}
    assert sum(part.counts[PEOPLE] for part in rows.parts if part.counts) == 16
    assert shown == {"D12": 5, "D17": 6}


@given(SIZES)
def test_the_parts_of_a_shown_unit_add_up_to_it(drawn: list[tuple[list[int], int]]) -> None:
    units, counts = organisation(drawn)
    for unit in units:
        rows = unit_rows(units, counts, top=unit.id)
        assert rows is not None
        if rows.whole.counts is not None and rows.parts:
            assert sum(part.counts.get(PEOPLE, 0) for part in rows.parts if part.counts) == rows.whole.counts[PEOPLE]


def test_there_are_no_rows_of_a_unit_that_nobody_knows() -> None:
    assert unit_rows([], {}, top=UUID(int=1)) is None
    empty = unit_rows([], {}, top=None)
    assert empty is not None
    assert empty.whole.counts == {}
    assert not empty.parts


@pytest.mark.parametrize(
    ("rule", "actual", "target", "attainment"),
    [
        (HigherIsBetter(), "2310000", "2000000", "115.50"),
        (LowerIsBetter(), "8.6", "8", "92.50"),
        (HigherIsBetter(), "-80", "-100", "120.00"),
        (HigherIsBetter(), "5", "0", None),
        (Deduction(k=Decimal(2)), "5", "3", None),
    ],
)
def test_attainment_follows_the_rule_of_the_indicator(
    rule: Rule, actual: str, target: str, attainment: str | None
) -> None:
    a, t = Fraction(actual), Fraction(target)
    tally = Tally(UUID(int=1), "S01", 3, 3, 3, Decimal(120), a, a, t)
    assert compare(tally, rule, SubjectKind.EMPLOYEE).attainment == (attainment and Decimal(attainment))


def test_fewer_than_three_people_are_not_compared_but_a_unit_itself_is() -> None:
    tally = Tally(UUID(int=1), "S01", 2, 2, 2, Decimal(80), Fraction(5), Fraction(5), Fraction(4))
    assert compare(tally, HigherIsBetter(), SubjectKind.EMPLOYEE) == Comparison(
        2, 0, None, None, None, hidden=True, unattained=Unattained.TOO_FEW
    )
    assert compare(tally, HigherIsBetter(), SubjectKind.UNIT).attainment == Decimal("125.00")


def test_a_perspective_is_the_mean_of_its_indicators_by_weight() -> None:
    def line(weight: str, attainment: str | None) -> CardLine:
        value = Comparison(1, 1, None, None, None if attainment is None else Decimal(attainment))
        return CardLine("X", Text("x", "x"), "", Decimal(weight), value)

    found = perspectives(
        [("own", line("5", None)), ("financial", line("40", "115.5")), ("financial", line("20", "92.5"))]
    )
    assert [(each.dimension, each.weight, each.attainment) for each in found] == [
        ("financial", Decimal(60), Decimal("107.83")),
        ("own", Decimal(5), None),
    ]


def test_weights_of_peoples_forms_sum_to_a_hundred_and_count_everybody_who_is_measured() -> None:
    def tally(indicator: str, forms: int, weight: str) -> Tally:
        return Tally(UUID(int=1), indicator, forms, forms, forms, Decimal(weight), None, None, None)

    everybody, three = tally("SALES", 100, "4000"), tally("CHURN", 3, "120")
    assert weights_of([tally("SALES", 1, "40"), tally("CHURN", 1, "30")], SubjectKind.UNIT) == {
        "SALES": Decimal(40),
        "CHURN": Decimal(30),
    }
    found = weights_of([everybody, three], SubjectKind.EMPLOYEE)
    assert sum(found.values()) == 100
    assert found["SALES"] == 4000 * Decimal(100) / 4120
