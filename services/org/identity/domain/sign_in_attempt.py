"""How fast sign-in attempts are checked: by name and address, never so that others can lock a person out (ORG-12).

Every password is looked at in the end, so the right one always gets in; who has tried often waits for a turn first.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(hours=1)
"""Over how long attempts are counted."""
TOLD_FROM: Final = 10
"""From so many attempts within the window on, a wrong password is answered with 'too many'."""

SPARED: Final = 3
"""An address, or a known device, that has tried no more often within the window does not wait because of what others
try with the same name."""


@dataclass(frozen=True)
class Pace:
    """``free`` attempts an hour are checked at once, further ones one in every ``gap``.

    No attempt waits longer than ``longest``: it is refused unchecked where ``refuses``, and checked without its turn
    elsewhere. ``of_others``: it counts what others try, too.
    """

    free: int
    gap: timedelta
    longest: timedelta
    refuses: bool
    of_others: bool = False


NAME_AND_PLACE: Final = Pace(250, timedelta(seconds=2), timedelta(seconds=20), refuses=True)
"""One name from one address, or from one device that signed in before: an attacker slows down nobody else."""
NAME: Final = Pace(500, timedelta(seconds=1), timedelta(seconds=5), refuses=False, of_others=True)
"""One name from everywhere, known devices left out: many addresses that guess together."""
PLACE: Final = Pace(1000, timedelta(milliseconds=200), timedelta(seconds=5), refuses=False)
"""One address for any names: one password tried on everyone. Offices share an address, so it only slows down."""
CLIENT: Final = Pace(250, timedelta(milliseconds=500), timedelta(seconds=2), refuses=False)
"""One client system from one address: its secret cannot be guessed, and it must never be kept out."""
RANKED: Final = Pace(0, timedelta(), timedelta(), refuses=False)
"""One address for any client systems: holds nobody up, and says whose secret is checked first."""


@dataclass(frozen=True)
class Attempts:
    """Attempts of one kind within the window that began at ``began_at``; the next turn is at ``next_at``."""

    count: int
    began_at: datetime
    next_at: datetime

    @classmethod
    def none(cls, now: datetime) -> "Attempts":
        """Nobody has tried."""
        return cls(0, now, now)

    def taken_back(self) -> "Attempts":
        """As it is when the last attempt turned out right: it does not count."""
        return replace(self, count=max(0, self.count - 1))


@dataclass(frozen=True)
class Turn:
    """When an attempt may be checked. ``wait`` None: not now; come back after ``retry_after``."""

    attempts: Attempts
    wait: timedelta | None
    retry_after: timedelta = timedelta()


def take_turn(before: Attempts, pace: Pace, now: datetime) -> Turn:
    """Count an attempt at ``now`` and say how long it waits before it is checked."""
    known = before if now - before.began_at < WINDOW else Attempts.none(now)
    count = known.count + 1
    if count <= pace.free:
        return Turn(Attempts(count, known.began_at, now), timedelta())
    turn = max(known.next_at, now)
    wait = turn - now
    if wait > pace.longest and pace.refuses:
        return Turn(known, None, wait)  # one that is not checked counts for nothing
    if wait > pace.longest:
        return Turn(replace(known, count=count), pace.longest)
    return Turn(Attempts(count, known.began_at, turn + pace.gap), wait)
