"""Transitions of role documents, amendments and document reviews, each with the revision that it was read at."""

from typing import Any

import httpx2

from tests.builders.org import ok

DOCUMENTS = "/v1/org/role_documents"
AMENDMENTS = "/v1/org/amendments"
REVIEWS = "/v1/org/document_reviews"


REASONED = frozenset({"refuse", "return", "recall", "withdraw", "revoke_signature"})
"""What nobody does without a reason."""


async def act(
    reader: httpx2.AsyncClient, who: httpx2.AsyncClient, address: str, action: str, **body: Any
) -> httpx2.Response:
    """``who`` takes ``action`` on the record at ``address`` as ``reader`` has just read it, for a reason if needed."""
    if action in REASONED:
        body = {"reason": "依据变更", **body}
    revision = (await ok(await reader.get(address)))["revision"]
    return await who.post(f"{address}/{action}", json=body, headers={"If-Match": str(revision)})


def version_of(document: str, number: int = 1) -> str:
    """The address of a version."""
    return f"{DOCUMENTS}/{document}/versions/{number}"
