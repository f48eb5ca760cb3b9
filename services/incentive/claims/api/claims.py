"""/v1/incentive/claims: what people are owed for single occasions, as approved (INC-04 … INC-07)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.claims.domain.claim import ClaimFilter
from services.incentive.claims.usecases import claims as usecases
from services.incentive.explanations.api.explanations import Narrated, narrated
from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.kit.access.callers import AnyCaller, permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Model, Money
from services.kit.identity import Caller
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="claims")

SeesClaims = Annotated[Caller, permit(*SEES_PAY)]


class ClaimCost(Model):
    """The share of a claim that one cost centre bears."""

    cost_centre: str = Field(description="The cost centre.", examples=["CC-1"])
    amount: Money = Field(
        description="Amount before tax, in the currency of the claim, as text.", examples=["25000.00"]
    )


class Claim(InCurrency):
    """A claim: what one person is owed for one occasion, according to its newest version."""

    id: Id = Field(description="Id of the version.", examples=["01980000-0000-7000-8000-0000000000ab"])
    version: int = Field(description="Number of the version, from 1.", examples=[1])
    kind: str = Field(description="Kind of bonus.", examples=["special_award"])
    occasion: str = Field(description="What it is for.", examples=["SA-2026-001"])
    employee_id: Id = Field(
        description="Employee to whom it belongs.", examples=["01980000-0000-7000-8000-000000000001"]
    )
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    amount: Money = Field(description="Whole amount due, before tax; 0.00 after a withdrawal.", examples=["25000.00"])
    costs: list[ClaimCost] = Field(description="Cost centres that bear it; the shares sum to the amount.")
    due_on: date = Field(
        description="Due date: it is paid by a run whose period ends on or after this day.", examples=["2026-05-20"]
    )
    source_type: str = Field(description="Kind of the approved record behind the claim.", examples=["award"])
    source_id: Id = Field(description="Id of that record.", examples=["01980000-0000-7000-8000-0000000000ac"])
    source_version: str = Field(description="Version or hash of that record, as approved.", examples=["3"])
    entered_at: datetime = Field(
        description="Time at which this version was written.", examples=["2026-05-20T09:00:00+08:00"]
    )
    entered_by_name: str = Field(
        description="Name of the person whose approval created this version.", examples=["秦国栋"]
    )


class ClaimVersion(Model):
    """One version of a claim."""

    version: int = Field(description="Number of the version, from 1.", examples=[1])
    amount: Money = Field(description="Whole amount due, before tax.", examples=["25000.00"])
    due_on: date = Field(description="Day from which a run pays it.", examples=["2026-05-20"])
    entered_at: datetime = Field(description="Time of writing.", examples=["2026-05-20T09:00:00+08:00"])
    entered_by_name: str = Field(
        description="Name of the person whose approval created this version.", examples=["秦国栋"]
    )


class ClaimInFull(Claim):
    """A claim with the explanation of its amount and all its versions."""

    explanation: Narrated = Field(description="Explanation of the amount.")
    versions: list[ClaimVersion] = Field(description="All versions in order; the last one is valid.")


@routes.get("/claims", response_model=Page[Claim], summary="List claims")
async def list_claims(
    session: Read,
    caller: SeesClaims,
    paging: PageAsked,
    kind: Annotated[CodeText | None, Query(description="Only claims of this kind of bonus.")] = None,
    employee_number: Annotated[CodeText | None, Query(description="Only claims of this employee.")] = None,
    source_id: Annotated[Id | None, Query(description="Only claims that come from this record.")] = None,
) -> dict[str, Any]:
    """Claims of the people whose pay the caller may see, in the order in which their newest versions were written."""
    wanted = ClaimFilter(kind=kind, employee_number=employee_number, source_id=source_id)
    return (await usecases.list_claims(session, caller=caller, wanted=wanted, paging=paging)).written(_claim)


@routes.get("/my/claims", response_model=Page[Claim], summary="List my own claims")
async def list_my_claims(session: Read, caller: AnyCaller, paging: PageAsked) -> dict[str, Any]:
    """Claims approved for the caller. A run pays them, and a statement reports the payment."""
    return (await usecases.list_own(session, caller=caller, paging=paging)).written(_claim)


@routes.get("/claims/{claim_id}", response_model=ClaimInFull, summary="Read one claim")
async def get_claim(
    session: Read,
    caller: AnyCaller,
    claim_id: Annotated[Id, Path(description="Id of a version of the claim.")],
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """For the person, compensation and finance; everyone else gets 404."""
    details = await usecases.read_claim(session, caller=caller, claim_id=claim_id)
    return {
        **_claim(details),
        "explanation": narrated(details.row.explanation, language),
        "versions": [{name: getattr(each, name) for name in ClaimVersion.model_fields} for each in details.versions],
    }


_OWN = (
    *("id", "version", "kind", "occasion", "employee_id", "currency", "amount", "due_on"),
    *("source_type", "source_id", "source_version", "entered_at", "entered_by_name"),
)


def _claim(details: usecases.ClaimDetails) -> dict[str, Any]:
    row = details.row
    return {
        **{name: getattr(row, name) for name in _OWN},
        "employee_number": details.person.number,
        "employee_name": details.person.name,
        "costs": [{"cost_centre": centre, "amount": amount} for centre, amount in row.costs.items()],
    }
