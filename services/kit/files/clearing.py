"""What an empty cell of a file says, and how a cell takes a value away (ORG-14, PLT-06)."""

from enum import Enum
from typing import Final, TypeVar

from services.kit.files.sheets import Parser


class Empty(Enum):
    """What an empty cell says: leave it as it is."""

    AS_IT_IS = "as it is"


AS_IT_IS: Final = Empty.AS_IT_IS
CLEARED: Final = frozenset({"清除", "-"})
"""What a cell says that takes a value away."""

Value = TypeVar("Value")


def kept(said: Value | Empty | None, present: Value | None) -> Value | None:
    """What a cell makes of a value: an empty one leaves it, as does the word for clearing where it is the value."""
    if said is AS_IT_IS or (said is None and present in CLEARED):
        return present
    return None if isinstance(said, Empty) else said


def clearable(parse: Parser) -> Parser:
    """A cell that may take its value away, by one of ``CLEARED``."""
    return lambda cell: None if isinstance(cell, str) and cell.strip() in CLEARED else parse(cell)
