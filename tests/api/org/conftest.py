"""Fixtures of the tests about role documents; modules with a company of their own put in that."""

from copy import deepcopy
from typing import Any

import pytest

from services.kit.codec import plain
from services.kit.identity import Role
from services.org.templates.store.templates import starter_templates
from tests.builders.org import Organisation, small_company
from tests.builders.org_documents import DocumentStaff
from tests.clients import Clients


@pytest.fixture
async def company(org: Clients) -> Organisation:
    return await small_company(org(Role.HR))


@pytest.fixture
def content() -> dict[str, Any]:
    """The document of a position, complete."""
    entry = next(entry for entry in starter_templates().entries if entry.position is not None)
    made: dict[str, Any] = plain(entry.document)
    return deepcopy(made)


@pytest.fixture
def staff(org: Clients) -> DocumentStaff:
    return DocumentStaff(org)
