"""The scoring rules of domain §2.1, one a file. A new rule is a new file, a line here and a table of cases."""

from services.appraisal.library.domain.indicators.carried import Carried
from services.appraisal.library.domain.indicators.deduction import Deduction
from services.appraisal.library.domain.indicators.higher_is_better import HigherIsBetter
from services.appraisal.library.domain.indicators.judged import Judged
from services.appraisal.library.domain.indicators.lower_is_better import LowerIsBetter
from services.appraisal.library.domain.indicators.multi_rater import MultiRater
from services.appraisal.library.domain.indicators.on_target import OnTarget
from services.appraisal.library.domain.indicators.pass_fail import PassFail
from services.appraisal.library.domain.indicators.points import Points

Rule = HigherIsBetter | LowerIsBetter | OnTarget | Points | Deduction | PassFail | Judged | Carried | MultiRater

__all__ = [
    "Carried",
    "Deduction",
    "HigherIsBetter",
    "Judged",
    "LowerIsBetter",
    "MultiRater",
    "OnTarget",
    "PassFail",
    "Points",
    "Rule",
]
