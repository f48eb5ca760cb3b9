"""What a use case works with: the transaction, who asks, and when. What it records leaves a trail and reaches others.

    async def terminate(uow: UnitOfWork, *, employee_id: UUID, last_day: date) -> Career: ...

``record`` writes the line of the audit trail and the event together, in the transaction of the change.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.audit import trail
from services.kit.clock import Clock, business_date
from services.kit.database.codec import plain_object
from services.kit.database.sessions import Sessions, WriteSession
from services.kit.encryption import Cipher
from services.kit.events import outbox
from services.kit.identity import SYSTEM, Caller


@dataclass(frozen=True)
class UnitOfWork:
    """One transaction of one caller. ``now`` is the business moment, ``today`` its day in the company's ``zone``.

    ``cipher`` seals what must not be read in the database.
    """

    session: WriteSession
    caller: Caller
    now: datetime
    today: date
    zone: tzinfo = UTC
    cipher: Cipher = field(default_factory=Cipher)

    @property
    def local_now(self) -> datetime:
        """``now`` in the company's zone, in which days and deadlines end."""
        return self.now.astimezone(self.zone)

    async def record(
        self,
        event: str,
        *,
        subject: tuple[str, UUID],
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        about: tuple[str, UUID] | None = None,
    ) -> None:
        """Record what was done to ``subject`` (its noun and id) in the audit trail, and publish it as ``event``.

        ``event`` is ``<service>.<noun>.<verb in the past>``. ``before`` and ``after`` stay in the trail; subscribers
        get the subject's id and ``data``: ids, states and days, nothing personal. ``about`` names whose order the event
        keeps where that is not the subject itself: an assignment's events follow those of its employee.
        """
        await self.audit(event, subject=subject, before=before, after=after)
        noun, subject_id = about or subject
        await outbox.publish(
            self.session,
            type=event,
            subject=f"{noun}/{subject_id}",
            data=plain_object({f"{subject[0]}_id": subject[1], **(data or {})}),
            now=self.now,
        )

    async def audit(
        self,
        event: str,
        *,
        subject: tuple[str, UUID],
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Record in the audit trail only what concerns nobody else: ``record`` without the event (PLT-04)."""
        noun, subject_id = subject
        await trail.record(
            self.session,
            caller=self.caller,
            action=event,
            resource=noun,
            resource_id=subject_id,
            now=self.now,
            before=None if before is None else plain_object(before),
            after=None if after is None else plain_object(after),
        )


@dataclass(frozen=True)
class SystemWork:
    """What jobs work with: units of work of the system actor, on the business clock and in the company's zone."""

    sessions: Sessions
    clock: Clock
    zone: ZoneInfo
    cipher: Cipher = field(default_factory=Cipher)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work that commits when the block ends and rolls back when it raises."""
        now = self.clock.now()
        async with self.sessions.write() as session:
            yield UnitOfWork(session, SYSTEM, now, business_date(now, self.zone), self.zone, self.cipher)
