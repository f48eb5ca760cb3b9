"""Changes of the policy of two approvers, as they were proposed (ORG-09)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.domain.policy_change import PolicyChange
from services.org.authority.store.tables import PolicyChangeRow


async def add(uow: UnitOfWork, valid_from: date, policy: TwoApprovers) -> PolicyChange:
    """Write down what the caller proposes."""
    row = PolicyChangeRow(
        id=new_id(),
        valid_from=valid_from,
        threshold=policy.threshold,
        authority_types=sorted(each.value for each in policy.authority_types),
        **entered(uow),
    )
    uow.session.add(row)
    await uow.session.flush()
    return change_of(row)


async def locked(session: WriteSession, change_id: UUID) -> PolicyChangeRow | None:
    """A change, for deciding about it."""
    query = select(PolicyChangeRow).where(PolicyChangeRow.id == change_id).with_for_update()
    found: PolicyChangeRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def one(session: ReadSession, change_id: UUID) -> PolicyChange | None:
    """A change."""
    row: PolicyChangeRow | None = await session.get(PolicyChangeRow, change_id, populate_existing=True)
    return None if row is None else change_of(row)


async def listed(session: ReadSession, *, state: str | None, paging: Paging) -> Rows[PolicyChange]:
    """Changes in the order in which they were proposed."""
    query: Any = select(PolicyChangeRow)
    if state is not None:
        query = query.where(PolicyChangeRow.state == state)
    return await page(session, query, lambda row: change_of(row[0]), keys=(PolicyChangeRow.id,), paging=paging)


def change_of(row: PolicyChangeRow) -> PolicyChange:
    """A change from its row."""
    policy = TwoApprovers(row.threshold, frozenset(AuthorityType(each) for each in row.authority_types))
    return PolicyChange(row.id, row.valid_from, policy, row.record)
