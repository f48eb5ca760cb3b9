"""Bonus rules: one small dataclass a file. A new kind touches its file, the union below and a case table."""

from typing import TypeAlias

from services.incentive.domain.rules.annual_bonus import AnnualBonus
from services.incentive.domain.rules.quarterly_bonus import QuarterlyBonus

Rule: TypeAlias = QuarterlyBonus | AnnualBonus
"""Every kind of bonus rule, told apart by ``kind``."""
