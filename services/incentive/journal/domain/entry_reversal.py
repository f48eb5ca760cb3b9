"""Requests to undo an entry: asked for by one person of finance, released by another (INC-12)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, Text
from services.kit.identity import Role
from services.kit.release import ReleaseRecord, release_workflow

ENTRY_REVERSAL: Final = release_workflow("entry_reversal", Text("冲销申请", "request for a reversal"), [Role.FINANCE])


class ReversalWaits(Conflict):
    """Somebody asked for it already."""

    code = "entry_reversal_proposed"
    zh = "该凭证已有待确认的冲销申请，请先办理。"
    en = "A reversal of this entry is waiting to be released already; decide about that first."


@dataclass(frozen=True)
class EntryReversal:
    """A request to undo an entry, and what became of it; ``counter_entry_id`` once it is booked."""

    id: UUID
    entry_id: UUID
    counter_entry_id: UUID | None
    booked_on: date | None
    reason: str
    record: ReleaseRecord
