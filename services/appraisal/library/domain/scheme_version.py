"""A version of a scheme with the days on which it holds and whom it covers (APR-02)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.kit.periods import Period


@dataclass(frozen=True)
class SchemeVersion:
    """One stored version. ``subjects`` are codes of positions, of units, or classes of suppliers, as it covers.

    ``superseded_at``: since when another version holds in its place.
    """

    id: UUID
    scheme: Scheme
    valid: Period
    subjects: tuple[str, ...]
    superseded_at: datetime | None = None
