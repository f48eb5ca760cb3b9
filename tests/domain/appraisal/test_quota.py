"""Quotas of grades: cut to whole people, counted over groups that are large enough."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.appraisal.decisions.domain.quota import (
    GradeCounts,
    Path,
    allowed_people,
    distribution,
    explained,
    quota_group,
)
from services.appraisal.library.domain.grade import Grade

ROOT = UUID(int=0)
SIZES = st.lists(st.tuples(st.lists(st.integers(1, 4), max_size=4), st.integers(0, 7)), max_size=25)


def tree(drawn: list[tuple[list[int], int]]) -> dict[Path, int]:
    """People by unit path; a unit is named by the way to it."""
    people: Counter[Path] = Counter({(ROOT,): 0})
    for steps, count in drawn:
        names = [UUID(int=int("1" + "".join(map(str, steps[: n + 1])))) for n in range(len(steps))]
        for n in range(len(names) + 1):
            people[(ROOT, *names[:n])] += 0
        people[(ROOT, *names)] += count
    return dict(people)


def size(people: dict[Path, int], *units: UUID) -> int:
    """People of these units and of everything below them."""
    return sum(count for path, count in people.items() if set(units) & set(path))


@pytest.mark.req("APR-12")
@given(drawn=SIZES, minimum=st.integers(1, 10))
def test_a_quota_is_counted_over_enough_people_and_alike_for_all_who_share_it(
    drawn: list[tuple[list[int], int]], minimum: int
) -> None:
    people = tree(drawn)
    paths = {path[-1]: path for path in people}
    for unit, path in paths.items():
        group = quota_group(path, people, minimum)
        assert size(people, *group) >= minimum or group == (ROOT,)
        if size(people, unit) >= minimum:
            assert group == (unit,)
        assert unit in group or any(each in path for each in group)
        assert len({paths[each][:-1] for each in group}) == 1
        peopled = [each for each in group if size(people, each)]
        assert all(set(peopled) <= set(quota_group(paths[each], people, minimum)) for each in peopled)


@pytest.mark.req("APR-12")
@given(quota=st.decimals(0, 100, places=2), people=st.integers(0, 10_000))
def test_what_a_quota_allows_is_the_most_whole_people_within_it(quota: Decimal, people: int) -> None:
    allowed = allowed_people(quota, people)
    assert Fraction(allowed) * 100 <= Fraction(quota) * people < Fraction(allowed + 1) * 100
    assert allowed <= allowed_people(quota, people + 1)


@pytest.mark.req("APR-12")
def test_two_small_teams_share_a_quota_and_a_large_one_keeps_its_own() -> None:
    one, two, large = (UUID(int=n) for n in (1, 2, 3))
    people = {(ROOT, one): 2, (ROOT, two): 3, (ROOT, large): 5}
    assert quota_group((ROOT, one), people, 5) == quota_group((ROOT, two), people, 5) == (one, two)
    assert quota_group((ROOT, large), people, 5) == (large,)
    assert quota_group((ROOT, one), {**people, (ROOT, two): 2}, 5) == (ROOT,)


@pytest.mark.req("APR-12")
def test_a_unit_is_held_against_what_its_group_has_used() -> None:
    unit = GradeCounts({Grade.S: 2, Grade.B: 1}, {Grade.S: 1, Grade.A: 1, Grade.B: 1})
    group = GradeCounts({}, {Grade.S: 1, Grade.A: 2, Grade.B: 7})
    best, good = distribution(unit, {Grade.S: Decimal(19), Grade.A: Decimal(20)}, group)[:2]
    assert (best.computed, best.count, best.reached, best.allowed, best.exceeded) == (2, 1, 1, 1, False)
    assert (good.computed, good.count, good.reached, good.allowed, good.exceeded) == (0, 1, 3, 2, True)


@pytest.mark.req("APR-12")
def test_it_is_said_in_both_languages_whom_a_quota_is_counted_over() -> None:
    said = explained(3, 8, 5, ["华东一区", "华东二区"])
    assert said.zh == (
        "本单元 3 人，不足 5 人，比例按 华东一区、华东二区 共 8 人合并计算。允许人数 = 比例 × 人数，舍去小数取整。"
    )
    assert said.en == (
        "The unit has 3 people, fewer than 5: its quota is counted over 华东一区, 华东二区, 8 people in all. "
        "People allowed = share × people, rounded down to whole people."
    )
    assert "不少于 5 人" in explained(8, 8, 5, ["x"]).zh
    assert "仍不足 5 人" in explained(2, 4, 5, ["x"]).zh
