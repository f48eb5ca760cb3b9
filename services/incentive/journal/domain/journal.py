"""Double-entry bookkeeping (INC-12): entries that sum to zero and are undone only by a counter-entry.

Amounts are signed: debits positive, credits negative, two places, in the entry's one currency.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text


class AccountKind(StrEnum):
    """The kind of an account."""

    EXPENSE = "expense"
    PAYABLE = "payable"
    RECEIVABLE = "receivable"
    PAID = "paid"
    FUND = "fund"
    EQUITY = "equity"


ACCOUNT_KINDS: Final = {
    AccountKind.EXPENSE: Text("费用", "expense"),
    AccountKind.PAYABLE: Text("应付", "payable"),
    AccountKind.RECEIVABLE: Text("应收", "receivable"),
    AccountKind.PAID: Text("已付", "paid"),
    AccountKind.FUND: Text("奖励基金", "award fund"),
    AccountKind.EQUITY: Text("虚拟股票", "virtual shares"),
}


class EntryKind(StrEnum):
    """The kind of a journal entry."""

    ACCRUAL = "accrual"
    RECOVERY = "recovery"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    ENDOWMENT = "endowment"
    DRAWDOWN = "drawdown"
    DECLARATION = "declaration"
    DISTRIBUTION = "distribution"


ENTRY_KINDS: Final = {
    EntryKind.ACCRUAL: Text("计提", "accrual"),
    EntryKind.RECOVERY: Text("扣回", "recovery"),
    EntryKind.PAYMENT: Text("发放", "payment"),
    EntryKind.REVERSAL: Text("冲销", "reversal"),
    EntryKind.ENDOWMENT: Text("拨款", "endowment"),
    EntryKind.DRAWDOWN: Text("支出", "drawdown"),
    EntryKind.DECLARATION: Text("分红计提", "declaration"),
    EntryKind.DISTRIBUTION: Text("分红分配", "distribution"),
}


@dataclass(frozen=True)
class EntryName:
    """What an entry is about and in what it was booked, by name; None where there is no name."""

    source: Text | None
    batch: Text | None


NAMELESS: Final = EntryName(None, None)


class Unbalanced(ValueError):
    """An entry does not sum to zero: a fault of the program, never of its user."""


class AlreadyReversed(Conflict):
    """An entry can be undone once."""

    code = "already_reversed"
    zh = "该凭证已被冲销，不能重复冲销。"
    en = "This entry has already been reversed."


class ReversalNotReversible(Conflict):
    """A counter-entry is final."""

    code = "reversal_not_reversible"
    zh = "冲销凭证不能再冲销；如冲销有误，请联系财务另行处理。"
    en = "A reversal cannot be reversed; if it was a mistake, ask finance."


class PaymentStands(Conflict):
    """What was paid out must come back before it stops being owed."""

    code = "payment_stands"
    zh = "该笔奖金已发放，请先冲销发放凭证。"
    en = "This bonus has been paid; reverse the payment first."


class RecoveryStands(Conflict):
    """The amount withheld from a bonus must be returned before the bonus stops being owed."""

    code = "recovery_stands"
    zh = "该笔奖金已用于扣回此前多发的金额，请先冲销扣回凭证。"
    en = "Part of this bonus was withheld for an earlier overpayment; reverse that entry first."


class AlreadyRecovered(Conflict):
    """An overpayment has already been withheld from a later bonus, in part or in full."""

    code = "already_recovered"
    zh = "该笔多发金额已从后续奖金中扣回，请先冲销扣回凭证。"
    en = "This overpayment has been recovered from a later bonus; reverse that entry first."


class BookedBeforeOriginal(Invalid):
    """What undoes an entry comes after it."""

    code = "booked_before_original"
    zh = "冲销日期 {day} 早于原凭证日期 {original}，请改填原凭证日期或以后的日期。"
    en = "The reversal's day {day} is before the day of the original entry, {original}."


@dataclass(frozen=True, order=True)
class Account:
    """Expense of a cost centre, payable to or receivable from a person (by employee id), paid out (by the paying
    account's name), set aside in a fund (by its code), or declared for the holders of virtual shares (by the plan's).
    """

    kind: AccountKind
    reference: str
    currency: str


@dataclass(frozen=True)
class Source:
    """What an entry is about: the kind of record and its id. The journal looks no further."""

    type: str
    id: UUID


@dataclass(frozen=True)
class EntryFilter:
    """Which entries are wanted; None: all. ``as_of`` is the last day on which they may have happened."""

    batch_id: UUID | None = None
    source_id: UUID | None = None
    kind: EntryKind | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Posting:
    """One posting of an entry."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Entry:
    """Postings that belong together. Raises Unbalanced unless they sum to zero in one currency."""

    kind: EntryKind
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        if sum((posting.amount for posting in self.postings), Decimal(0)) != 0:
            raise Unbalanced(f"postings of a {self.kind} sum to something other than zero")
        if len({posting.account.currency for posting in self.postings}) != 1:
            raise Unbalanced(f"a {self.kind} has one currency")


