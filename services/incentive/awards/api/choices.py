"""/v1/incentive/award_choices: the funds and rules that a nomination can name, for everyone (INC-04)."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from services.incentive.awards.usecases import choices as usecases
from services.kit.access.callers import AnyCaller
from services.kit.fields import Day, Id, Model, Percent
from services.kit.web.application import Read, Today
from services.kit.web.routing import router

routes = router("/v1/incentive/award_choices", tag="awards")


class AwardFundChoice(Model):
    """An award fund as everyone may see it: without its balance."""

    fund_id: Id = Field(description="Id of the fund.", examples=["01980000-0000-7000-8000-0000000000f5"])
    fund_code: str = Field(description="Code of the fund.", examples=["AF-2026"])
    fund_name: str = Field(description="Name of the fund in Chinese.", examples=["2026 年专项奖励基金"])
    fund_name_en: str = Field(description="Name of the fund in English.", examples=["Award fund 2026"])
    year: int = Field(description="Year whose awards the fund pays.", examples=[2026])
    is_open: bool = Field(description="Whether the fund holds money at present.", examples=[True])


class AwardRuleChoice(Model):
    """An award rule of a plan in force, without its amount."""

    plan_code: str = Field(description="Code of the plan.", examples=["SA"])
    plan_name: str = Field(description="Name of the plan in Chinese.", examples=["专项奖励"])
    plan_name_en: str = Field(description="Name of the plan in English.", examples=["Special awards"])
    rule: str = Field(description="Code of the award rule.", examples=["LOWER-CAC"])
    rule_name: str = Field(description="What the rule rewards, in Chinese.", examples=["降低获客成本的创新"])
    rule_name_en: str = Field(
        description="What the rule rewards, in English.", examples=["Innovation that lowers acquisition cost"]
    )
    minimum_improvement: Percent | None = Field(
        description="Least reduction of the acquisition cost, in percent, by an adopted innovation; null if the rule "
        "is not about an innovation.",
        examples=["20"],
    )


class AwardChoices(Model):
    """The funds and rules that a nomination can name for an achievement on one day."""

    achieved_on: date = Field(description="Day of the achievement.", examples=["2026-04-01"])
    funds: list[AwardFundChoice] = Field(description="Funds of that year, by code.")
    rules: list[AwardRuleChoice] = Field(description="Award rules in force on that day, by plan.")


@routes.get("", response_model=AwardChoices, summary="List what a nomination can name")
async def get_award_choices(
    session: Read,
    caller: AnyCaller,
    today: Today,
    achieved_on: Annotated[
        Day | None, Query(description="Day of the achievement; today if left out.", examples=["2026-04-01"])
    ] = None,
) -> dict[str, Any]:
    """The funds and award rules for a nomination, for every employee: names and codes without amounts."""
    day = achieved_on or today
    found = await usecases.list_choices(session, day=day)
    funds = [
        {
            "fund_id": each.id,
            "fund_code": each.code,
            "fund_name": each.name.zh,
            "fund_name_en": each.name.en,
            "year": each.year,
            "is_open": each.balance > 0,
        }
        for each in found.funds
    ]
    rules = [
        {
            "plan_code": plan.code,
            "plan_name": plan.name.zh,
            "plan_name_en": plan.name.en,
            "rule": rule.code,
            "rule_name": rule.name,
            "rule_name_en": rule.name_en,
            "minimum_improvement": rule.minimum_improvement,
        }
        for plan, rule in found.rules
    ]
    return {"achieved_on": day, "funds": funds, "rules": rules}
