"""/v1/appraisal/supplier_policies: how suppliers are classified, and which scores open their elimination (APR-03)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.permissions import CompanyHrUnitOfWork, Librarian
from services.appraisal.suppliers.api.supplier_fields import PolicyPath, ValidFrom
from services.appraisal.suppliers.domain import policy as domain
from services.appraisal.suppliers.usecases import policies
from services.kit.database.codec import Exact
from services.kit.database.pages import Page
from services.kit.errors import Text
from services.kit.fields import CodeText, Label, Model, PositiveMoney, Score, Weight
from services.kit.web.application import PageAsked, Read, Today
from services.kit.web.routing import located, router

routes = router("/v1/appraisal/supplier_policies", tag="suppliers")


class SupplierCriterion(Model):
    """What suppliers are classified by."""

    key: CodeText = Field(description="Key of the criterion, unique in the policy.", examples=["history"])
    name: Label = Field(description="Name in Chinese, with the unit of the value.", examples=["合作业绩：完成订单数"])
    name_en: Label = Field(description="Name in English.", examples=["history: orders completed"])
    weight: Weight = Field(description="Weight in percent; all sum to 100.", examples=["40"])
    rule: Annotated[Rule, Exact()] = Field(
        description="Rule that turns a value into points: one that needs an actual or a manual score, and no target.",
        examples=[{"kind": "score_table", "points": [["0", "40"], ["20", "100"]], "between": "linear"}],
    )


class SupplierPolicyContent(Model):
    """The content of the policy about suppliers."""

    criteria: Annotated[list[SupplierCriterion], Field(min_length=1, max_length=20)] = Field(
        description="Criteria of the classification; their weights sum to 100."
    )
    a_from: Score = Field(default=Decimal(85), description="Lowest score of class A, in points.", examples=["85"])
    b_from: Score = Field(default=Decimal(70), description="Lowest score of class B, in points.", examples=["70"])
    elimination_below: Score = Field(
        default=Decimal(80), description="Quarterly scores below this count towards elimination.", examples=["80"]
    )
    elimination_scores: Annotated[int, Field(ge=1, le=12)] = Field(
        default=2, description="Number of such scores in a row that open an elimination.", examples=[2]
    )
    decision_days: Annotated[int, Field(ge=1, le=60)] = Field(
        default=10, description="Working days within which an elimination is to be decided.", examples=[10]
    )
    large_order_from: PositiveMoney = Field(
        default=Decimal(100000), description="Amount in yuan from which an order is large.", examples=["100000.00"]
    )


class NewSupplierPolicy(SupplierPolicyContent):
    """The next version of the policy."""

    valid_from: ValidFrom

    def policy(self) -> domain.SupplierPolicy:
        """The same for the domain."""
        criteria = tuple(
            domain.Criterion(each.key, Text(each.name, each.name_en), each.weight, each.rule) for each in self.criteria
        )
        rest = {name: getattr(self, name) for name in SupplierPolicyContent.model_fields if name != "criteria"}
        return domain.SupplierPolicy(criteria, **rest)


class SupplierPolicy(SupplierPolicyContent):
    """A version of the policy, in force until the next."""

    version: int = Field(description="Number of this version; 0 is the one built in.", examples=[1])
    valid_from: date | None = Field(
        description="First day on which it applies; null of the one built in.", examples=["2026-01-01"]
    )
    created_by_name: str | None = Field(
        description="Name of the person who made it; null of the one built in.", examples=["林晓燕"]
    )
    created_at: datetime | None = Field(
        description="Time at which it was made; null of the one built in.", examples=["2026-01-05T01:00:00Z"]
    )
    is_built_in: bool = Field(description="Whether it is the one that the system comes with.", examples=[False])
    is_in_force: bool = Field(description="Whether it is the one that holds today.", examples=[True])


@routes.post("", status_code=201, summary="Make the next version of the supplier policy")
@located("/v1/appraisal/supplier_policies/{version}")
async def create_supplier_policy(body: NewSupplierPolicy, uow: CompanyHrUnitOfWork) -> SupplierPolicy:
    """Lets another policy hold from a day on. What was decided before keeps the version that it was decided by."""
    made = await policies.create(uow, valid_from=body.valid_from, policy=body.policy())
    return _written(made, await policies.version_in_force(uow.session, day=uow.today))


@routes.get("", summary="List versions of the supplier policy")
async def list_supplier_policies(_: Librarian, session: Read, paging: PageAsked, today: Today) -> Page[SupplierPolicy]:
    """Every version by number, from the one built in, which holds until the first of the company's own begins."""
    found = await policies.list_policies(session, paging=paging)
    in_force = await policies.version_in_force(session, day=today)
    return Page[SupplierPolicy].model_validate(found.written(lambda each: _written(each, in_force)))


@routes.get("/{version}", summary="Read a version of the supplier policy")
async def get_supplier_policy(version: PolicyPath, _: Librarian, session: Read, today: Today) -> SupplierPolicy:
    """One version; 0 is the one built in."""
    found = await policies.get(session, version=version)
    return _written(found, await policies.version_in_force(session, day=today))


def _written(found: domain.PolicyVersion, in_force: int) -> SupplierPolicy:
    policy = found.policy
    criteria = [
        SupplierCriterion(key=each.key, name=each.name.zh, name_en=each.name.en, weight=each.weight, rule=each.rule)
        for each in policy.criteria
    ]
    rest = {name: getattr(policy, name) for name in SupplierPolicyContent.model_fields if name != "criteria"}
    made = {name: value for name, value in vars(found).items() if name != "policy"}
    return SupplierPolicy(
        criteria=criteria,
        is_built_in=found.version == domain.BUILT_IN.version,
        is_in_force=found.version == in_force,
        **rest,
        **made,
    )
