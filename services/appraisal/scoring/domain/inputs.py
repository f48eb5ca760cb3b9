"""What a form is scored from: frozen with the result, so that the same bytes can be computed again (APR-11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.appraisal.feedback.domain.feedback import Group


@dataclass(frozen=True)
class Known:
    """A stored number. ``source`` names the record ("measurement:<id>"), ``on`` its day."""

    value: Decimal
    source: str
    on: date | None = None


@dataclass(frozen=True)
class Exclusion:
    """Why an item does not count on this form, by whose decision."""

    reason: str
    source: str


@dataclass(frozen=True)
class ItemInputs:
    """What is known of one item."""

    target: Known | None = None
    actuals: tuple[Known, ...] = ()
    manual_scores: tuple[Known, ...] = ()
    prior_totals: tuple[Known, ...] = ()
    exclusion: Exclusion | None = None


NOTHING = ItemInputs()


@dataclass(frozen=True)
class Adjustment:
    """Points added or taken by hand, with the reason."""

    points: Decimal
    reason: str
    source: str


@dataclass(frozen=True)
class FormInputs:
    """Everything that one form is scored from. ``valid_from`` to ``valid_to`` are its days, both included."""

    form_id: str
    scheme_id: str
    valid_from: date
    valid_to: date
    items: Mapping[str, ItemInputs] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def days(self) -> int:
        """Calendar days of the form."""
        return (self.valid_to - self.valid_from).days + 1

    def of(self, key: str) -> ItemInputs:
        """What is known of an item; nothing, if nothing is."""
        return self.items.get(key, NOTHING)


@dataclass(frozen=True)
class ResultInputs:
    """The forms that a result is computed from."""

    forms: tuple[FormInputs, ...]
