"""Everything that keeps a cycle from going on, at any time: what scoring lacks, open calibrations and appeals."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.decisions.store import appeals as appeal_store
from services.appraisal.decisions.store import calibrations as calibration_store
from services.appraisal.scoring.usecases import readiness
from services.appraisal.scoring.usecases.readiness import Readiness
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.identity import Caller, Role


@dataclass(frozen=True)
class CycleReadiness:
    """What a cycle waits for. ``open_calibrations`` are names of units; ``open_appeals`` a number."""

    scoring: Readiness
    open_calibrations: list[Text]
    open_appeals: int

    @property
    def is_ready(self) -> bool:
        """Whether the cycle can move to its next phase; never while inputs may be missing."""
        gaps = self.scoring.gaps or not self.scoring.is_complete
        return not (gaps or self.open_calibrations or self.open_appeals)


async def check_readiness(session: ReadSession, *, caller: Caller, cycle_id: UUID, today: date) -> CycleReadiness:
    """What a cycle waits for, in the units of HR and auditors. Scored cycles lack nothing for scoring.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await cycle_store.find(session, cycle_id)
    state = CycleState(cycle.state)
    units = caller.units_of(Role.HR, Role.AUDITOR)
    nothing = Readiness(state, [], is_complete=True)
    return CycleReadiness(
        await readiness.find_gaps(session, cycle, units, today) if state in readiness.UNSCORED else nothing,
        await calibration_store.open_units(session, cycle_id) if state is CycleState.SCORED else [],
        await appeal_store.undecided(session, cycle_id) if state is CycleState.PUBLISHED else 0,
    )
