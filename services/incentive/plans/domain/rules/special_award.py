"""Special awards: fixed amounts by rule, or an approved amount for a free nomination (INC-04)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from services.incentive.plans.domain.parameters import parameter
from services.incentive.plans.domain.rules.claims import ClaimsRule
from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import FEN, plain

MAX_RULES = 50
MAX_AMOUNT = Decimal(10) ** 10
MAX_TEXT = 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", re.ASCII)


class AwardRulesNotAcceptable(Invalid):
    """An award rule is incomplete or out of range; the field_errors say which."""

    code = "award_rules_not_acceptable"
    zh = "专项奖励规则有误，请按下列提示修改。"
    en = "The award rules are not valid; correct them as follows."


@dataclass(frozen=True)
class AwardRule:
    """One occasion that earns a fixed amount in yuan, shared by those who took part.

    ``minimum_improvement``: an adopted innovation must lower acquisition cost by at least so many percent; null: the
    rule is about no innovation.
    """

    code: str = field(metadata=parameter("规则编码", "Code of the rule", example="NEW-MARKET"))
    name: str = field(metadata=parameter("名称", "Name in Chinese", example="开拓新市场"))
    name_en: str = field(metadata=parameter("英文名称", "Name in English", example="New market opened"))
    amount: Decimal = field(
        metadata=parameter("奖励总额", "Amount to be shared, before tax, in yuan", example="50000.00")
    )
    minimum_improvement: Decimal | None = field(
        default=None,
        metadata=parameter(
            "获客成本最低降幅（%）",
            "Least reduction of acquisition cost, in percent; null: no innovation",
            example="20",
        ),
    )


DEFAULT_RULES = (
    AwardRule("NEW-MARKET", "开拓新市场", "New market opened", Decimal("50000.00")),
    AwardRule(
        "LOWER-CAC",
        "降低获客成本的创新",
        "Innovation that lowers acquisition cost",
        Decimal("30000.00"),
        Decimal(20),
    ),
)


@dataclass(frozen=True)
class SpecialAward(ClaimsRule):
    """Pays approved awards. Raises AwardRulesNotAcceptable."""

    kind: Literal["special_award"] = "special_award"
    awards: tuple[AwardRule, ...] = field(
        default=DEFAULT_RULES,
        metadata=parameter(
            "奖励规则",
            "What earns how much",
            example=[
                {"code": "NEW-MARKET", "name": "开拓新市场", "name_en": "New market opened", "amount": "50000.00"},
                {
                    "code": "LOWER-CAC",
                    "name": "降低获客成本的创新",
                    "name_en": "Innovation that lowers acquisition cost",
                    "amount": "30000.00",
                    "minimum_improvement": "20",
                },
            ],
        ),
    )

    label: ClassVar[Text] = Text("专项奖励", "Special award")

    def __post_init__(self) -> None:
        field_errors = list(self._faults())
        if field_errors:
            raise AwardRulesNotAcceptable(field_errors=field_errors)

    def award(self, code: str) -> AwardRule | None:
        """The rule with a code."""
        return next((each for each in self.awards if each.code == code), None)

    def _faults(self) -> Iterator[FieldError]:
        if len(self.awards) > MAX_RULES:
            yield FieldError("/awards", str(len(self.awards)), Text("至多 50 项", "at most 50"))
        codes = [each.code for each in self.awards]
        for place, each in enumerate(self.awards):
            if codes.index(each.code) != place:
                yield FieldError(f"/awards/{place}/code", each.code[:40], Text("编码不重复", "no code twice"))
            yield from _rule_faults(f"/awards/{place}", each)


def _rule_faults(pointer: str, rule: AwardRule) -> Iterator[FieldError]:
    if not _CODE.fullmatch(rule.code):
        expected = Text("字母、数字、点、横线、下划线，至多 64 个字符", "letters, digits, dots, dashes, at most 64")
        yield FieldError(f"{pointer}/code", rule.code[:40], expected)
    for name in ("name", "name_en"):
        if not 0 < len(getattr(rule, name).strip()) <= MAX_TEXT:
            yield FieldError(
                f"{pointer}/{name}", getattr(rule, name)[:40], Text("1 至 200 个字符", "1 to 200 characters")
            )
    if not 0 < rule.amount < MAX_AMOUNT or rule.amount % FEN:
        yield FieldError(
            f"{pointer}/amount", plain(rule.amount), Text("大于 0、至分为止的金额", "more than 0, whole fen")
        )
    if rule.minimum_improvement is not None and not 0 < rule.minimum_improvement <= 100:  # noqa: PLR2004 - percent
        expected = Text("大于 0、不超过 100 的百分数", "a percentage above 0 and at most 100")
        yield FieldError(f"{pointer}/minimum_improvement", plain(rule.minimum_improvement), expected)
