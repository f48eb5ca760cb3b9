"""A version of a scheme with the days on which it holds and whom it covers (APR-02)."""

from dataclasses import dataclass
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.kit.periods import Period


@dataclass(frozen=True)
class SchemeVersion:
    """One stored version. ``subjects`` are codes of positions, or of units where units are appraised."""

    id: UUID
    scheme: Scheme
    valid: Period
    subjects: tuple[str, ...]
