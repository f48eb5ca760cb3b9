"""/v1/appraisal/supplier_eliminations: whether weak suppliers are eliminated, decided by people (APR-03)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.permissions import ApproverUnitOfWork, SupplierReader
from services.appraisal.schemas import (
    CycleCode,
    CycleId,
    DecisionReason,
    Points,
    ResultId,
    ResultVersion,
    RevisionField,
)
from services.appraisal.suppliers.api.supplier_fields import (
    EliminationPath,
    SupplierCode,
    SupplierId,
    SupplierName,
    UnitCode,
)
from services.appraisal.suppliers.domain import elimination as domain
from services.appraisal.suppliers.domain.elimination import EliminationState
from services.appraisal.suppliers.usecases import eliminations
from services.appraisal.suppliers.usecases.eliminations import EliminationFilter
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Id, Model, Score
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/supplier_eliminations", tag="suppliers")


class SupplierScore(Model):
    """A quarterly score on which an elimination rests, as it was when that was opened."""

    cycle_id: CycleId
    cycle_code: CycleCode
    result_id: ResultId
    version: ResultVersion
    total: Points


class SupplierElimination(Model):
    """The question whether a supplier is eliminated, and its answer."""

    id: Id = Field(description="Id of the elimination.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"])
    supplier_id: SupplierId
    supplier_code: SupplierCode
    supplier_name: SupplierName
    unit_code: UnitCode
    grounds: list[SupplierScore] = Field(description="Scores in a row that opened it, oldest first.")
    below: Score = Field(description="Mark below which each of them lies, in points.", examples=["80"])
    policy_version: int = Field(description="Version of the policy; 0 is the one built in.", examples=[0])
    state: EliminationState = Field(description="State of the elimination.", examples=["open"])
    opened_at: datetime = Field(description="Time at which it was opened.", examples=["2026-07-20T02:30:00Z"])
    decision: str | None = Field(description="Reason of the last decision; null until decided.", examples=[None])
    decided_by: UUID | None = Field(description="Account of the person who decided.", examples=[None])
    decided_by_name: str | None = Field(description="Name of the person who decided.", examples=[None])
    decided_at: datetime | None = Field(description="Time of the decision.", examples=[None])
    unmade_at: datetime | None = Field(
        description="Time at which a correction last unmade the scores, by which it was withdrawn or, if it had been "
        "confirmed, reopened; null if none did.",
        examples=[None],
    )
    unmade_by_name: str | None = Field(description="Name of whoever withdrew or reopened it.", examples=[None])
    unmade_reason: str | None = Field(
        description="Reason for that, in the language of `Accept-Language`.", examples=[None]
    )
    revision: RevisionField


@routes.get("", summary="List eliminations of suppliers")
async def list_supplier_eliminations(
    caller: SupplierReader,
    session: Read,
    paging: PageAsked,
    language: AcceptedLanguage,
    supplier_id: Annotated[UUID | None, Query(description="Only eliminations of this supplier.")] = None,
    state: Annotated[EliminationState | None, Query(description="Only eliminations in this state.")] = None,
) -> Page[SupplierElimination]:
    """Eliminations in the scope of HR, auditors and executives, in the order of opening."""
    wanted = EliminationFilter(supplier_id, state)
    found = await eliminations.list_eliminations(session, caller=caller, wanted=wanted, paging=paging)
    return Page[SupplierElimination].model_validate(found.written(lambda each: _written(each, language)))


@routes.get("/{elimination_id}", summary="Read an elimination of a supplier")
async def get_supplier_elimination(
    elimination_id: EliminationPath,
    caller: SupplierReader,
    session: Read,
    language: AcceptedLanguage,
) -> SupplierElimination:
    """One elimination with the scores on which it rests, for HR, auditors and executives of the supplier's unit."""
    found = await eliminations.get(session, caller=caller, elimination_id=elimination_id)
    return _written(found, language)


@routes.post("/{elimination_id}/confirm", summary="Eliminate a supplier")
@answers_with(
    state="confirmed", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="连续两个季度低于 80 分"
)
async def confirm_supplier_elimination(
    elimination_id: EliminationPath,
    body: DecisionReason,
    uow: ApproverUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> SupplierElimination:
    """Eliminates the supplier. HR or an executive of its unit decides, but nobody who answered for its forms."""
    decided = await eliminations.confirm(uow, elimination_id=elimination_id, revision=revision, reason=body.reason)
    return _written(decided, language)


@routes.post("/{elimination_id}/reject", summary="Keep a supplier")
@answers_with(state="rejected", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="整改有效")
async def reject_supplier_elimination(
    elimination_id: EliminationPath,
    body: DecisionReason,
    uow: ApproverUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> SupplierElimination:
    """Keeps the supplier, or takes it back if it was eliminated on scores that have been corrected since."""
    decided = await eliminations.reject(uow, elimination_id=elimination_id, revision=revision, reason=body.reason)
    return _written(decided, language)


def _written(found: domain.Elimination, language: Language) -> SupplierElimination:
    values = {name: value for name, value in vars(found).items() if name != "unit_path"}
    why = None if found.unmade_at is None else domain.UNMADE.in_language(language)
    grounds = [vars(each) for each in found.grounds]
    return SupplierElimination.model_validate({**values, "grounds": grounds, "unmade_reason": why})
