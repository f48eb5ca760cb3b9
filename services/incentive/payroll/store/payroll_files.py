"""Payroll files in the database."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert, select

from services.incentive.payroll.store.tables import PayrollFileRow
from services.kit.database import ReadSession, WriteSession


@dataclass(frozen=True)
class PayrollFile:
    """A stored file. ``digest`` is the SHA-256 of its content, in hexadecimal."""

    content: bytes
    digest: str


async def add(session: WriteSession, *, run_id: UUID, content: bytes, now: datetime) -> None:
    """Store the payroll file of a run."""
    row = {"run_id": run_id, "content": content, "digest": sha256(content).hexdigest(), "created_at": now}
    await session.execute(insert(PayrollFileRow).values(row))


async def of_run(session: ReadSession, run_id: UUID) -> PayrollFile | None:
    """The payroll file of a posted run."""
    query = select(PayrollFileRow.content, PayrollFileRow.digest).where(PayrollFileRow.run_id == run_id)
    found = (await session.execute(query)).first()
    return None if found is None else PayrollFile(found.content, found.digest)
