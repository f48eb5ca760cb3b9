"""Versions of the policy about suppliers."""

from datetime import date
from typing import Any

from sqlalchemy import select

from services.appraisal.suppliers.domain.policy import BUILT_IN, PolicyVersion
from services.appraisal.suppliers.store.tables import POLICIES, SupplierPolicyRow
from services.kit.database import ReadSession
from services.kit.pages import Paging, Rows, page

_ROW = SupplierPolicyRow


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
    """The versions that the company has made, by number."""
    return await page(session, select(_ROW), lambda row: _version(row[0]), keys=[_ROW.version], paging=paging)


def _version(row: Any) -> PolicyVersion:
    return PolicyVersion(row.version, row.valid_from, POLICIES.load(row.body), row.created_by_name, row.created_at)
