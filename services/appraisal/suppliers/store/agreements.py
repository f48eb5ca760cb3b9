"""Framework agreements as stored."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.appraisal.suppliers.domain.agreement import Agreement
from services.appraisal.suppliers.store.tables import TERMS, SupplierAgreementRow, SupplierRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days
from services.kit.database.sessions import period as stored_period
from services.kit.periods import Period

_ROW = SupplierAgreementRow
_NAMES = ("supplier_code", "supplier_name")
_NAMED = select(_ROW, SupplierRow.code, SupplierRow.name).join(SupplierRow, SupplierRow.id == _ROW.supplier_id)


async def add(session: WriteSession, agreement: Agreement) -> None:
    """Store a version."""
    own = {name: value for name, value in vars(agreement).items() if name not in _NAMES}
    values = {**own, "valid": days(agreement.valid), "terms": TERMS.dump(agreement.terms)}
    session.add(SupplierAgreementRow(**values))
    await session.flush()


async def cut(session: WriteSession, agreement: Agreement, valid: Period, **values: object) -> None:
    """Let a version end earlier; its revision grows."""
    query = update(_ROW).where(_ROW.id == agreement.id)
    await session.execute(query.values(valid=days(valid), revision=_ROW.revision + 1, **values))


async def find(session: ReadSession, agreement_id: UUID) -> Agreement | None:
    """A version."""
    query = _NAMED.where(_ROW.id == agreement_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return None if row is None else _agreement(row)


async def last_version(session: ReadSession, supplier_id: UUID, number: str) -> Agreement | None:
    """The newest version of an agreement."""
    query = _NAMED.where(_ROW.supplier_id == supplier_id, _ROW.number == number)
    row = (await session.execute(query.order_by(_ROW.version.desc()).limit(1))).first()
    return None if row is None else _agreement(row)


async def listed(session: ReadSession, paging: Paging, *, supplier_id: UUID, as_of: date | None) -> Rows[Agreement]:
    """Versions of a supplier's agreements by number and version; only those in force on a day, where named."""
    query = _NAMED.where(_ROW.supplier_id == supplier_id)
    if as_of is not None:
        query = query.where(_ROW.valid.contains(as_of))
    return await page(session, query, _agreement, keys=[_ROW.number, _ROW.version], paging=paging)


def _agreement(found: Any) -> Agreement:
    row, code, name = found[:3]
    values = {field: getattr(row, field) for field in Agreement.__dataclass_fields__ if field not in _NAMES}
    values |= {"valid": stored_period(row.valid), "terms": TERMS.load(row.terms)}
    return Agreement(**values, supplier_code=code, supplier_name=name)
