"""Nominations of raters as stored."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.feedback.domain.nomination import NominationState, Nominee
from services.appraisal.feedback.store.tables import NominationRow
from services.kit.database.codec import Codec
from services.kit.database.sessions import ReadSession, WriteSession

NOMINEES: Codec[tuple[Nominee, ...]] = Codec(tuple[Nominee, ...])


async def of_form(session: ReadSession, form_id: UUID) -> NominationRow | None:
    """The nomination of a form, as it is now."""
    query = select(NominationRow).where(NominationRow.form_id == form_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def add(session: WriteSession, row: NominationRow) -> None:
    """Store a nomination."""
    session.add(row)
    await session.flush()


async def undecided(session: ReadSession, cycle_id: UUID) -> Sequence[FormRow]:
    """The forms of a cycle whose nominations nobody has decided."""
    query = select(FormRow).join(NominationRow, NominationRow.form_id == FormRow.id)
    query = query.where(
        NominationRow.cycle_id == cycle_id,
        NominationRow.state == NominationState.PROPOSED.value,
        FormRow.excluded_at.is_(None),
    )
    return (await session.execute(query.order_by(FormRow.id))).scalars().all()
