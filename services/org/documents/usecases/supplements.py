"""Duties that a role has for a time in addition to those of its document (ORG-05)."""

from uuid import UUID

from services.kit.database.sessions import days
from services.kit.errors import FieldError, Text, existing
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import Supplement, demand_fits
from services.org.documents.store import role_documents as rows
from services.org.documents.store.role_documents import StoredSupplement
from services.org.documents.store.tables import SupplementRow
from services.org.documents.usecases.document_subjects import path_of, require_author
from services.org.documents.usecases.role_documents import DocumentUnknown


async def add(uow: UnitOfWork, *, document_id: UUID, supplement: Supplement) -> StoredSupplement:
    """Give a role duties for a time.

    Raises:
        DocumentUnknown, OutOfScope, SupplementUnsound.
    """
    document = existing(await rows.find(uow.session, document_id), DocumentUnknown)
    await require_author(uow.session, uow.caller, await path_of(uow.session, document, uow.today), uow.today)
    valid = supplement.valid
    version = await rows.in_force(uow.session, document_id, valid.start)
    if version is None:
        expected = Text("有生效版本的日期", "a day on which a version is in force")
        raise DocumentUnknown(field_errors=[FieldError("/valid_from", str(valid.start), expected)])
    demand_fits(supplement, rows.version_of(version).content)
    row = SupplementRow(
        document_id=document_id,
        reason=rows.TEXT.dump(supplement.reason),
        duties=rows.DUTIES.dump(supplement.duties),
        valid=days(valid),
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.record(
        "org.role_document.supplemented",
        subject=("role_document", document_id),
        after={"valid": valid, "duties": [duty.code for duty in supplement.duties]},
        data={"valid_from": valid.start, "valid_to": valid.last},
    )
    return rows.supplement_of(row)
