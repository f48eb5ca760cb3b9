"""Payroll files in the database."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, insert, select

from services.incentive.payroll.store.tables import PayrollFileRow
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Language


@dataclass(frozen=True)
class PayrollFile:
    """A stored file; ``language`` None: stored before files had one."""

    version: int
    language: Language | None
    content: bytes
    created_at: datetime


async def add(session: WriteSession, *, run_id: UUID, language: Language, content: bytes, now: datetime) -> None:
    """Store the next version of a run's payroll file."""
    newest = select(func.coalesce(func.max(PayrollFileRow.version), 0)).where(PayrollFileRow.run_id == run_id)
    version = (await session.scalar(newest) or 0) + 1
    row = {
        "run_id": run_id,
        "version": version,
        "language": language,
        "content": content,
        "digest": sha256(content).hexdigest(),
        "created_at": now,
    }
    await session.execute(insert(PayrollFileRow).values(row))


async def of_run(session: ReadSession, run_id: UUID, version: int | None) -> PayrollFile | None:
    """A version of a posted run's payroll file; the newest, where none is named."""
    columns = ("version", "language", "content", "created_at")
    query = select(*(getattr(PayrollFileRow, name) for name in columns)).where(PayrollFileRow.run_id == run_id)
    if version is not None:
        query = query.where(PayrollFileRow.version == version)
    found = (await session.execute(query.order_by(PayrollFileRow.version.desc()).limit(1))).first()
    return None if found is None else PayrollFile(*found)
