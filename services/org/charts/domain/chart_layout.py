"""Where the boxes of a tree go, in whole pixels: a tidy tree that stays narrow (ORG-13).

Children with more beneath them stand side by side under their parent, which stands over their middle. Leaves hang one
below the other from rails instead, because rows of leaves are what makes charts wider than anybody can read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

GAP = 24
"""Between neighbours."""
DROP = 44
"""From a parent down to its children."""
INDENT = 22
"""From a parent's left edge to the boxes that hang from its rail."""
HANGING_GAP = 14
ENTRY = 22
"""How far below the top of a hanging box the line from its rail meets it."""
TALLEST = 1200
"""A rail under a parent that would get longer than this goes on in a further column."""
STACK = 640
"""Leaves beside trees are stacked up to this height, or to that of the tallest tree."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Box(Generic[Thing]):
    """Something of a size, and what stands beneath it."""

    thing: Thing
    width: int
    height: int
    beneath: tuple["Box[Thing]", ...] = ()


@dataclass(frozen=True)
class Placed(Generic[Thing]):
    """A box and the point of its upper left corner."""

    box: Box[Thing]
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The x of its middle."""
        return self.x + self.box.width // 2

    @property
    def bottom(self) -> int:
        """The y of its lower edge."""
        return self.y + self.box.height


@dataclass(frozen=True)
class Line:
    """A connector through these points, each at a right angle to the next."""

    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Picture(Generic[Thing]):
    """Everything placed; all coordinates are at or above zero and within the size."""

    width: int
    height: int
    boxes: tuple[Placed[Thing], ...]
    lines: tuple[Line, ...]


def laid_out(roots: Sequence[Box[Thing]]) -> Picture[Thing]:
    """Trees beside each other, each tidy in itself."""
    boxes: list[Placed[Thing]] = []
    lines: list[Line] = []
    x, height = 0, 0
    for root in roots:
        part = _tree(root)
        boxes += [Placed(each.box, each.x + x, each.y) for each in part.boxes]
        lines += [_moved(line, x, 0) for line in part.lines]
        x += part.width + GAP
        height = max(height, part.height)
    return Picture(max(x - GAP, 0), height, tuple(boxes), tuple(lines))


def _tree(root: Box[Thing]) -> Picture[Thing]:
    if not root.beneath:
        return Picture(root.width, root.height, (Placed(root, 0, 0),), ())
    if all(not child.beneath for child in root.beneath) and len(root.beneath) > 1:
        return _hanging(root)
    return _spread(root)


def _hanging(root: Box[Thing]) -> Picture[Thing]:
    boxes, lines = [Placed(root, 0, 0)], []
    x, y, widest, height = INDENT, root.height + HANGING_GAP, 0, root.height
    for child in root.beneath:
        if y > root.height + HANGING_GAP and y + child.height > TALLEST:
            x, y, widest = x + widest + INDENT + HANGING_GAP, root.height + HANGING_GAP, 0
        boxes.append(Placed(child, x, y))
        rail, entry = x - INDENT // 2, y + min(child.height // 2, ENTRY)
        start = root.height if rail < root.width else root.height // 2
        turn = ((root.width, start), (rail, start)) if rail >= root.width else ((rail, start),)
        lines.append(Line((*turn, (rail, entry), (x, entry))))
        widest = max(widest, child.width)
        height = max(height, y + child.height)
        y += child.height + HANGING_GAP
    width = max(root.width, *(placed.x + placed.box.width for placed in boxes))
    return Picture(width, height, tuple(boxes), tuple(lines))


@dataclass(frozen=True)
class _Part(Generic[Thing]):
    """Something that stands under a parent: a picture and the x at which the line from the parent enters it."""

    picture: Picture[Thing]
    entry: int
    reaches: int
    """How far down into the picture that line goes on."""


def _spread(root: Box[Thing]) -> Picture[Thing]:
    trees = [_tree(child) for child in root.beneath if child.beneath]
    parts = [_Part(tree, tree.boxes[0].middle, 0) for tree in trees]
    leaves = [child for child in root.beneath if not child.beneath]
    parts += _stacks(leaves, max([STACK, *(tree.height for tree in trees)]))
    starts, x = [], 0
    for part in parts:
        starts.append(x)
        x += part.picture.width + GAP
    whole = x - GAP
    tops = [start + part.entry for start, part in zip(starts, parts, strict=True)]
    left = (tops[0] + tops[-1]) // 2 - root.width // 2
    shift = max(0, -left)
    here = Placed(root, left + shift, 0)
    boxes, lines = [here], []
    down, turn = root.height + DROP, root.height + DROP // 2
    for start, part, top in zip(starts, parts, tops, strict=True):
        boxes += [Placed(each.box, each.x + start + shift, each.y + down) for each in part.picture.boxes]
        lines += [_moved(line, start + shift, down) for line in part.picture.lines]
        way = (here.middle, root.height), (here.middle, turn), (top + shift, turn), (top + shift, down + part.reaches)
        lines.append(Line(way))
    width = max(whole + shift, here.x + root.width)
    height = down + max(part.picture.height for part in parts)
    return Picture(width, height, tuple(boxes), tuple(lines))


def _stacks(leaves: Sequence[Box[Thing]], tallest: int) -> list[_Part[Thing]]:
    """Leaves in columns, each no taller than ``tallest`` unless one leaf is, hanging from a rail at its left."""
    columns: list[list[Box[Thing]]] = []
    used = 0
    for leaf in leaves:
        if not columns or used + leaf.height > tallest:
            columns.append([])
            used = 0
        columns[-1].append(leaf)
        used += leaf.height + HANGING_GAP
    return [_stack(column) for column in columns]


def _stack(column: Sequence[Box[Thing]]) -> _Part[Thing]:
    if len(column) == 1:
        return _Part(_tree(column[0]), column[0].width // 2, 0)
    boxes: list[Placed[Thing]] = []
    lines: list[Line] = []
    y, rail, last = 0, INDENT // 2, 0
    for leaf in column:
        boxes.append(Placed(leaf, INDENT, y))
        last = y + min(leaf.height // 2, ENTRY)
        lines.append(Line(((rail, last), (INDENT, last))))
        y += leaf.height + HANGING_GAP
    width = INDENT + max(leaf.width for leaf in column)
    return _Part(Picture(width, y - HANGING_GAP, tuple(boxes), tuple(lines)), rail, last)


def _moved(line: Line, x: int, y: int) -> Line:
    return Line(tuple((px + x, py + y) for px, py in line.points))
