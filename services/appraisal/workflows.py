"""The workflows of appraisal, for the route that describes them."""

from typing import Any, Final

from services.appraisal.briefs.domain.brief import BRIEF
from services.appraisal.cycles.domain.cycle import CYCLE
from services.appraisal.cycles.domain.goal import GOALS
from services.appraisal.decisions.domain.appeal import APPEAL, CORRECTION
from services.appraisal.decisions.domain.calibration import CALIBRATION
from services.appraisal.feedback.domain.nomination import NOMINATION
from services.appraisal.feedback.domain.rating import RATING
from services.appraisal.suppliers.domain.elimination import ELIMINATION
from services.appraisal.suppliers.domain.supplier import SUPPLIER
from services.appraisal.tracking.domain.obligation import OBLIGATION
from services.appraisal.tracking.domain.proposal import PROPOSAL
from services.kit.workflow import Workflow

WORKFLOWS: Final[tuple[Workflow[Any, Any], ...]] = (
    BRIEF,
    CYCLE,
    GOALS,
    APPEAL,
    CORRECTION,
    CALIBRATION,
    NOMINATION,
    RATING,
    ELIMINATION,
    SUPPLIER,
    OBLIGATION,
    PROPOSAL,
)
