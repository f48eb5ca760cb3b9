"""Virtual shares: how grants vest, and what of excess profit vested units share as dividend (INC-07)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Final, Literal

from services.incentive.plans.domain.parameters import parameter
from services.incentive.plans.domain.rules.claims import ClaimsRule
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain

HUNDRED: Final = Decimal(100)
MAX_YEARS: Final = 10
QUARTERS: Final = (Decimal(25), Decimal(25), Decimal(25), Decimal(25))
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)


class VirtualSharesNotAcceptable(Invalid):
    """A figure of the virtual shares cannot be meant."""

    code = "virtual_shares_not_acceptable"
    zh = "虚拟股票的参数有误，请按下列提示修改。"
    en = "The figures of the virtual shares are not valid; correct them as follows."


@dataclass(frozen=True)
class VirtualShares(ClaimsRule):
    """Grants vest by ``vesting`` on each anniversary; ``share`` percent of excess profit goes to vested units.

    A grant needs strategic goals met in ``goal_years`` years in a row. On exit what has not vested is forfeited; what
    has stays, or is forfeited too unless ``keeps_vested``. Raises VirtualSharesNotAcceptable.
    """

    kind: Literal["virtual_shares"] = "virtual_shares"
    vesting: tuple[Decimal, ...] = field(
        default=QUARTERS,
        metadata=parameter(
            "授予后每满一年归属的比例（%）",
            "What vests on each anniversary of a grant, percent; together 100",
            example=["25", "25", "25", "25"],
        ),
    )
    share: Decimal = field(
        default=Decimal(10),
        metadata=parameter("超额利润分红比例（%）", "Share of excess profit, percent", example="10"),
    )
    goal_years: int = field(
        default=3,
        metadata=parameter(
            "须连续达成战略目标的年数", "Years in a row in which strategic goals have to be met", example=3
        ),
    )
    keeps_vested: bool = field(
        default=True,
        metadata=parameter("离职后保留已归属份额", "Whether vested units stay with those who leave", example=True),
    )
    cost_centre: str = field(
        default="VIRTUAL-SHARES",
        metadata=parameter("成本中心", "The cost centre that bears the dividends", example="VIRTUAL-SHARES"),
    )

    label: ClassVar[Text] = Text("虚拟股票分红", "Dividend on virtual shares")

    def __post_init__(self) -> None:
        field_errors = list(self._faults())
        if field_errors:
            raise VirtualSharesNotAcceptable(field_errors=field_errors)

    def _faults(self) -> Iterator[FieldError]:
        if not 0 < len(self.vesting) <= MAX_YEARS:
            expected = Text("1 至 10 年", "1 to 10 years")
            yield FieldError("/vesting", str(len(self.vesting)), expected)
        for place, each in enumerate(self.vesting):
            if not 0 <= each <= HUNDRED:
                yield FieldError(f"/vesting/{place}", _written(each), Text("0 至 100 的百分数", "a percentage to 100"))
        if all(each.is_finite() for each in self.vesting) and sum(self.vesting) != HUNDRED:
            yield FieldError("/vesting", _written(sum(self.vesting, Decimal(0))), Text("合计 100", "100 in total"))
        if not 0 < self.share <= HUNDRED:
            expected = Text("大于 0、不超过 100 的百分数", "a percentage above 0 and at most 100")
            yield FieldError("/share", _written(self.share), expected)
        if not 0 <= self.goal_years <= MAX_YEARS:
            yield FieldError("/goal_years", str(self.goal_years), Text("0 至 10", "0 to 10"))
        if not _CODE.fullmatch(self.cost_centre):
            expected = Text("字母、数字、点、横线、下划线，至多 64 个字符", "letters, digits, dots, dashes, at most 64")
            yield FieldError("/cost_centre", self.cost_centre[:40], expected)


def _written(value: Decimal) -> str:
    return plain(value) if value.is_finite() else str(value)
