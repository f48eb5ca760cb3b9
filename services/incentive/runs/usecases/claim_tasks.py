"""Tasks that wait until claims are paid: closed once a run has posted them."""

from uuid import UUID

from sqlalchemy import select

from services.incentive.claims.store.tables import ClaimRow
from services.incentive.claims.usecases.claims import PAY_CLAIMS
from services.incentive.runs.store.input_snapshots import settled_sources
from services.kit.work.tasks import close_tasks_among
from services.kit.work.unit_of_work import UnitOfWork


async def close_settled(uow: UnitOfWork, snapshot_id: UUID) -> None:
    """Nobody need run the payment any more of those records whose claims are all posted."""
    sources = await settled_sources(uow.session, snapshot_id)
    if sources:
        subjects = select(ClaimRow.source_id).where(ClaimRow.source_id.in_(sources))
        await close_tasks_among(uow, PAY_CLAIMS, subjects=subjects)
