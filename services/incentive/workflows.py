"""The workflows of incentive, for the route that describes them."""

from typing import Any, Final

from services.incentive.awards.domain.award import AWARD
from services.incentive.awards.domain.fund import FUND_ENDOWMENT
from services.incentive.awards.domain.proposal import PROPOSAL
from services.incentive.budgets.domain.budget import BUDGET_VERSION
from services.incentive.budgets.domain.explanation import EXPLANATION
from services.incentive.journal.domain.entry_reversal import ENTRY_REVERSAL
from services.incentive.journal.domain.month_closing import MONTH_CLOSING
from services.incentive.pay.domain.pay_change import PAY_CHANGE
from services.incentive.plans.domain.plan import PLAN_VERSION
from services.incentive.pools.domain.pool import POOL
from services.incentive.recognition.domain.recognition import RECOGNITION
from services.incentive.referrals.domain.referral import REFERRAL
from services.incentive.runs.domain.run import RUN
from services.incentive.shares.domain.dividend import SHARE_DIVIDEND
from services.incentive.shares.domain.grant import SHARE_GRANT
from services.incentive.shares.domain.revocation import SHARE_REVOCATION
from services.incentive.statements.domain.statement import STATEMENT
from services.kit.workflow import Workflow

WORKFLOWS: Final[tuple[Workflow[Any, Any], ...]] = (
    AWARD,
    FUND_ENDOWMENT,
    PROPOSAL,
    BUDGET_VERSION,
    EXPLANATION,
    ENTRY_REVERSAL,
    MONTH_CLOSING,
    PAY_CHANGE,
    PLAN_VERSION,
    POOL,
    RECOGNITION,
    REFERRAL,
    RUN,
    SHARE_DIVIDEND,
    SHARE_GRANT,
    SHARE_REVOCATION,
    STATEMENT,
)
