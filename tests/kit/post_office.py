"""A subscriber that takes or refuses events, and everything that delivers to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx2

from services.kit.events.outbox import CloudEvent, publish
from services.kit.events.subscriptions import subscribe
from services.kit.events.webhooks import Deliverer
from services.kit.jobs.queue import JobApp
from services.kit.jobs.trial import run_due
from tests.clients import CIPHER
from tests.databases import RolledBack

NOW = datetime(2026, 4, 21, 8, 30, tzinfo=UTC)
SECRET = "internal-secret-of-this-installation"


@dataclass
class Receiver:
    """A subscriber: remembers what it took, and can refuse."""

    taken: list[CloudEvent] = field(default_factory=list)
    requests: list[httpx2.Request] = field(default_factory=list)
    answer: Callable[[httpx2.Request], httpx2.Response] = lambda _: httpx2.Response(204)

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        response = self.answer(request)
        self.requests.append(request)
        if response.is_success:
            self.taken.append(CloudEvent.from_json(json.loads(request.content)))
        return response

    @property
    def numbers(self) -> list[object]:
        return [event.data["n"] for event in self.taken]


@dataclass
class Post:
    """Everything a test of deliveries needs."""

    sessions: RolledBack
    receiver: Receiver
    app: JobApp[Deliverer]
    deliverer: Deliverer

    async def publish(self, *numbers: int, subject: str = "thing/1", type_: str = "kit.thing.changed") -> None:
        for n in numbers:
            async with self.sessions.write() as session:
                await publish(session, type=type_, subject=subject, data={"n": n}, now=NOW)

    async def subscribe(self, *types: str, name: str = "neighbour", internal: bool = True) -> UUID:
        url = "http://neighbour.test/inbox" if internal else "https://outside.test/hook"
        async with self.sessions.write() as session:
            return (
                await subscribe(session, name=name, url=url, types=types, now=NOW, internal=internal, cipher=CIPHER)
            ).id

    async def run(self) -> list[str]:
        return await run_due(self.app, self.sessions, self.deliverer, ahead=True, raising=False)
