"""The payroll's answer: whom it paid, whom it could not pay and why, compared with what a run owes (INC-10)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.incentive.currencies import amount_text, currency_name
from services.kit.errors import Conflict, Text
from services.kit.money import plain


class Outcome(StrEnum):
    """The outcome of a payment."""

    PAID = "paid"
    FAILED = "failed"


OUTCOMES: Final = {Outcome.PAID: Text("已发放", "paid"), Outcome.FAILED: Text("发放失败", "failed")}

Key = tuple[str, str]
"""Employee number and currency."""


@dataclass(frozen=True)
class Payee:
    """What a run still owes a person in a currency: two places, over ``lines`` (line id, amount)."""

    employee_id: UUID
    number: str
    name: str
    currency: str
    amount: Decimal
    lines: tuple[tuple[UUID, Decimal], ...]

    @property
    def key(self) -> Key:
        """By what a row of the answer names them."""
        return self.number, self.currency


@dataclass(frozen=True)
class AnswerRow:
    """One row of the file. ``run`` is the id of the run as text; ``name`` is for people alone."""

    run: str
    number: str
    name: str | None
    currency: str
    amount: Decimal
    outcome: Outcome
    reason: str | None

    @property
    def key(self) -> Key:
        """Whom it is about."""
        return self.number, self.currency


class AnswerKnown(Conflict):
    """The same file has already been imported."""

    code = "answer_known"
    zh = "该回执文件此前已导入，无需重复导入。"
    en = "This file has already been imported; there is nothing to do."


@dataclass(frozen=True)
class AnswerFilter:
    """Which payments are wanted; None: all."""

    outcome: Outcome | None = None
    employee_number: str | None = None


@dataclass(frozen=True)
class AnsweredPayment:
    """What a file said of one person."""

    answer_id: UUID
    row: int
    employee_id: UUID
    number: str
    name: str
    currency: str
    amount: Decimal
    outcome: Outcome
    reason: str | None
    booked_on: date
    answered_at: datetime


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row: the field, what it holds, what it should hold."""

    row: int
    field: str
    found: str | None
    expected: Text


def faults(
    run_id: UUID, rows: Sequence[tuple[int, AnswerRow]], owed: Mapping[Key, Payee], paid: frozenset[str]
) -> Iterator[RowFault]:
    """Everything for which the file as a whole is refused.

    ``owed`` is what is still to be paid out, ``paid`` are the numbers of people whose payment is booked already.
    """
    first: dict[Key, int] = {}
    for number, row in rows:
        if row.run != str(run_id):
            expected = Text(f"本次核算的编号 {run_id}", f"the id of this run, {run_id}")
            yield RowFault(number, "run", row.run, expected)
        before = first.setdefault(row.key, number)
        if before != number:
            expected = Text(
                f"每人每币种一行；与第 {before} 行重复", f"one row a person and currency; row {before} has it"
            )
            yield RowFault(number, "number", row.number, expected)
            continue
        yield from _against(number, row, owed.get(row.key), paid)


def _against(number: int, row: AnswerRow, payee: Payee | None, paid: frozenset[str]) -> Iterator[RowFault]:
    if payee is None:
        currency = currency_name(row.currency)
        expected = (
            Text("尚未登记发放的员工；该员工的发放此前已登记", "a person not paid yet; this payment is already booked")
            if row.number in paid
            else Text(f"本次核算中有{currency.zh}待发金额的员工", f"somebody whom this run owes {currency.en}")
        )
        yield RowFault(number, "number", row.number, expected)
        return
    if row.amount != payee.amount:
        due = amount_text(payee.amount, payee.currency)
        yield RowFault(number, "amount", plain(row.amount), Text(f"待发金额 {due.zh}", f"the amount owed, {due.en}"))
    if row.outcome is Outcome.FAILED and row.reason is None:
        yield RowFault(number, "reason", None, Text("发放失败时须填写原因", "why the payment failed"))
