"""Exact numbers: how they are read, rounded and shared out. Binary floats never enter.

Money is a ``Decimal`` of the currency's main unit (yuan) with two places; one fen is ``0.01``. Values between the
inputs and the one declared rounding are ``Decimal`` where every step terminates and ``Fraction`` where a division may
not, so that the rounding sees the true value.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from services.kit.errors import FieldError, Invalid, Text

FEN: Final = Decimal("0.01")
MAX_DIGITS: Final = 30
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class NotAnExactNumber(Invalid):
    """A value that is not a plain decimal number, or that has already lost digits as a binary float."""

    code = "not_exact"
    zh = "“{found}”不是精确的十进制数，请写成“1234.50”这样的形式。"
    en = "'{found}' is not an exact decimal number; write it like '1234.50'."


class CannotAllocate(Invalid):
    """An amount cannot be shared out by these weights."""

    code = "cannot_allocate"
    zh = "无法按给定权重分配：{reason}。"
    en = "The amount cannot be allocated by these weights: {reason}."


def exact(value: object, *, pointer: str = "") -> Decimal:
    """Read a plain decimal number from text, int or Decimal.

    Refuses floats, booleans, NaN, infinities, exponents, full-width digits, signs other than a leading minus, and more
    than 30 digits.

    Raises:
        NotAnExactNumber: naming what was found, at ``pointer``.
    """
    if isinstance(value, str) and _PLAIN.fullmatch(value) and len(value) <= MAX_DIGITS + 2:
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and len(value.as_tuple().digits) <= MAX_DIGITS:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MAX_DIGITS:
        return Decimal(value)
    found = str(value)[:40]
    expected = Text('以文本表示的十进制数，例如 "1234.50"', 'a decimal number as text, for example "1234.50"')
    raise NotAnExactNumber(found=found, field_errors=[FieldError(pointer, found, expected)])


def round_half_up(value: Decimal | Fraction | int, places: int = 2) -> Decimal:
    """Round to ``places`` decimals, halves away from zero, from the exact value.

    This is the only rounding in Merit; call it where domain rules declare a rounding and nowhere else.
    """
    return Decimal(rounded_text(value, places))  # from text, which is exact in any decimal context


def rounded_text(value: Decimal | Fraction | int, places: int = 2) -> str:
    """What ``round_half_up`` makes of a value, for those who only show it."""
    numerator, denominator = value.as_integer_ratio()
    units, rest = divmod(abs(numerator) * 10**places, denominator)
    if 2 * rest >= denominator:
        units += 1
    return _scaled(units if numerator >= 0 else -units, places)


def _scaled(units: int, places: int) -> str:
    """``units`` of the last of ``places`` decimals."""
    digits = f"{abs(units):0{places + 1}}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if units < 0 else text


def plain(value: Decimal | int) -> str:
    """Write a number without exponent, as it stands in JSON and in explanations."""
    text = str(value)
    return format(value, "f") if "E" in text else text


def grouped(value: Decimal) -> str:
    """Write an amount with thousands separators, for sentences: ``1,000,000`` or ``1,234.50``."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,f}"


def allocate(total: Decimal, weights: Sequence[Decimal | Fraction], places: int = 2) -> list[Decimal]:
    """Share ``total`` (so many ``places``, >= 0) out by weight, to the fen, so that the parts sum to it exactly.

    Each share is cut to whole fen; the fen left over go one each to the largest remainders, ties to the earlier weight,
    so the caller orders by employee number (domain rule for pools, §3.2). Without places it is units, not fen.

    Raises:
        CannotAllocate: no weight is positive, one is negative, or ``total`` is not in whole fen.
    """
    fen = Fraction(total) * 10**places
    if fen.denominator != 1 or fen < 0:
        raise CannotAllocate(reason=Text(f"总额 {plain(total)} 应为不小于 0、至分为止的金额", f"total {plain(total)}"))
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise CannotAllocate(reason=Text(f"权重须不小于 0，合计须大于 0，现合计为 {whole}", f"sum of weights {whole}"))
    exact_shares = [fen * Fraction(weight) / whole for weight in weights]
    shares = [share.numerator // share.denominator for share in exact_shares]
    left = int(fen) - sum(shares)
    by_remainder = sorted(range(len(shares)), key=lambda i: (shares[i] - exact_shares[i], i))
    for i in by_remainder[:left]:
        shares[i] += 1
    return [Decimal(_scaled(share, places)) for share in shares]
