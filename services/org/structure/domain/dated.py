"""Units and positions over time: a code, and facts that change from a day on (ORG-01, ORG-02)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic
from uuid import UUID

from services.kit.errors import Stale
from services.kit.periods import Period
from services.kit.timeline import Facts, Version, amended, at, closed


@dataclass(frozen=True)
class Dated(Generic[Facts]):
    """A unit or position with everything that was, is and will be true of it; commands return it as it becomes."""

    id: UUID
    code: str
    revision: int
    timeline: tuple[Version[Facts], ...]

    def facts_on(self, day: date) -> Facts | None:
        """What is true of it on ``day``; None where it is not in force."""
        found = at(self.timeline, day)
        return None if found is None else found.facts

    def require_revision(self, expected: int | None) -> None:
        """Accept a command that was given in view of this revision, or of none (a step of a larger command).

        Raises:
            Stale: it has been changed since.
        """
        if expected is not None and expected != self.revision:
            raise Stale

    def change(self, valid_from: date, changes: Mapping[str, object]) -> "Dated[Facts]":
        """Rename it, move it or change other facts from a day on; what was before stays as it was.

        Raises:
            NotInForce: it is not in force on that day.
        """
        return self._next(tuple(amended(self.timeline, valid_from, changes)))

    def touched(self) -> "Dated[Facts]":
        """The next revision, with the same facts: something outside them was changed."""
        return self._next(self.timeline)

    def close(self, valid_to: date) -> "Dated[Facts]":
        """End it with ``valid_to``, its last day.

        Raises:
            NotInForce: it is not in force on that day.
        """
        return self._next(tuple(closed(self.timeline, valid_to + date.resolution)))

    def changed_since(self, before: "Dated[Facts] | None", since: date) -> list[Version[Facts]]:
        """The versions that ``before`` did not have, from ``since`` on."""
        known = before.timeline if before else ()
        new = [(version, version.valid.overlap(Period(since))) for version in self.timeline if version not in known]
        return [Version(days, version.facts) for version, days in new if days is not None]

    def _next(self, timeline: tuple[Version[Facts], ...]) -> "Dated[Facts]":
        return replace(self, revision=self.revision + 1, timeline=timeline)
