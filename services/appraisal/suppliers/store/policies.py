"""Versions of the policy about suppliers."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Date, DateTime, String, cast, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from services.appraisal.suppliers.domain.policy import BUILT_IN, PolicyVersion
from services.appraisal.suppliers.store.tables import POLICIES, SupplierPolicyRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession

_ROW = SupplierPolicyRow
_BUILT_IN: Final = select(
    literal(BUILT_IN.version).label("version"),
    cast(null(), Date).label("valid_from"),
    cast(literal(POLICIES.dump(BUILT_IN.policy), JSONB), JSONB).label("body"),
    cast(null(), String).label("created_by_name"),
    cast(null(), DateTime(timezone=True)).label("created_at"),
)


async def in_force(session: ReadSession, day: date) -> PolicyVersion:
    """The version of a day."""
    query = select(_ROW).where(_ROW.valid_from <= day).order_by(_ROW.valid_from.desc()).limit(1)
    row = (await session.execute(query)).scalar()
    return BUILT_IN if row is None else _version(row)


async def newest(session: ReadSession) -> PolicyVersion:
    """The last version."""
    row = (await session.execute(select(_ROW).order_by(_ROW.version.desc()).limit(1))).scalar()
    return BUILT_IN if row is None else _version(row)


async def find(session: ReadSession, version: int) -> PolicyVersion | None:
    """One version; 0 is the one built in."""
    if version == BUILT_IN.version:
        return BUILT_IN
    row = (await session.execute(select(_ROW).where(_ROW.version == version))).scalar()
    return None if row is None else _version(row)


async def listed(session: ReadSession, paging: Paging) -> Rows[PolicyVersion]:
    """Every version by number, from the one that is built in on."""
    row = _ROW
    stored = select(row.version, row.valid_from, row.body, row.created_by_name, row.created_at)
    every = union_all(_BUILT_IN, stored).subquery()
    return await page(session, select(*every.c), _version, keys=[every.c.version], paging=paging)


def _version(row: Any) -> PolicyVersion:
    return PolicyVersion(row.version, row.valid_from, POLICIES.load(row.body), row.created_by_name, row.created_at)
