"""Adjustments by hand: signed, with a reason, together within the scheme's limit (domain §2.2)."""

from collections.abc import Sequence
from decimal import Decimal

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain

PLACES = 2


class AdjustmentTooGreat(Invalid):
    """Adjustments would together leave the limit."""

    code = "adjustment_too_great"
    zh = "加减分合计为 {found}，不能超过 ±{limit} 分。"
    en = "The adjustments sum to {found}; they must not exceed +/-{limit} points."


class AdjustmentTooFine(Invalid):
    """An adjustment of zero, or with more than two places."""

    code = "adjustment_too_fine"
    zh = "加减分不能为 0，最多两位小数；现为 {found}。"
    en = "An adjustment must not be 0 and has at most 2 decimal places; it is {found}."


def check_adjustments(points: Sequence[Decimal], *, limit: Decimal) -> None:
    """Refuse the last of these adjustments if it does not fit with the others.

    Raises:
        AdjustmentTooFine, AdjustmentTooGreat: naming what was found.
    """
    last = points[-1]
    exponent = last.as_tuple().exponent
    if last == 0 or (isinstance(exponent, int) and -exponent > PLACES):
        fault = FieldError("/points", plain(last), Text("不为 0、至多两位小数的数", "not 0, at most 2 decimal places"))
        raise AdjustmentTooFine(found=plain(last), field_errors=[fault])
    whole = sum(points, Decimal(0))
    if abs(whole) > limit:
        bound = plain(limit)
        fault = FieldError("/points", plain(last), Text(f"合计不超过 ±{bound}", f"a sum within ±{bound}"))
        raise AdjustmentTooGreat(found=plain(whole), limit=bound, field_errors=[fault])
