"""The names of the values of incentive's enumerations, for the route that lists them."""

from typing import Final

from services.incentive.budgets.domain.budget import COMMITMENT_STATES, STANDINGS
from services.incentive.calculation.domain.line import REASON_NAMES
from services.incentive.currencies import CURRENCIES, currency_name
from services.incentive.journal.domain.journal import ACCOUNT_KINDS, ENTRY_KINDS
from services.incentive.journal.domain.month_closing import KINDS as CLOSING_KINDS
from services.incentive.payroll.domain.answer import OUTCOMES as PAYMENT_OUTCOMES
from services.incentive.plans.domain.absences import ABSENCES
from services.incentive.plans.domain.cycle import SPAN_NAMES
from services.incentive.plans.domain.lint import FINDING_KINDS
from services.incentive.plans.domain.policy import LEAVER_NAMES, PROBATION_NAMES
from services.incentive.plans.domain.rules import rule_types
from services.incentive.recognition.domain.recognition import KINDS as RECOGNITION_KINDS
from services.incentive.referrals.domain.referral import WAITING
from services.incentive.statements.domain.later_change import CHANGES
from services.incentive.statements.domain.statement import OUTCOMES as ANSWER_OUTCOMES
from services.incentive.statements.domain.statement import STATEMENT
from services.kit.audit.hash_chain import FAULT_NAMES
from services.kit.errors import LANGUAGE_NAMES, Text
from services.kit.explanation import COMPARISON_NAMES
from services.kit.identity import ROLE_NAMES
from services.kit.routes.labels import Labels

BONUSES: Final[dict[str, Text]] = {rule.kind: rule.label for rule in rule_types()}
"""The kinds of bonus, which are those of the rules of plans."""

LABELS: Final[Labels] = {
    "AbsenceKind": ABSENCES,
    "AccountKind": ACCOUNT_KINDS,
    "AnswerOutcome": ANSWER_OUTCOMES,
    "ChangeKind": CHANGES,
    "ClosingKind": CLOSING_KINDS,
    "CommitmentState": COMMITMENT_STATES,
    "Eligibility.leavers": LEAVER_NAMES,
    "Eligibility.probation": PROBATION_NAMES,
    "EntryKind": ENTRY_KINDS,
    "Explanation.language": LANGUAGE_NAMES,
    "Fault": FAULT_NAMES,
    "FindingKind": FINDING_KINDS,
    "Line.currency": {code: currency_name(code) for code in sorted(CURRENCIES)},
    "Line.kind": BONUSES,
    "Narrated.language": LANGUAGE_NAMES,
    "Outcome": PAYMENT_OUTCOMES,
    "Policy.cycle": SPAN_NAMES,
    "Reason": REASON_NAMES,
    "RecognitionKind": RECOGNITION_KINDS,
    "Replay.compared": COMPARISON_NAMES,
    "Role": ROLE_NAMES,
    "Run.bonus": BONUSES,
    "Standing": STANDINGS,
    "StatementAction": STATEMENT.actions,
    "StatementPage.language": LANGUAGE_NAMES,
    "Waiting": WAITING,
}
