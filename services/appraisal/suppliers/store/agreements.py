"""Framework agreements as stored."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.appraisal.suppliers.domain.agreement import Agreement
from services.appraisal.suppliers.store.tables import TERMS, SupplierAgreementRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days
from services.kit.database.sessions import period as stored_period
from services.kit.periods import Period

_ROW = SupplierAgreementRow


async def add(session: WriteSession, agreement: Agreement) -> None:
    """Store a version."""
    values = {**vars(agreement), "valid": days(agreement.valid), "terms": TERMS.dump(agreement.terms)}
    session.add(SupplierAgreementRow(**values))
    await session.flush()


async def cut(session: WriteSession, agreement: Agreement, valid: Period, **values: object) -> None:
    """Let a version end earlier; its revision grows."""
    query = update(_ROW).where(_ROW.id == agreement.id)
    await session.execute(query.values(valid=days(valid), revision=_ROW.revision + 1, **values))


async def find(session: ReadSession, agreement_id: UUID) -> Agreement | None:
    """A version."""
    query = select(_ROW).where(_ROW.id == agreement_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).scalar()
    return None if row is None else _agreement(row)


async def last_version(session: ReadSession, supplier_id: UUID, number: str) -> Agreement | None:
    """The newest version of an agreement."""
    query = select(_ROW).where(_ROW.supplier_id == supplier_id, _ROW.number == number)
    row = (await session.execute(query.order_by(_ROW.version.desc()).limit(1))).scalar()
    return None if row is None else _agreement(row)


async def listed(session: ReadSession, paging: Paging, *, supplier_id: UUID, as_of: date | None) -> Rows[Agreement]:
    """Versions of a supplier's agreements by number and version; only those in force on a day, where named."""
    query = select(_ROW).where(_ROW.supplier_id == supplier_id)
    if as_of is not None:
        query = query.where(_ROW.valid.contains(as_of))
    return await page(session, query, lambda row: _agreement(row[0]), keys=[_ROW.number, _ROW.version], paging=paging)


def _agreement(row: Any) -> Agreement:
    values = {name: getattr(row, name) for name in Agreement.__dataclass_fields__}
    return Agreement(**{**values, "valid": stored_period(row.valid), "terms": TERMS.load(row.terms)})
