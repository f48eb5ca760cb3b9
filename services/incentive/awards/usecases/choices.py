"""What a nomination can name: the funds of a year and the award rules in force on a day (INC-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.incentive.awards.domain.fund import Fund
from services.incentive.awards.store import funds as fund_store
from services.incentive.plans.domain.plan import PlanVersion, each_in_force
from services.incentive.plans.domain.rules.special_award import AwardRule, SpecialAward
from services.incentive.plans.store import plans as plan_store
from services.kit.database.sessions import ReadSession


@dataclass(frozen=True)
class AwardChoices:
    """Funds by code, and each award rule with the version of the plan that it is part of."""

    funds: Sequence[Fund]
    rules: Sequence[tuple[PlanVersion, AwardRule]]


async def list_choices(session: ReadSession, *, day: date) -> AwardChoices:
    """What can be named in a nomination for something achieved on ``day``."""
    plans = each_in_force(await plan_store.of_kind(session, SpecialAward.kind), day)
    rules = [(plan, rule) for plan in plans if isinstance(plan.rule, SpecialAward) for rule in plan.rule.awards]
    return AwardChoices(await fund_store.of_year(session, day.year), rules)
