"""Where the boxes of an org chart go (ORG-13)."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.org.charts.domain.chart_layout import Box, Picture, Placed, laid_out

pytestmark = pytest.mark.req("ORG-13")

LEAVES = some.builds(Box, some.just("leaf"), some.integers(20, 300), some.integers(20, 700))
TREES = some.recursive(
    LEAVES,
    lambda beneath: some.builds(
        Box,
        some.just("tree"),
        some.integers(20, 300),
        some.integers(20, 700),
        some.lists(beneath, max_size=6).map(tuple),
    ),
    max_leaves=40,
)


def apart(one: Placed[str], other: Placed[str]) -> bool:
    beside = one.x + one.box.width <= other.x or other.x + other.box.width <= one.x
    return beside or one.bottom <= other.y or other.bottom <= one.y


def count(box: Box[str]) -> int:
    return 1 + sum(count(child) for child in box.beneath)


@given(some.lists(TREES, max_size=3))
def test_no_two_boxes_overlap_and_all_lie_within_the_picture(roots: list[Box[str]]) -> None:
    picture: Picture[str] = laid_out(roots)
    assert len(picture.boxes) == sum(count(root) for root in roots)
    assert all(apart(one, other) for one, other in combinations(picture.boxes, 2))
    for placed in picture.boxes:
        assert 0 <= placed.x <= placed.x + placed.box.width <= picture.width
        assert 0 <= placed.y <= placed.bottom <= picture.height


@given(TREES)
def test_lines_run_at_right_angles_within_the_picture(root: Box[str]) -> None:
    picture: Picture[str] = laid_out([root])
    for line in picture.lines:
        for (x, y), (to_x, to_y) in zip(line.points, line.points[1:], strict=False):
            assert x == to_x or y == to_y
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in line.points)


def test_a_parent_stands_over_the_middle_of_the_trees_beneath_it() -> None:
    pair = tuple(Box("tree", 100, 40, (Box("leaf", 100, 40),)) for _ in range(2))
    picture = laid_out([Box("root", 100, 40, pair)])
    root, *others = picture.boxes
    first, second = (placed for placed in others if placed.box.thing == "tree")
    assert root.middle == (first.middle + second.middle) // 2


def test_many_leaves_are_stacked_instead_of_making_the_picture_wide() -> None:
    leaves = tuple(Box("leaf", 100, 40) for _ in range(40))
    beside = Box("tree", 100, 40, (Box("leaf", 100, 40),))
    assert laid_out([Box("root", 100, 40, leaves)]).width < 300
    assert laid_out([Box("root", 100, 40, (beside, *leaves))]).width < 800
