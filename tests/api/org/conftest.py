"""Whatever a test of org does over HTTP is watched: a write that succeeds leaves a line in the trail, and news."""

import re

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.clients import Clients

WRITES = {"POST", "PUT", "PATCH", "DELETE"}

# Questions; signing in, which a table of its own keeps; files, which leave a line where they change anything.
NO_LINE = re.compile(r"/(authority_questions|eligibility_checks|sessions(/\w+)?|service_tokens|imports)$")

# What concerns org alone: who may sign in, who hears of news and what becomes of it, documents before they take effect.
NO_NEWS = re.compile(
    r"^/v1/org/(accounts|service_clients|subscriptions|dead_letters|amendments/[^/]+/draft$"
    r"|role_documents(/[^/]+/(file|versions/\d+(/\w+)?))?$)"
)

# A move of a workflow is kept with its states instead of before and after.
COUNT = text("""
SELECT (SELECT count(*) FROM org.audit) + (SELECT count(*) FROM org.transition), (SELECT count(*) FROM org.event)
""")


class Watch:
    """Counts lines and news after each answer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._seen = (0, 0)
        self._keys: set[str | None] = set()

    async def __call__(self, answer: httpx2.Response) -> None:
        """Compare with the answer before."""
        lines, news = (await self._connection.execute(COUNT)).one()
        before, self._seen = self._seen, (lines, news)
        path = answer.request.url.path
        key = answer.request.headers.get("Idempotency-Key")
        again = key is not None and key in self._keys
        self._keys.add(key)
        if answer.request.method not in WRITES or not answer.is_success or NO_LINE.search(path) or again:
            return
        assert lines > before[0], f"{answer.request.method} {path} left no line in the audit trail"
        if not NO_NEWS.match(path):
            assert news > before[1], f"{answer.request.method} {path} told nobody"


@pytest.fixture
def org(org: Clients, org_connection: AsyncConnection) -> Clients:
    """Clients of org under watch."""
    org.watch(Watch(org_connection))
    return org
