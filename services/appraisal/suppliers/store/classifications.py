"""How suppliers were classified."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.suppliers.domain.classification import Classification
from services.appraisal.suppliers.store.tables import FINDINGS, SupplierClassificationRow, SupplierRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

_ROW = SupplierClassificationRow
_NAMES = ("supplier_code", "supplier_name")


async def add(session: WriteSession, found: Classification) -> None:
    """Store one."""
    values = {
        **{name: value for name, value in vars(found).items() if name not in _NAMES},
        "supplier_class": found.supplier_class.value,
        "findings": FINDINGS.dump(dict(found.findings)),
    }
    session.add(SupplierClassificationRow(**values))
    await session.flush()


async def listed(session: ReadSession, paging: Paging, *, supplier_id: UUID) -> Rows[Classification]:
    """Those of a supplier in the order in which they were decided."""
    query = select(_ROW, SupplierRow.code, SupplierRow.name).join(SupplierRow, SupplierRow.id == _ROW.supplier_id)
    return await page(
        session, query.where(_ROW.supplier_id == supplier_id), _classification, keys=[_ROW.id], paging=paging
    )


def _classification(found: Any) -> Classification:
    row, code, name = found[:3]
    values = {field: getattr(row, field) for field in Classification.__dataclass_fields__ if field not in _NAMES}
    values |= {"supplier_class": SupplierClass(row.supplier_class), "findings": FINDINGS.load(row.findings)}
    return Classification(**values, supplier_code=code, supplier_name=name)
