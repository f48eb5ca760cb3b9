"""All rows of the appraisal schema together: what migrations compare with the database."""

from services.appraisal.alignment.store import tables as alignment
from services.appraisal.briefs.store import tables as briefs
from services.appraisal.cycles.store import tables as cycles
from services.appraisal.decisions.store import tables as decisions
from services.appraisal.feedback.store import tables as feedback
from services.appraisal.incidents.store import tables as incidents
from services.appraisal.library.store import tables as library
from services.appraisal.participants.store import tables as participants
from services.appraisal.schema import Base
from services.appraisal.scoring.store import tables as scoring
from services.appraisal.suppliers.store import tables as suppliers
from services.appraisal.tracking.store import tables as tracking
from services.kit.startup.tables import adopt

adopt(Base.metadata)

AREAS = (library, cycles, participants, tracking, incidents, briefs, feedback, scoring, alignment, decisions, suppliers)
"""The modules that hold rows, named here so that migrations see them."""

APPEND_ONLY = tuple(
    row.__tablename__
    for row in (
        scoring.AdjustmentRow,
        decisions.GradeAdjustmentRow,
        cycles.GoalRow,
        library.IndicatorRow,
        cycles.ReminderRow,
        scoring.ItemExclusionRow,
        incidents.IncidentPolicyRow,
        incidents.IncidentRow,
        tracking.MeasurementRow,
        scoring.ResultRow,
        briefs.SignedBriefRow,
        suppliers.SupplierClassificationRow,
        suppliers.SupplierPolicyRow,
    )
)
