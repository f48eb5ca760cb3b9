"""All rows of the appraisal schema together: what migrations compare with the database."""

from services.appraisal.store.schema import Base
from services.appraisal.store.tables_cycle import (
    CycleRow,
    FormRow,
    LeftOutRow,
    SnapshotEmployeeRow,
    SnapshotPositionRow,
    SnapshotSeatRow,
    SnapshotUnitRow,
)
from services.appraisal.store.tables_form import AdjustmentRow, GoalRow, ItemLeftOutRow, MeasurementRow
from services.appraisal.store.tables_library import IndicatorRow, SchemeRow, SchemeSubjectRow, WorkingDayRow
from services.appraisal.store.tables_rating import AnswerRow, DraftRow, RaterRow, RatingRow
from services.appraisal.store.tables_result import (
    AppealRow,
    CalibrationMoveRow,
    CalibrationRow,
    CorrectionRow,
    MissingRow,
    ResultRow,
)
from services.kit.tables import adopt

adopt(Base.metadata)

APPEND_ONLY = (
    AdjustmentRow.__tablename__,
    CalibrationMoveRow.__tablename__,
    GoalRow.__tablename__,
    IndicatorRow.__tablename__,
    ItemLeftOutRow.__tablename__,
    MeasurementRow.__tablename__,
    ResultRow.__tablename__,
)

__all__ = [
    "APPEND_ONLY",
    "AdjustmentRow",
    "AnswerRow",
    "AppealRow",
    "Base",
    "CalibrationMoveRow",
    "CalibrationRow",
    "CorrectionRow",
    "CycleRow",
    "DraftRow",
    "FormRow",
    "GoalRow",
    "IndicatorRow",
    "ItemLeftOutRow",
    "LeftOutRow",
    "MeasurementRow",
    "MissingRow",
    "RaterRow",
    "RatingRow",
    "ResultRow",
    "SchemeRow",
    "SchemeSubjectRow",
    "SnapshotEmployeeRow",
    "SnapshotPositionRow",
    "SnapshotSeatRow",
    "SnapshotUnitRow",
    "WorkingDayRow",
]
