"""Carrying events to their subscribers: one signed POST a delivery, repeated with growing waits, never redirected."""

import asyncio
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from uuid import UUID

import httpx2

from services.kit.database.sessions import Sessions
from services.kit.encryption import Cipher
from services.kit.errors import Invalid, Unavailable
from services.kit.events.deliveries import DELIVERY, HANDING_OUT, hand_out
from services.kit.events.outbox import CloudEvent, stored_event
from services.kit.events.subscriptions import Subscription, opened, reseal, subscription_of
from services.kit.jobs.queue import JobApp, Resources, Retry
from services.kit.signatures import secrets_of, sign

# 1 s, 3 s, 9 s … up to every 3 hours: a subscriber may be away for about three days.
PATIENCE = Retry(runs=33, first=timedelta(seconds=1), factor=3, ceiling=timedelta(hours=3))
RESEALING = "reseal_subscriptions"
_TIMES = httpx2.Timeout(10.0, connect=3.0)
_SECONDS = re.compile(r"\d{1,5}", re.ASCII)


class NotDelivered(Unavailable):
    """The subscriber did not take the event; it will be sent again."""

    code = "not_delivered"
    zh = "订阅方“{name}”未接收事件：{reason}。"
    en = "The subscriber {name} did not accept the event: {reason}."


class TargetRefused(Invalid):
    """The subscriber's address leads into a network that events must not be sent to."""

    code = "target_refused"
    zh = "不能向“{host}”发送事件（{reason}），请使用公网地址，或请系统管理员放行。"
    en = "Events cannot be sent to {host} ({reason}); use a public address or ask the administrator to allow it."


@dataclass(frozen=True)
class Deliverer:
    """What deliveries need. ``internal_secret`` signs messages between our own services; ``allowed`` are networks
    that are not public and where external subscribers may nevertheless stand, such as the company's own.
    """

    sessions: Sessions
    http: httpx2.AsyncClient
    internal_secret: str
    allowed: Sequence[IPv4Network | IPv6Network] = ()
    cipher: Cipher = field(default_factory=Cipher)

    async def deliver(self, event_id: UUID, subscription_id: UUID) -> None:
        """Send one event to one subscriber, unless it has gone.

        Raises:
            NotDelivered: it did not answer, or not with success.
            TargetRefused: its address is not one that may be called.
        """
        async with self.sessions.read() as session:
            subscriber = await subscription_of(session, subscription_id)
            event = await stored_event(session, event_id)
        if subscriber.active:
            await self._send(subscriber, event)

    async def _send(self, subscriber: Subscription, event: CloudEvent) -> None:
        body = event.as_json()
        secrets = secrets_of(self.internal_secret) if subscriber.internal else opened(subscriber, self.cipher)
        request = self.http.build_request(
            "POST",
            subscriber.url,
            content=body,
            headers={
                "content-type": "application/cloudevents+json",
                **sign(event.id, body, secrets, datetime.now(UTC)),  # machine time: receivers compare it with theirs
            },
            timeout=_TIMES,
        )
        if not subscriber.internal:
            await self._pin(request)
        try:
            response = await self.http.send(request, follow_redirects=False, stream=True)
            await response.aclose()  # what it says does not matter and may be long
        except httpx2.HTTPError as error:
            raise NotDelivered(name=subscriber.name, reason=type(error).__name__) from error
        if not response.is_success:
            asked = response.headers.get("retry-after", "")
            wait = int(asked) if _SECONDS.fullmatch(asked) else None
            raise NotDelivered(name=subscriber.name, reason=f"HTTP {response.status_code}", retry_after=wait)

    async def _pin(self, request: httpx2.Request) -> None:
        """Resolve the host once, check the addresses, and call the one that was checked, whatever DNS says next."""
        host = request.url.host
        address = await checked_address(host, request.url.port or 443, self.allowed)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)


async def checked_address(host: str, port: int, allowed: Sequence[IPv4Network | IPv6Network] = ()) -> str:
    """An address of ``host`` that may be called: public, or in one of ``allowed``.

    Raises:
        TargetRefused: one of its addresses leads into a private, local or reserved network.
        NotDelivered: it has none at present.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(name=host, reason="DNS") from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        if not _callable(address, allowed):
            raise TargetRefused(host=host, reason=str(address))
    return str(addresses[0])


def _callable(address: IPv4Address | IPv6Address, allowed: Sequence[IPv4Network | IPv6Network]) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    plain = mapped or address
    return (plain.is_global and not plain.is_multicast) or any(plain in network for network in allowed)


def deliver_events(app: JobApp[Resources], deliverer_of: Callable[[Resources], Deliverer]) -> None:
    """Register the delivery of events among a service's tasks: ``deliver_events(app, lambda r: r.deliverer)``."""

    @app.task(DELIVERY, retry=PATIENCE, ordered=True)
    async def deliver_event(resources: Resources, *, event_id: str, subscription_id: str) -> None:
        await deliverer_of(resources).deliver(UUID(event_id), UUID(subscription_id))

    @app.task(HANDING_OUT, retry=PATIENCE)
    async def hand_out_deliveries(resources: Resources, *, subscription_id: str) -> None:
        async with deliverer_of(resources).sessions.write() as session:
            await hand_out(session, subscription_id=UUID(subscription_id))

    @app.task(RESEALING, cron="7 * * * *")
    async def reseal_subscriptions(resources: Resources) -> None:
        deliverer = deliverer_of(resources)
        async with deliverer.sessions.write() as session:
            await reseal(session, deliverer.cipher)
