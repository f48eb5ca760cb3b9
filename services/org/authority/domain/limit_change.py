"""Limits of positions, as one person proposes them and another releases them (ORG-09)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.kit.errors import Text
from services.kit.release import ReleaseRecord, release_workflow
from services.org.authority.domain.authority_limit import NewLimit
from services.org.authority.domain.policy_change import SETTERS

LIMIT_CHANGE: Final = release_workflow(
    "authority_limit_change", Text("权限额度变更", "change of an authority limit"), SETTERS
)


@dataclass(frozen=True)
class LimitChange:
    """The limit that a position is to have from a day on, and what became of the proposal."""

    id: UUID
    position_id: UUID
    position_code: str
    wanted: NewLimit
    record: ReleaseRecord
