"""Parties outside the organisation that take part in cycles beside its people and units (APR-03)."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class OutsideParty:
    """A supplier to be appraised. ``unit_code``: the unit that works with it, whose head answers for its form.

    ``category`` is what schemes cover, the supplier's class; None where nobody has classified it yet.
    """

    id: UUID
    code: str
    name: str
    unit_code: str
    category: str | None
