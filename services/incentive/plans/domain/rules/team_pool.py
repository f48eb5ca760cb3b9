"""Team pool: a share of a unit's profit of the year, released by its attainment, over its members (INC-05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Final, Literal

from services.incentive.plans.domain.parameters import parameter
from services.incentive.plans.domain.rules.claims import ClaimsRule
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain

MAX_COEFFICIENT = Decimal(100)
HUNDRED = Decimal(100)
MAX_ATTAINMENT = Decimal(1000)
GRADES: Final = MappingProxyType(
    {grade: Decimal(value) for grade, value in zip("SABCD", ("1.5", "1.2", "1.0", "0.6", "0"), strict=True)}
)


class TeamPoolNotAcceptable(Invalid):
    """A figure of a team pool cannot be meant."""

    code = "team_pool_not_acceptable"
    zh = "团队奖金池的参数有误，请按下列提示修改。"
    en = "The figures of the team pool are not valid; correct them as follows."


@dataclass(frozen=True)
class TeamPool(ClaimsRule):
    """Shares ``share`` percent of the profit where attainment is above ``attainment``. Raises TeamPoolNotAcceptable.

    Members weigh by monthly base × coefficient of their annual grade × days in the unit.
    """

    kind: Literal["team_pool"] = "team_pool"
    attainment: Decimal = field(
        default=Decimal(120),
        metadata=parameter("达成率须高于（%）", "Attainment above which the pool is released, percent", example="120"),
    )
    share: Decimal = field(
        default=Decimal(5), metadata=parameter("利润分享比例（%）", "Share of the profit, percent", example="5")
    )
    grade_coefficients: Mapping[str, Decimal] = field(
        default_factory=lambda: dict(GRADES),
        metadata=parameter("个人系数", "Weight by annual grade", example={"S": "1.5", "A": "1.2", "B": "1.0"}),
    )

    label: ClassVar[Text] = Text("团队奖金池", "Team pool")

    def __post_init__(self) -> None:
        field_errors = []
        for name, value, most in (("attainment", self.attainment, MAX_ATTAINMENT), ("share", self.share, HUNDRED)):
            if not 0 < value <= most:
                expected = Text(f"大于 0、不超过 {most} 的百分数", f"a percentage above 0 and at most {most}")
                field_errors.append(FieldError(f"/{name}", _written(value), expected))
        for grade, value in self.grade_coefficients.items():
            if not 0 <= value <= MAX_COEFFICIENT:
                expected = Text("0 至 100 之间的数", "0 to 100")
                field_errors.append(FieldError(f"/grade_coefficients/{grade[:40]}", _written(value), expected))
        if not self.grade_coefficients:
            expected = Text("至少一个等级的系数", "a coefficient for at least one grade")
            field_errors.append(FieldError("/grade_coefficients", "{}", expected))
        if field_errors:
            raise TeamPoolNotAcceptable(field_errors=field_errors)


def _written(value: Decimal) -> str:
    return plain(value) if value.is_finite() else str(value)
