"""An approved claim: what one person is owed for one occasion, outside a plan's calculation.

Awards, referral bonuses, pools and dividends end in claims; a run of a rule that needs claims gathers them into lines.
A claim is never edited: a new version states the amount now due, nothing where it was withdrawn, and the next run books
the difference to what was posted. Amounts are before tax, exact to the fen, in the main unit of ``currency``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, Text
from services.kit.explanation import Step
from services.kit.money import FEN, grouped, plain

NOTHING: Final = Decimal("0.00")


class ClaimUnsound(ValueError):
    """A claim contradicts itself: a fault of the program, never of its user."""


class ClaimCurrencyChanged(Conflict):
    """A claim in one currency is withdrawn and made again for another occasion, never exchanged."""

    code = "claim_currency_changed"
    zh = "同一应发事项的币种不能由 {before} 改为 {now}；请撤销后另立事项。"
    en = (
        "The currency of a claim cannot change from {before} to {now}; withdraw it and make a claim for another "
        "occasion."
    )


@dataclass(frozen=True)
class Source:
    """The approved record that a claim comes from, and its version or hash as it was approved."""

    type: str
    id: UUID
    version: str


@dataclass(frozen=True)
class Claim:
    """What ``employee_id`` is owed for ``occasion``. Raises ClaimUnsound unless the costs sum to the amount.

    ``costs`` are cost centres with their shares, none of them zero; ``due_on`` is the first day on which a run pays it.
    """

    employee_id: UUID
    kind: str
    occasion: str
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]
    due_on: date
    source: Source
    explanation: Step

    def __post_init__(self) -> None:
        if self.amount < 0 or self.amount % FEN:
            raise ClaimUnsound(f"a claim of {self.amount}")
        if sum((share for _, share in self.costs), NOTHING) != self.amount or any(not share for _, share in self.costs):
            raise ClaimUnsound(f"costs of {self.occasion} do not sum to {self.amount}")

    def withdrawn(self, reason: Text) -> "Claim":
        """The same occasion with nothing due any more."""
        label = Text(
            f"已撤销（原应发 {grouped(self.amount)}）：{reason.zh}",
            f"withdrawn ({grouped(self.amount)} before): {reason.en}",
        )
        step = Step("withdrawn", label, "0", plain(NOTHING), (), (self.explanation,))
        return replace(self, amount=NOTHING, costs=(), explanation=step)


@dataclass(frozen=True)
class ClaimFilter:
    """Which claims are wanted; ``within``: of people in or below one of these units. None: all."""

    kind: str | None = None
    employee_id: UUID | None = None
    employee_number: str | None = None
    source_id: UUID | None = None
    within: Sequence[UUID] | None = None


@dataclass(frozen=True)
class ClaimVersion:
    """A claim as it is kept. The newest version counts."""

    id: UUID
    version: int
    claim: Claim

    @property
    def citation(self) -> str:
        """How explanations cite it."""
        return f"claim:{self.id}@{self.version}"


def next_version(newest: ClaimVersion | None, claim: Claim) -> int | None:
    """The number of the version that states ``claim``; None where the newest version states the same already.

    Raises:
        ClaimCurrencyChanged.
    """
    if newest is None:
        return 1
    if newest.claim.currency != claim.currency:
        raise ClaimCurrencyChanged(before=newest.claim.currency, now=claim.currency)
    same = _ordered(newest.claim) == _ordered(claim)
    return None if same else newest.version + 1


def _ordered(claim: Claim) -> Claim:
    return replace(claim, costs=tuple(sorted(claim.costs)))


def total(claims: Sequence[Claim]) -> Decimal:
    """The total of the claims, which are in one currency."""
    return sum((claim.amount for claim in claims), NOTHING)
