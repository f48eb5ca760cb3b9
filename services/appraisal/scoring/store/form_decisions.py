"""What people decided about a form: adjustments, items left out."""

from uuid import UUID

from sqlalchemy import select

from services.appraisal.scoring.store.tables import AdjustmentRow, ItemLeftOutRow
from services.kit.database import ReadSession


async def adjustments(session: ReadSession, form_id: UUID) -> list[AdjustmentRow]:
    """The adjustments of a form, oldest first."""
    query = select(AdjustmentRow).where(AdjustmentRow.form_id == form_id).order_by(AdjustmentRow.id)
    return list((await session.execute(query)).scalars())


async def left_out(session: ReadSession, form_id: UUID) -> list[ItemLeftOutRow]:
    """The items left out of a form."""
    query = select(ItemLeftOutRow).where(ItemLeftOutRow.form_id == form_id).order_by(ItemLeftOutRow.item)
    return list((await session.execute(query)).scalars())
