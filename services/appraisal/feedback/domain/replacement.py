"""Who is asked in the place of a rater who has left or is away (APR-09)."""

from collections.abc import Collection, Sequence
from uuid import UUID


def next_superior(chain: Sequence[UUID], *, unavailable: Collection[UUID]) -> UUID | None:
    """The nearest in the reporting line above the subject who can be asked; None if there is none.

    ``unavailable``: the subject, everyone already asked about the form, and leavers.
    """
    return next((person for person in chain if person not in unavailable), None)
