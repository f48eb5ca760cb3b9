"""Whatever a test does over HTTP is watched: a write that succeeds leaves a line in the audit trail, and news.

At the end every transition has a line with the state before and after, whoever or whatever job made it (PLT-04).
"""

import re
from collections import Counter
from collections.abc import AsyncIterator

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.clients import Clients

WRITES = {"POST", "PUT", "PATCH", "DELETE"}

# Questions; signing in, which a table of its own keeps; what leaves a line only where it changes anything, since the
# same may be sent again; and sheets of raters, of whom nothing may tell that and when they answered.
NO_LINE = re.compile(
    r"/(approval_checks|simulations(\.\w+)?|eligibility_checks|org/sessions(/\w+)?|service_tokens|imports(/\w+)?|measurements"
    r"|indicators/apply_templates"
    r"|rating_forms/[^/]+/(draft|submit))$"
)

# What concerns nobody else: of org, who may sign in, who hears of news and what becomes of it, documents, limits and
# delegations before they take effect; the other two tell of results and payments, not of the steps to them.
NO_NEWS = re.compile(
    r"^/v1/(appraisal|incentive)/|^/v1/org/(accounts|me|invitations|role_assignments|service_clients|subscriptions"
    r"|dead_letters|(authority_(policy|limit)_changes|delegations)(/[^/]+/refuse|/apply_template)?$|my/tasks/|role_documents(/[^/]+/(register|versions/\d+))?$)"
)


CODED_DAY = re.compile(r"\d{4}-\d{2}(?!\d)", re.ASCII)


class Watch:
    """Counts lines and news before and after each write."""

    def __init__(self, connection: AsyncConnection, schema: str) -> None:
        self._connection = connection
        self._count = text(f"SELECT (SELECT count(*) FROM {schema}.audit), (SELECT count(*) FROM {schema}.event)")  # noqa: S608 - ours
        self._moves = text(f"SELECT source, target FROM {schema}.transition")  # noqa: S608 - ours
        self._states = text(
            f"SELECT before ->> 'state', after ->> 'state' FROM {schema}.audit WHERE before ? 'state'"  # noqa: S608 - ours
        )
        self._before = (0, 0)
        self._keys: set[str | None] = set()

    async def before(self, request: httpx2.Request) -> None:
        """Count before a write."""
        if request.method in WRITES:
            self._before = await self._counted()

    async def after(self, answer: httpx2.Response) -> None:
        """Compare after a write that succeeded."""
        request, path = answer.request, answer.request.url.path
        if path.endswith("/my/tasks") and answer.is_success:
            await answer.aread()
            titles = [each["title"] for each in answer.json()["items"] if CODED_DAY.search(each["title"])]
            assert titles == [], "a task says a day or month as code"
        key = request.headers.get("Idempotency-Key")
        again = key is not None and key in self._keys
        self._keys.add(key)
        if request.method not in WRITES or not answer.is_success or NO_LINE.search(path) or again:
            return
        lines, news = await self._counted()
        assert lines > self._before[0], f"{request.method} {path} left no line in the audit trail"
        if not NO_NEWS.match(path):
            assert news > self._before[1], f"{request.method} {path} told nobody"

    async def end(self) -> None:
        """Compare all transitions with all lines of the trail."""
        made, said = [
            Counter(map(tuple, (await self._connection.execute(query)).all())) for query in (self._moves, self._states)
        ]
        assert made - said == Counter(), "transitions left no line with the states before and after in the audit trail"

    async def _counted(self) -> tuple[int, int]:
        lines, news = (await self._connection.execute(self._count)).one()
        return lines, news


@pytest.fixture
async def org(org: Clients, org_connection: AsyncConnection) -> AsyncIterator[Clients]:
    """Clients of org under watch."""
    watch = Watch(org_connection, "org")
    org.watch(watch)
    yield org
    await watch.end()


@pytest.fixture
async def appraisal(appraisal: Clients, appraisal_connection: AsyncConnection) -> AsyncIterator[Clients]:
    """Clients of appraisal under watch."""
    watch = Watch(appraisal_connection, "appraisal")
    appraisal.watch(watch)
    yield appraisal
    await watch.end()


@pytest.fixture
async def incentive(incentive: Clients, incentive_connection: AsyncConnection) -> AsyncIterator[Clients]:
    """Clients of incentive under watch."""
    watch = Watch(incentive_connection, "incentive")
    incentive.watch(watch)
    yield incentive
    await watch.end()
