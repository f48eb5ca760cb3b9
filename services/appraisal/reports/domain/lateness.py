"""Who is late in a cycle, of those whom a report may name (APR-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.kit.errors import Text


@dataclass(frozen=True)
class Late:
    """A person who still has something to do on a form after its deadline."""

    person_id: UUID
    person_number: str | None
    person_name: str | None
    what: Literal["goals", "ratings"]
    form_id: UUID
    subject_name: Text
    unit_name: Text


@dataclass(frozen=True)
class Lateness:
    """Everything that is late: when it was due, how many, and the first of them."""

    due_on: date | None
    count: int
    items: Sequence[Late]


WHAT_IS_LATE = {
    "goals": Text("目标未确认", "goals not agreed"),
    "ratings": Text("评价未提交", "rating not submitted"),
}
