"""What is needed to make the forms of a cycle, and writing them (APR-04)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CyclePolicy
from services.appraisal.cycles.store.tables import POLICIES, CycleRow, FormRow, SnapshotUnitRow
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.domain.assignment import department_of
from services.appraisal.participants.store import snapshots as store
from services.appraisal.participants.store.tables import ExclusionRow
from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import WriteSession
from services.kit.database.sessions import period as stored_period
from services.kit.periods import Period

FORM_COLUMNS = (
    "id", "cycle_id", "scheme_id", "subject_kind", "subject_id", "subject_code", "subject_name", "subject_name_en",
    "unit_id", "unit_name", "unit_name_en", "department_id", "unit_path", "position_code", "position_title",
    "position_title_en", "assignment_id", "days", "owner_id", "manager_id", "manager_chain", "state", "revision",
    "goal_revision", "agreed_revision",
)  # fmt: skip
EXCLUSION_COLUMNS = ("id", "cycle_id", "subject_kind", "subject_id", "code", "name", "unit_path", "reason")


@dataclass
class Opening:
    """What is needed to make the forms; units, positions and schemes are few enough to be held in memory."""

    cycle: CycleRow
    period: Period
    policy: CyclePolicy
    units: dict[UUID, SnapshotUnitRow]
    positions: dict[UUID, tuple[str, str, str]]
    schemes: dict[tuple[str, str], UUID]
    forms: list[Sequence[Any]] = field(default_factory=list)
    exclusions: list[Sequence[Any]] = field(default_factory=list)

    def in_scope(self, path: Sequence[UUID]) -> bool:
        """Whether a unit belongs to the cycle's part of the organisation."""
        return self.cycle.unit_id is None or self.cycle.unit_id in path

    def department(self, path: Sequence[UUID]) -> UUID:
        """Where results of this unit's people are shown."""
        return department_of(path, {unit: self.units[unit].kind for unit in path if unit in self.units})


async def prepared(session: WriteSession, cycle: CycleRow) -> Opening:
    """What the snapshot and the schemes in force on the first day say."""
    period = stored_period(cycle.period)
    return Opening(
        cycle,
        period,
        POLICIES.load(cycle.policy),
        await store.units(session, cycle.id),
        await store.positions(session, cycle.id),
        await scheme_store.by_subject(session, frequency=cycle.frequency, on=period.start),
    )


async def write(session: WriteSession, opening: Opening) -> None:
    """Write the forms and exclusions made so far, and forget them."""
    await copy_rows(session, FormRow.__tablename__, FORM_COLUMNS, opening.forms)
    await copy_rows(session, ExclusionRow.__tablename__, EXCLUSION_COLUMNS, opening.exclusions)
    opening.forms.clear()
    opening.exclusions.clear()
