"""What people decided about a form: adjustments, excluded items."""

from uuid import UUID

from sqlalchemy import select

from services.appraisal.scoring.store.tables import AdjustmentRow, ItemExclusionRow
from services.kit.database.sessions import ReadSession


async def adjustments(session: ReadSession, form_id: UUID) -> list[AdjustmentRow]:
    """The adjustments of a form, oldest first."""
    query = select(AdjustmentRow).where(AdjustmentRow.form_id == form_id).order_by(AdjustmentRow.id)
    return list((await session.execute(query)).scalars())


async def item_exclusions(session: ReadSession, form_id: UUID) -> list[ItemExclusionRow]:
    """The items excluded from a form."""
    query = select(ItemExclusionRow).where(ItemExclusionRow.form_id == form_id).order_by(ItemExclusionRow.item)
    return list((await session.execute(query)).scalars())
