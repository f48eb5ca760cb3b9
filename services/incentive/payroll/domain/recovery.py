"""How much of a bonus is withheld for an earlier overpayment of the person (INC-13)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from services.incentive.calculation.domain.line import Earned
from services.incentive.currencies import places
from services.incentive.journal.domain.journal import Account, receivable


@dataclass(frozen=True)
class Recovery:
    """The amount withheld from a line."""

    line: Earned
    amount: Decimal


def recoveries(lines: Iterable[Earned], owing: Mapping[Account, Decimal], share: Decimal) -> Iterator[Recovery]:
    """The amount withheld from each line, at most ``share`` of it, rounded down, until nothing is owed.

    What is left over stays receivable and is recovered from later lines: it never vanishes.
    """
    left = dict(owing)
    for line in lines:
        account = receivable(line.employee_id, line.currency)
        limit = (line.amount * share).quantize(Decimal(10) ** -places(line.currency), rounding=ROUND_DOWN)
        amount = min(limit, left.get(account, Decimal(0)))
        if amount > 0:
            left[account] -= amount
            yield Recovery(line, amount)