PAYING_ACCOUNT = "payroll"


def accrual(employee_id: UUID, currency: str, costs: Iterable[tuple[str, Decimal]]) -> Entry:
    """The bonus is owed: expense of the cost centres, payable to the person.

    Where the costs sum to less than zero, the person was paid too much: receivable from them, never a negative debt.
    """
    expenses = [Posting(Account(AccountKind.EXPENSE, centre, currency), amount) for centre, amount in costs]
    owed = sum((posting.amount for posting in expenses), Decimal(0))
    other = payable(employee_id, currency) if owed > 0 else receivable(employee_id, currency)
    sides = (*expenses, Posting(other, -owed)) if owed else tuple(expenses)
    return Entry(EntryKind.ACCRUAL, sides)


def recovery(employee_id: UUID, currency: str, amount: Decimal) -> Entry:
    """Part of a bonus is withheld for an earlier overpayment of the person (INC-13)."""
    sides = (Posting(payable(employee_id, currency), amount), Posting(receivable(employee_id, currency), -amount))
    return Entry(EntryKind.RECOVERY, sides)


def payment(employee_id: UUID, currency: str, amount: Decimal) -> Entry:
    """The bonus is handed to payroll: no longer owed."""
    paid = Account(AccountKind.PAID, PAYING_ACCOUNT, currency)
    return Entry(EntryKind.PAYMENT, (Posting(payable(employee_id, currency), amount), Posting(paid, -amount)))


def endowment(fund: str, cost_centre: str, currency: str, amount: Decimal) -> Entry:
    """Money is set aside: expense of the cost centre, kept in the fund. Less than nothing takes it out again."""
    expense = Posting(Account(AccountKind.EXPENSE, cost_centre, currency), amount)
    return Entry(EntryKind.ENDOWMENT, (expense, Posting(Account(AccountKind.FUND, fund, currency), -amount)))


def drawdown(fund: str, cost_centre: str, currency: str, amount: Decimal) -> Entry:
    """Money set aside is spent: the fund holds less, and the cost centre bears the accruals to people instead."""
    expense = Posting(Account(AccountKind.EXPENSE, cost_centre, currency), -amount)
    return Entry(EntryKind.DRAWDOWN, (Posting(Account(AccountKind.FUND, fund, currency), amount), expense))


def declaration(plan: str, cost_centre: str, currency: str, amount: Decimal) -> Entry:
    """A dividend is declared: expense of the cost centre, kept in the equity of the share plan."""
    expense = Posting(Account(AccountKind.EXPENSE, cost_centre, currency), amount)
    return Entry(EntryKind.DECLARATION, (expense, Posting(Account(AccountKind.EQUITY, plan, currency), -amount)))


def distribution(plan: str, cost_centre: str, currency: str, amount: Decimal) -> Entry:
    """What was declared is shared out over people, to whom it is accrued on the same cost centre when a run pays."""
    expense = Posting(Account(AccountKind.EXPENSE, cost_centre, currency), -amount)
    return Entry(EntryKind.DISTRIBUTION, (Posting(Account(AccountKind.EQUITY, plan, currency), amount), expense))


def reversal(kind: EntryKind, postings: Sequence[Posting]) -> Entry:
    """The counter-entry of an entry of ``kind``.

    Raises:
        ReversalNotReversible: it is a counter-entry itself.
    """
    if kind is EntryKind.REVERSAL:
        raise ReversalNotReversible
    return Entry(EntryKind.REVERSAL, tuple(Posting(posting.account, -posting.amount) for posting in postings))


def check_after(original: date, day: date) -> None:
    """Refuses to reverse an entry on a day before its own.

    Raises:
        BookedBeforeOriginal.
    """
    if day < original:
        expected = Text(f"不早于 {original}", f"not before {original}")
        faults = [FieldError("/booked_on", str(day), expected)]
        raise BookedBeforeOriginal(day=day, original=original, field_errors=faults)


def check_nothing_rests_on(standing: Collection[EntryKind]) -> None:
    """Refuses to reverse an accrual on which an entry of one of these kinds rests.

    Raises:
        PaymentStands, RecoveryStands.
    """
    if EntryKind.PAYMENT in standing:
        raise PaymentStands
    if EntryKind.RECOVERY in standing:
        raise RecoveryStands


def payable(employee_id: UUID, currency: str) -> Account:
    """What a person is owed."""
    return Account(AccountKind.PAYABLE, str(employee_id), currency)


def receivable(employee_id: UUID, currency: str) -> Account:
    """What a person was paid too much and has not given back."""
    return Account(AccountKind.RECEIVABLE, str(employee_id), currency)
