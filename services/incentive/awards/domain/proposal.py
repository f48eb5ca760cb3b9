"""The register of innovation proposals: submitted, measured, adopted or refused (INC-04)."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.money import plain, round_half_up
from services.kit.workflow import Transition, Workflow


class ProposalState(StrEnum):
    """The state of an innovation proposal."""

    SUBMITTED = "submitted"
    ASSESSED = "assessed"
    ADOPTED = "adopted"
    REFUSED = "refused"


class ProposalAction(StrEnum):
    """What may be done with a proposal."""

    ASSESS = "assess"
    ADOPT = "adopt"
    REFUSE = "refuse"


_ASSESSORS = frozenset({Role.FINANCE})
_DECIDERS = frozenset({Role.EXECUTIVE})

PROPOSAL: Final = Workflow(
    "innovation_proposal",
    [
        Transition(ProposalState.SUBMITTED, ProposalAction.ASSESS, ProposalState.ASSESSED, _ASSESSORS),
        Transition(ProposalState.ASSESSED, ProposalAction.ASSESS, ProposalState.ASSESSED, _ASSESSORS),
        Transition(ProposalState.ASSESSED, ProposalAction.ADOPT, ProposalState.ADOPTED, _DECIDERS),
        Transition(ProposalState.SUBMITTED, ProposalAction.REFUSE, ProposalState.REFUSED, _DECIDERS),
        Transition(ProposalState.ASSESSED, ProposalAction.REFUSE, ProposalState.REFUSED, _DECIDERS),
    ],
    label=Text("创新提案", "innovation proposal"),
    states={
        ProposalState.SUBMITTED: Text("已提交", "submitted"),
        ProposalState.ASSESSED: Text("已评估", "assessed"),
        ProposalState.ADOPTED: Text("已采纳", "adopted"),
        ProposalState.REFUSED: Text("未采纳", "refused"),
    },
    actions={
        ProposalAction.ASSESS: Text("评估", "assessing"),
        ProposalAction.ADOPT: Text("采纳", "adopting"),
        ProposalAction.REFUSE: Text("不采纳", "refusing"),
    },
)


class CostBeforeMissing(Invalid):
    """An improvement is a share of what was spent before, which cannot be nothing."""

    code = "cost_before_missing"
    zh = "原获客成本须大于 0，方能计算降幅。"
    en = "The acquisition cost before must be more than 0 for its reduction to be a percentage."


def improvement(before: Decimal, after: Decimal) -> Fraction:
    """By how many percent the acquisition cost fell: 100 × (before − after) / before; negative where it rose.

    Raises:
        CostBeforeMissing.
    """
    if before <= 0:
        expected = Text("大于 0", "more than 0")
        raise CostBeforeMissing(field_errors=[FieldError("/cost_before", plain(before), expected)])
    return 100 * Fraction(before - after) / Fraction(before)


def in_percent(value: Fraction) -> str:
    """An improvement for people, two places; whether it suffices is judged by the exact value."""
    return f"{plain(round_half_up(value))} %"
