"""Innovation proposals in the database."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.incentive.awards.store.tables import InnovationProposalRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession


async def add(session: WriteSession, row: InnovationProposalRow) -> None:
    """Write a new proposal."""
    session.add(row)
    await session.flush()


async def one(session: ReadSession, proposal_id: UUID, *, lock: bool = False) -> InnovationProposalRow | None:
    """A proposal; ``lock`` locks it until the transaction ends."""
    query = select(InnovationProposalRow).where(InnovationProposalRow.id == proposal_id)
    query = query.execution_options(populate_existing=True)
    found: InnovationProposalRow | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def titles(session: ReadSession, proposal_ids: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    """The titles of proposals by id."""
    wanted = {each for each in proposal_ids if each is not None}
    columns = (InnovationProposalRow.id, InnovationProposalRow.title)
    found = await session.execute(select(*columns).where(InnovationProposalRow.id.in_(wanted)))
    return {row.id: row.title for row in found}


async def listed(
    session: ReadSession, *, of_person: UUID | None, state: str | None, paging: Paging
) -> Rows[InnovationProposalRow]:
    """Proposals in the order in which they were submitted; with ``of_person``, theirs and those adopted."""
    query: Any = select(InnovationProposalRow)
    if of_person is not None:
        own = InnovationProposalRow.submitted_by_person == of_person
        query = query.where(or_(own, InnovationProposalRow.state == "adopted"))
    if state is not None:
        query = query.where(InnovationProposalRow.state == state)
    return await page(session, query, itemgetter(0), keys=(InnovationProposalRow.id,), paging=paging)
