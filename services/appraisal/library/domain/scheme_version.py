"""A version of a scheme with the days on which it holds and whom it covers (APR-02)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.kit.deadlines import months_later
from services.kit.periods import Period

REVIEW_MONTHS: Final = 6
"""So long weights hold before somebody looks at them again."""


@dataclass(frozen=True)
class SchemeVersion:
    """One stored version. ``subjects`` are codes of positions, of units, or classes of suppliers, as it covers.

    ``superseded_at``: since when another version holds in its place. ``reviewed_on``: when its weights were last
    confirmed without a change.
    """

    id: UUID
    scheme: Scheme
    valid: Period
    subjects: tuple[str, ...]
    superseded_at: datetime | None = None
    reviewed_on: date | None = None

    @property
    def review_due_on(self) -> date | None:
        """The day from which its weights wait to be reviewed: half a year after it began or was reviewed (APR-02).

        None for a version that has an end: its successor is reviewed.
        """
        if self.superseded_at is not None or self.valid.end is not None:
            return None
        return months_later(self.reviewed_on or self.valid.start, REVIEW_MONTHS)
