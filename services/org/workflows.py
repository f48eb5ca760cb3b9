"""The workflows of org, for the route that describes them."""

from typing import Any, Final

from services.kit.workflow import Workflow
from services.org.authority.domain.delegation import DELEGATION
from services.org.authority.domain.limit_change import LIMIT_CHANGE
from services.org.authority.domain.policy_change import POLICY_CHANGE
from services.org.documents.domain.amendment import AMENDMENT
from services.org.documents.domain.role_document_life import DOCUMENT
from services.org.employment.domain.probation_review import PROBATION_REVIEW
from services.org.identity.domain.account import ROLE_ASSIGNMENT

WORKFLOWS: Final[tuple[Workflow[Any, Any], ...]] = (
    DELEGATION,
    LIMIT_CHANGE,
    POLICY_CHANGE,
    AMENDMENT,
    DOCUMENT,
    PROBATION_REVIEW,
    ROLE_ASSIGNMENT,
)
