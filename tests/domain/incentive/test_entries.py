"""A journal entry balances, in one currency (INC-12)."""

from decimal import Decimal

import pytest

from services.incentive.journal.domain.journal import Account, AccountKind, Entry, EntryKind, Posting, Unbalanced

pytestmark = pytest.mark.req("INC-12")


def posting(kind: AccountKind, currency: str, amount: str) -> Posting:
    return Posting(Account(kind, "reference", currency), Decimal(amount))


def test_postings_of_two_currencies_make_no_entry_even_if_they_sum_to_zero() -> None:
    euros = posting(AccountKind.PAYABLE, "EUR", "-100.00")
    with pytest.raises(Unbalanced, match="one currency"):
        Entry(EntryKind.ACCRUAL, (posting(AccountKind.EXPENSE, "CNY", "100.00"), euros))


def test_postings_that_do_not_sum_to_zero_make_no_entry() -> None:
    with pytest.raises(Unbalanced, match="sum to something"):
        Entry(
            EntryKind.ACCRUAL,
            (posting(AccountKind.EXPENSE, "CNY", "100.00"), posting(AccountKind.PAYABLE, "CNY", "-99.99")),
        )
