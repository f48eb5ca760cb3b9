"""The people who write, review, approve and sign a role document in tests."""

import httpx2

from services.kit.identity import Role
from tests.builders.documents import act, version_of
from tests.builders.org import ok
from tests.clients import Clients
from tests.identities import person


class DocumentStaff:
    """The people whom a document passes through."""

    def __init__(self, org: Clients) -> None:
        self.author, self.reviewer = org(Role.HR), org(Role.HR)
        self.executive = org(person(Role.EXECUTIVE, Role.HR))

    async def move(self, who: httpx2.AsyncClient, document: str, action: str, number: int = 1) -> httpx2.Response:
        return await act(self.author, who, version_of(document, number), action)

    async def approved(self, document: str, number: int = 1) -> None:
        for who, action in ((self.author, "submit"), (self.reviewer, "endorse"), (self.executive, "approve")):
            await ok(await self.move(who, document, action, number))

    async def sign(self, document: str, day: str, number: int = 1) -> httpx2.Response:
        return await act(self.author, self.reviewer, version_of(document, number), "sign", signed_on=day)
