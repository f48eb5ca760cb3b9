"""Whose move it is where something waits for a decision (ORG-04, ORG-05)."""

from services.kit.identity import Role
from services.org.documents.domain.amendment import AmendmentState
from services.org.documents.domain.role_document_life import DocumentState

DOCUMENTS_WAIT_FOR = {
    DocumentState.HR_REVIEW: Role.HR,
    DocumentState.REVIEWED: Role.EXECUTIVE,
    DocumentState.APPROVED: Role.HR,
}
"""Versions of role documents that go on only when this role endorses, approves or signs them."""

AMENDMENTS_WAIT_FOR = {AmendmentState.REQUESTED: Role.EXECUTIVE}
"""Requests to amend that go on only when this role approves or refuses them."""
