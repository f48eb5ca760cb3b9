"""Referrals and outcomes of probation in the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.incentive.claims.store.tables import ClaimRow
from services.incentive.pay.store.tables import PersonRow
from services.incentive.referrals.domain.referral import KIND, Outcome, ReferralState
from services.incentive.referrals.store.tables import ProbationOutcomeRow, ReferralRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession


async def lock(session: WriteSession, hired_id: UUID) -> None:
    """Lock this person's referral until the transaction ends: events and entries may arrive at the same time."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"referral:{hired_id}", 0))))


async def add(session: WriteSession, row: ReferralRow) -> None:
    """Write a referral.

    Raises:
        IntegrityError: the person hired has one already.
    """
    session.add(row)
    await session.flush()


async def one(session: ReadSession, referral_id: UUID, *, lock_row: bool = False) -> ReferralRow | None:
    """A referral; ``lock_row`` locks it until the transaction ends."""
    query = select(ReferralRow).where(ReferralRow.id == referral_id).execution_options(populate_existing=True)
    found: ReferralRow | None = await session.scalar(query.with_for_update() if lock_row else query)
    return found


async def of_hired(session: ReadSession, hired_id: UUID) -> ReferralRow | None:
    """The referral of a person hired that counts."""
    query = select(ReferralRow).where(ReferralRow.hired_id == hired_id, ReferralRow.state == ReferralState.ENTERED)
    found: ReferralRow | None = await session.scalar(query)
    return found


async def listed(
    session: ReadSession, *, state: str | None, within: Sequence[UUID] | None, paging: Paging
) -> Rows[ReferralRow]:
    """Referrals in the order in which they were entered; ``within``: of people hired in or below one of these units."""
    query: Any = select(ReferralRow)
    if state is not None:
        query = query.where(ReferralRow.state == state)
    if within is not None:
        query = query.join(PersonRow, PersonRow.employee_id == ReferralRow.hired_id)
        query = query.where(PersonRow.unit_path.overlap(within))
    return await page(session, query, itemgetter(0), keys=(ReferralRow.id,), paging=paging)


async def unclaimed(session: ReadSession) -> Sequence[UUID]:
    """The people hired of whom a referral counts and no claim was ever made."""
    claimed = select(ClaimRow.id).where(ClaimRow.kind == KIND, ClaimRow.source_id == ReferralRow.id).exists()
    query = select(ReferralRow.hired_id).where(ReferralRow.state == ReferralState.ENTERED, ~claimed)
    return (await session.execute(query)).scalars().all()


async def tell(session: WriteSession, employee_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Store the outcome of a review, replacing what was reported before."""
    values = {
        "employee_id": employee_id,
        "result": outcome.result,
        "core_talent": outcome.core_talent,
        "effective_on": outcome.effective_on,
        "reported_at": now,
    }
    row = insert(ProbationOutcomeRow).values(review_id=outcome.review_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["review_id"], set_=values))


async def outcomes(session: ReadSession, people: Sequence[UUID]) -> Mapping[UUID, list[Outcome]]:
    """How the probations of these people ended."""
    found: dict[UUID, list[Outcome]] = defaultdict(list)
    query = select(ProbationOutcomeRow).where(ProbationOutcomeRow.employee_id.in_(people))
    for row in (await session.execute(query)).scalars():
        found[row.employee_id].append(Outcome(row.review_id, row.result, row.core_talent, row.effective_on))
    return found
