"""What appraisal results are used for: said in role documents (ORG-03) and in schemes (APR-02)."""

from enum import StrEnum


class ResultUse(StrEnum):
    """What appraisal results are used for."""

    PAY = "pay"
    BONUS = "bonus"
    TRAINING = "training"
    PROMOTION = "promotion"
    WARNING = "warning"
    IMPROVEMENT_PLAN = "improvement_plan"
    EXECUTIVE_RESERVE = "executive_reserve"
    TRANSFER_OR_TERMINATION = "transfer_or_termination"
    LONG_TERM_INCENTIVE = "long_term_incentive"
