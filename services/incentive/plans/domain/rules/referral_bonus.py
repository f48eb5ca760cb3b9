"""Referral bonus: a fixed amount, once for each person hired, when their probation is passed (INC-06)."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.incentive.plans.domain.parameters import parameter
from services.incentive.plans.domain.rules.claims import ClaimsRule
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import FEN, plain

MAX_AMOUNT = Decimal(10) ** 8
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)


class ReferralNotAcceptable(Invalid):
    """The amount or the cost centre of a referral bonus cannot be meant."""

    code = "referral_not_acceptable"
    zh = "伯乐奖的金额或成本中心有误，请按下列提示修改。"
    en = "The amount or the cost centre of the referral bonus is not valid; correct it as follows."


@dataclass(frozen=True)
class ReferralBonus(ClaimsRule):
    """Pays ``amount`` yuan to whoever referred somebody for a position of core talent. Raises ReferralNotAcceptable."""

    kind: Literal["referral_bonus"] = "referral_bonus"
    amount: Decimal = field(
        default=Decimal("2000.00"),
        metadata=parameter("每人奖励金额", "Amount for each person hired, before tax, in yuan", example="2000.00"),
    )
    cost_centre: str = field(
        default="RECRUITING", metadata=parameter("成本中心", "The cost centre that bears it", example="RECRUITING")
    )

    label: ClassVar[Text] = Text("伯乐奖", "Referral bonus")

    def __post_init__(self) -> None:
        field_errors = []
        if not 0 < self.amount < MAX_AMOUNT or self.amount % FEN:
            expected = Text("大于 0、至分为止的金额", "more than 0, whole fen")
            found = plain(self.amount) if self.amount.is_finite() else str(self.amount)
            field_errors.append(FieldError("/amount", found, expected))
        if not _CODE.fullmatch(self.cost_centre):
            expected = Text("字母、数字、点、横线、下划线，至多 64 个字符", "letters, digits, dots, dashes, at most 64")
            field_errors.append(FieldError("/cost_centre", self.cost_centre[:40], expected))
        if field_errors:
            raise ReferralNotAcceptable(field_errors=field_errors)
