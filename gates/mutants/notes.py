"""What `gates.mutants.touched` writes into modules of a copy calls; it needs nothing else, wherever they run."""

from types import TracebackType
from typing import Any, Final, Self

ENTERED: Final[set[str]] = set()


def enter(place: str) -> None:
    """Called by a function under note, `place` being its path and name."""
    ENTERED.add(place)


def value(place: str, found: Any, when: str) -> Any:
    """The part of a condition, which decides the whole where it is `when`."""
    if str(bool(found)) == when:
        ENTERED.add(place)
    return found


class Guard:
    """Around the call of a guard: notes that it refused."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is not None:
            ENTERED.add(self._place)
