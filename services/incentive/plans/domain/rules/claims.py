"""The common part of bonus rules that pay approved claims: any month's run collects those due and not posted."""

from collections.abc import Mapping
from typing import ClassVar

from services.incentive.plans.domain.parameters import RULE_SCHEMA
from services.incentive.plans.domain.rules.weight import Need
from services.kit.errors import Text


class ClaimsRule:
    """A rule whose lines are claims of its kind: awards, referral bonuses, pools, dividends.

    Its figures are what the claims are made by; its runs have no cycle and can be made at any time (design §3).
    """

    __pydantic_config__: ClassVar[Mapping[str, object]] = RULE_SCHEMA
    label: ClassVar[Text]
    period_marks: ClassVar[tuple[str, ...]] = ("0", "1")
    needs: ClassVar[frozenset[Need]] = frozenset({Need.CLAIMS})
