"""/v1/incentive/pay_profiles: what a person's pay is made of (INC-01)."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import Field, StringConstraints

from services.incentive.answers import InCurrency
from services.incentive.pay.usecases import pay_profiles as usecases
from services.kit.access.callers import AnyCaller, permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Coefficient, Day, Id, PositiveMoney
from services.kit.identity import Caller
from services.kit.web.application import PageAsked, Read, tag
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="pay_profiles")

SeesPay = Annotated[Caller, permit(*usecases.SEES_PAY)]
ProfileId = Annotated[Id, Path(description="Id of the pay profile.")]
FixedPay = Annotated[
    PositiveMoney, Field(description="Fixed monthly pay before tax, in the currency given.", examples=["18000.00"])
]
FixedShare = Annotated[Coefficient, Field(description="Fixed part of the ratio fixed : variable.", examples=["6"])]
VariableShare = Annotated[
    Coefficient, Field(description="Variable part of the ratio fixed : variable.", examples=["4"])
]
MonthlyBase = Annotated[
    PositiveMoney | None,
    Field(description="Monthly bonus base, if set explicitly; null if it follows from pay and ratio.", examples=[None]),
]
CurrencyCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="Currency code (ISO 4217).", examples=["CNY"])
]
YuanOnly = Annotated[
    Literal["CNY"],
    Field(
        description="Currency code (ISO 4217): only yuan, as are award rules and the limits of authorities.",
        examples=["CNY"],
    ),
]
CostCentre = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    Field(description="Cost centre that bears the pay.", examples=["CC-1"]),
]


class PayProfile(InCurrency):
    """One version of a person's terms of pay."""

    id: Id = Field(description="Id of the profile.", examples=["01980000-0000-7000-8000-0000000000fa"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str | None = Field(
        description="Name of the employee; null until org has published the number.", examples=["苏曼青"]
    )
    version: int = Field(
        description="Number of the person's profile, from 1; also the revision for `If-Match`.", examples=[1]
    )
    fixed_pay: FixedPay
    fixed_share: FixedShare
    variable_share: VariableShare
    monthly_base: MonthlyBase
    currency: CurrencyCode
    cost_centre: CostCentre
    valid_from: date = Field(description="First day on which the terms apply.", examples=["2026-01-01"])
    valid_to: date | None = Field(description="Last day, included; null if open-ended.", examples=[None])
    replaced_at: datetime | None = Field(
        description="Time at which a correction replaced it; null while in force.", examples=[None]
    )


@routes.get("/pay_profiles", summary="List pay profiles")
async def list_pay_profiles(
    session: Read,
    caller: SeesPay,
    paging: PageAsked,
    employee_number: Annotated[CodeText | None, Query(description="Only profiles of this employee.")] = None,
    as_of: Annotated[Day | None, Query(description="Only profiles that apply on this day.")] = None,
) -> Page[PayProfile]:
    """Profiles in force, by employee number, limited to the units over which the caller has the role."""
    rows = await usecases.list_profiles(
        session, caller=caller, employee_number=employee_number, as_of=as_of, paging=paging
    )
    return Page[PayProfile](**rows.written(PayProfile.model_validate))


@routes.get("/my/pay_profiles", summary="List my own pay profiles")
async def list_my_pay_profiles(session: Read, caller: AnyCaller, paging: PageAsked) -> Page[PayProfile]:
    """The caller's profiles in force, by version."""
    rows = await usecases.list_own(session, caller=caller, paging=paging)
    return Page[PayProfile](**rows.written(PayProfile.model_validate))


@routes.get("/pay_profiles/{profile_id}", summary="Read one pay profile")
async def get_pay_profile(session: Read, caller: AnyCaller, profile_id: ProfileId, response: Response) -> PayProfile:
    """For the person, compensation HR, finance and approvers; everyone else gets 404."""
    profile = await usecases.read_profile(session, caller=caller, profile_id=profile_id)
    tag(response, profile.version)
    return PayProfile.model_validate(profile)
