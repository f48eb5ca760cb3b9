"""The scoring rules of domain §2.1, one a file. A new rule is its file, its name in this union, and its cases."""

from typing import Final, get_args

from services.appraisal.library.domain.indicators.deduction import Deduction
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.indicators.multi_rater import MultiRater
from services.appraisal.library.domain.indicators.on_target import OnTarget
from services.appraisal.library.domain.indicators.pass_fail import PassFail
from services.appraisal.library.domain.indicators.prior_results import PriorResults
from services.appraisal.library.domain.indicators.rule import ScoringRule
from services.appraisal.library.domain.indicators.score_table import ScoreTable

Rule = (
    HigherIsBetter
    | LowerIsBetter
    | OnTarget
    | ScoreTable
    | Deduction
    | PassFail
    | ManualScore
    | PriorResults
    | MultiRater
)

KINDS: Final[tuple[type[ScoringRule], ...]] = get_args(Rule)
"""The same, to be looped over."""
