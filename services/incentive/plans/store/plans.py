"""Versions of bonus plans in the database."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select

from services.incentive.plans.domain.plan import PlanRecord, PlanVersion
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.store.tables import PlanVersionRow
from services.kit.database.codec import Codec
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days, period
from services.kit.errors import Text
from services.kit.release import ReleaseState
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork

RULES: Final[Codec[Rule]] = Codec(Rule)
POLICIES: Final[Codec[Policy]] = Codec(Policy)


async def add(uow: UnitOfWork, version: PlanVersion, note: str | None) -> PlanRecord:
    """Write a version.

    Raises:
        IntegrityError: somebody else wrote this version at the same moment.
    """
    row = PlanVersionRow(
        id=version.id,
        code=version.code,
        version=version.version,
        name_zh=version.name.zh,
        name_en=version.name.en,
        rule=RULES.dump(version.rule),
        policy=POLICIES.dump(version.policy),
        valid=days(version.validity),
        note=note,
        **entered(uow),
    )
    uow.session.add(row)
    await uow.session.flush()
    return _record(row)


async def versions(session: ReadSession, code: str) -> Sequence[PlanVersion]:
    """Every released version of a plan: those that bonuses are calculated by."""
    released = PlanVersionRow.state == ReleaseState.RELEASED.value
    query = select(PlanVersionRow).where(PlanVersionRow.code == code, released).order_by(PlanVersionRow.version)
    return [_read(row) for row in (await session.execute(query)).scalars()]


async def of_kind(session: ReadSession, kind: str) -> Sequence[PlanVersion]:
    """Every released version of any plan whose rule is of this kind, in the order in which they were entered."""
    released = PlanVersionRow.state == ReleaseState.RELEASED.value
    query = select(PlanVersionRow).where(PlanVersionRow.rule["kind"].astext == kind, released)
    return [_read(row) for row in (await session.execute(query.order_by(PlanVersionRow.id))).scalars()]


async def newest(session: ReadSession, code: str) -> int:
    """The number of the newest version, 0 if there is none."""
    found: int | None = await session.scalar(
        select(func.max(PlanVersionRow.version)).where(PlanVersionRow.code == code)
    )
    return found or 0


async def locked(session: WriteSession, version_id: UUID) -> PlanVersionRow | None:
    """One version, for deciding about it."""
    query = select(PlanVersionRow).where(PlanVersionRow.id == version_id).with_for_update()
    found: PlanVersionRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def one(session: ReadSession, version_id: UUID) -> PlanRecord | None:
    """One version."""
    row: PlanVersionRow | None = await session.get(PlanVersionRow, version_id, populate_existing=True)
    return None if row is None else _record(row)


async def names(session: ReadSession, version_ids: Collection[UUID]) -> Sequence[tuple[UUID, str, int, Text]]:
    """Id, code, number and name of these versions."""
    columns = (PlanVersionRow.id, PlanVersionRow.code, PlanVersionRow.version)
    query = select(*columns, PlanVersionRow.name_zh, PlanVersionRow.name_en).where(PlanVersionRow.id.in_(version_ids))
    return [(row.id, row.code, row.version, Text(row.name_zh, row.name_en)) for row in await session.execute(query)]


async def listed(session: ReadSession, *, code: str | None, as_of: date | None, paging: Paging) -> Rows[PlanRecord]:
    """Versions by code and number."""
    query: Select[tuple[PlanVersionRow]] = select(PlanVersionRow)
    if code is not None:
        query = query.where(PlanVersionRow.code == code)
    if as_of is not None:
        query = query.where(PlanVersionRow.valid.contains(as_of))
    return await page(
        session, query, lambda row: _record(row[0]), keys=(PlanVersionRow.code, PlanVersionRow.version), paging=paging
    )


def _read(row: PlanVersionRow) -> PlanVersion:
    return PlanVersion(
        id=row.id,
        code=row.code,
        version=row.version,
        name=Text(row.name_zh, row.name_en),
        rule=RULES.load(row.rule),
        policy=POLICIES.load(row.policy),
        validity=period(row.valid),
    )


def _record(row: PlanVersionRow) -> PlanRecord:
    return PlanRecord(_read(row), row.note, row.record)
