"""The yearly fund out of which special awards are paid; it can never be overdrawn (INC-04).

``balance`` is what was released into the fund less what approved awards took, exact to the fen. It is moved under the
lock of the fund's row alone, in the transaction that books the same in the journal.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.currencies import amount_text
from services.kit.errors import Conflict, Text
from services.kit.identity import Role
from services.kit.money import grouped
from services.kit.release import release_workflow

FUND_ENDOWMENT: Final = release_workflow(
    "fund_endowment", Text("奖励基金拨款", "endowment of an award fund"), [Role.FINANCE]
)


class FundOverdrawn(Conflict):
    """The fund holds less than is asked of it."""

    code = "fund_overdrawn"
    zh = "奖励基金“{fund}”余额 {balance}，不足以支出 {amount}；请先增加拨款。"
    en = "The fund '{fund}' holds {balance}, less than {amount}; endow it with more first."


@dataclass(frozen=True)
class Fund:
    """A fund of one year and currency; ``cost_centre`` bears what it pays."""

    id: UUID
    code: str
    year: int
    name: Text
    currency: str
    cost_centre: str
    balance: Decimal

    def spend(self, amount: Decimal) -> Decimal:
        """The balance after ``amount`` was taken out; a negative amount puts it back.

        Raises:
            FundOverdrawn.
        """
        left = self.balance - amount
        if left < 0:
            balance = amount_text(self.balance, self.currency)
            raise FundOverdrawn(fund=self.name, balance=balance, amount=grouped(amount))
        return left
