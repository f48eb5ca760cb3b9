"""How suppliers were classified."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.suppliers.domain.classification import Classification
from services.appraisal.suppliers.store.tables import FINDINGS, SupplierClassificationRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

_ROW = SupplierClassificationRow


async def add(session: WriteSession, found: Classification) -> None:
    """Store one."""
    values = {
        **vars(found),
        "supplier_class": found.supplier_class.value,
        "findings": FINDINGS.dump(dict(found.findings)),
    }
    session.add(SupplierClassificationRow(**values))
    await session.flush()


async def listed(session: ReadSession, paging: Paging, *, supplier_id: UUID) -> Rows[Classification]:
    """Those of a supplier in the order in which they were decided."""
    query = select(_ROW).where(_ROW.supplier_id == supplier_id)
    return await page(session, query, lambda row: _classification(row[0]), keys=[_ROW.id], paging=paging)


def _classification(row: Any) -> Classification:
    values = {name: getattr(row, name) for name in Classification.__dataclass_fields__}
    values |= {"supplier_class": SupplierClass(row.supplier_class), "findings": FINDINGS.load(row.findings)}
    return Classification(**values)
