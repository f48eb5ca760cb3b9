"""Awards with their members and approvals in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select, update

from services.incentive.awards.domain.award import Award, Ground, Innovation, Member
from services.incentive.awards.domain.fund import Fund
from services.incentive.awards.store.tables import AwardApprovalRow, AwardFundRow, AwardMemberRow, AwardRow
from services.incentive.clients.approval import Colleague
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Caller
from services.kit.work.history import Decision, last_decisions, moved_by
from services.kit.work.tasks import subjects_waiting
from services.kit.work.unit_of_work import UnitOfWork

APPROVE: Final = "award.approve"
"""The task of whoever is to approve an award."""


@dataclass(frozen=True)
class AwardFilter:
    """Which awards are wanted; ``seen_by``: only those in which this caller has a part. None: all."""

    state: str | None = None
    fund_id: UUID | None = None
    seen_by: Caller | None = None


@dataclass(frozen=True)
class AwardRecord:
    """An award as it is kept, with the fund that pays it. ``decision`` brought it into its state; None: nominated."""

    row: AwardRow
    fund: AwardFundRow
    members: Sequence[AwardMemberRow]
    approvals: Sequence[AwardApprovalRow]
    decision: Decision | None


async def add(session: WriteSession, row: AwardRow, members: Sequence[Member]) -> None:
    """Write a nomination.

    Raises:
        IntegrityError: its code is taken, or its proposal is rewarded already.
    """
    session.add(row)
    await session.flush()
    columns = ("employee_id", "number", "name", "share", "amount")
    rows = [{"award_id": row.id, **{name: getattr(each, name) for name in columns}} for each in members]
    await session.execute(insert(AwardMemberRow), rows)


async def lock(session: WriteSession, award_id: UUID) -> None:
    """Lock the award until the transaction ends."""
    await session.execute(select(AwardRow.id).where(AwardRow.id == award_id).with_for_update())


async def one(session: ReadSession, award_id: UUID) -> AwardRecord | None:
    """An award with everything about it."""
    row: AwardRow | None = await session.get(AwardRow, award_id, populate_existing=True)
    return None if row is None else (await _records(session, [row]))[0]


async def listed(session: ReadSession, wanted: AwardFilter, paging: Paging) -> Rows[AwardRecord]:
    """Awards in the order in which they were nominated."""
    query: Any = select(AwardRow)
    for name in ("state", "fund_id"):
        if getattr(wanted, name) is not None:
            query = query.where(getattr(AwardRow, name) == getattr(wanted, name))
    if wanted.seen_by is not None:
        person = wanted.seen_by.employee_id or wanted.seen_by.account_id
        query = query.where(
            or_(
                AwardRow.nominated_by_person == person,
                AwardRow.id.in_(select(AwardMemberRow.award_id).where(AwardMemberRow.employee_id == person)),
                AwardRow.id.in_(select(AwardApprovalRow.award_id).where(AwardApprovalRow.employee_id == person)),
                _to_decide(wanted.seen_by),
            )
        )
    rows = await page(session, query, itemgetter(0), keys=(AwardRow.id,), paging=paging)
    return Rows(await _records(session, rows.items), rows.next)


async def to_decide(session: ReadSession, caller: Caller, awards: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these awards wait for the caller's decision, or were decided by them."""
    asked = select(AwardRow.id).where(AwardRow.id.in_(awards), _to_decide(caller))
    return frozenset((await session.execute(asked)).scalars())


def _to_decide(caller: Caller) -> ColumnElement[bool]:
    return or_(AwardRow.id.in_(subjects_waiting(caller, APPROVE)), AwardRow.id.in_(moved_by(AwardRow, caller)))


async def waits_for(session: ReadSession, caller: Caller, award_id: UUID) -> bool:
    """Whether the caller is asked to approve the award."""
    asked = select(AwardRow.id).where(AwardRow.id == award_id, AwardRow.id.in_(subjects_waiting(caller, APPROVE)))
    return (await session.execute(asked)).first() is not None


async def add_approval(
    uow: UnitOfWork, *, award_id: UUID, person: UUID, revision: int, acting_for: Colleague | None
) -> None:
    """Write that the caller approved this revision, ``acting_for`` a delegator, or on their own authority."""
    who = {"employee_id": person, "account_id": uow.caller.account_id, "name": uow.caller.name}
    row = {"award_id": award_id, "revision": revision, "approved_at": uow.now, **who}
    if acting_for is not None:
        row |= {f"acting_for_{name}": value for name, value in vars(acting_for).items()}
    await uow.session.execute(insert(AwardApprovalRow).values(**row))


async def set_values(session: WriteSession, award_id: UUID, **values: Any) -> None:
    """Change columns other than the state."""
    changed = update(AwardRow).where(AwardRow.id == award_id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))


def award_of(record: AwardRecord, fund: Fund, ground: Ground | None, innovation: Innovation | None) -> Award:
    """The award that is kept, as what is approved."""
    row = record.row
    members = (Member(each.employee_id, each.number, each.name, each.share, each.amount) for each in record.members)
    return Award(
        id=row.id,
        code=row.code,
        title=row.title,
        revision=row.revision,
        amount=row.amount,
        currency=row.currency,
        cost_centre=fund.cost_centre,
        members=tuple(members),
        ground=ground,
        innovation=innovation,
    )


async def _records(session: ReadSession, rows: Sequence[AwardRow]) -> list[AwardRecord]:
    """In a number of statements that does not depend on how many there are."""
    ids = [row.id for row in rows]
    funds = await session.execute(select(AwardFundRow).where(AwardFundRow.id.in_({row.fund_id for row in rows})))
    by_id = {fund.id: fund for fund in funds.scalars()}
    members = await _grouped(session, AwardMemberRow, ids, AwardMemberRow.number)
    approvals = await _grouped(session, AwardApprovalRow, ids, AwardApprovalRow.revision)
    decisions = await last_decisions(session, AwardRow, ids)
    return [
        AwardRecord(row, by_id[row.fund_id], members.get(row.id, ()), approvals.get(row.id, ()), decisions.get(row.id))
        for row in rows
    ]


async def _grouped(session: ReadSession, rows: Any, ids: Sequence[UUID], order: Any) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in (await session.execute(select(rows).where(rows.award_id.in_(ids)).order_by(order))).scalars():
        found.setdefault(row.award_id, []).append(row)
    return found
