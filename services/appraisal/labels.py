"""The names of the values of appraisal's enumerations, for the route that lists them."""

from typing import Final

from services.appraisal.cycles.domain.cycle import EXCLUSION_NAMES, LEAVER_NAMES, TRANSFER_NAMES
from services.appraisal.cycles.domain.goal import ORIGIN_NAMES as GOAL_ORIGINS
from services.appraisal.incidents.domain.incident import ANSWERS_NAMES, LEVEL_NAMES
from services.appraisal.library.domain.attainment import UNATTAINED_NAMES
from services.appraisal.library.domain.grade import GRADE_NAMES
from services.appraisal.library.domain.indicators.rule import NEED_NAMES
from services.appraisal.library.domain.scheme import AGGREGATION_NAMES, FREQUENCY_NAMES, RESULT_USE_NAMES
from services.appraisal.library.domain.supplier_class import SUPPLIER_CLASS_NAMES
from services.appraisal.reports.domain.lateness import WHAT_IS_LATE
from services.appraisal.reports.domain.unit_rows import ROW_KIND_NAMES
from services.appraisal.scoring.domain.replay import FIGURE_NAMES
from services.appraisal.scoring.domain.result import CAUSE_NAMES
from services.appraisal.suppliers.domain.agreement import COMPARATOR_NAMES
from services.appraisal.tracking.domain.obligation import DEMAND_NAMES, ORIGIN_NAMES
from services.appraisal.workbooks.usecases.indicator_sheets import DIMENSION_NAMES, NATURE_NAMES
from services.appraisal.workbooks.usecases.rule_sheets import RULE_NAMES, VALUE_NAMES
from services.appraisal.workbooks.usecases.scheme_sheets import KIND_NAMES, MISSING_NAMES, RELATION_NAMES
from services.kit.audit.hash_chain import FAULT_NAMES
from services.kit.deadlines import COUNTING_NAMES, TIME_UNIT_NAMES
from services.kit.explanation import COMPARISON_NAMES
from services.kit.identity import ROLE_NAMES
from services.kit.periods import LENGTH_NAMES, WEEKDAY_NAMES
from services.kit.routes.labels import Labels

LABELS: Final[Labels] = {
    "Aggregation": AGGREGATION_NAMES,
    "Answers": ANSWERS_NAMES,
    "Cause": CAUSE_NAMES,
    "CycleExclusion.reason": EXCLUSION_NAMES,
    "CyclePolicy.leavers": LEAVER_NAMES,
    "CyclePolicy.transfers": TRANSFER_NAMES,
    "Demand": DEMAND_NAMES,
    "Every": LENGTH_NAMES,
    "Fault": FAULT_NAMES,
    "Frequency": FREQUENCY_NAMES,
    "GoalRevision.side": GOAL_ORIGINS,
    "Grade": GRADE_NAMES,
    "GradeLine.kind": ROW_KIND_NAMES,
    "IncidentLevel": LEVEL_NAMES,
    "Indicator.dimension": DIMENSION_NAMES,
    "Indicator.nature": {"quantitative": NATURE_NAMES[True], "qualitative": NATURE_NAMES[False]},
    "Indicator.rule": RULE_NAMES,
    "LateLine.what": WHAT_IS_LATE,
    "Need": NEED_NAMES,
    "Obligation.origin": ORIGIN_NAMES,
    "OnSchedule.counting": COUNTING_NAMES,
    "ProgressLine.kind": ROW_KIND_NAMES,
    "Relation": RELATION_NAMES,
    "ReplayDifference.field": FIGURE_NAMES,
    "ResultReplay.compared": COMPARISON_NAMES,
    "ResultUse": RESULT_USE_NAMES,
    "Role": ROLE_NAMES,
    "Scheme.missing_inputs": MISSING_NAMES,
    "ScoreTable.between": {value: VALUE_NAMES[value] for value in ("step", "linear")},
    "ScoreTable.direction": {value: VALUE_NAMES[value] for value in ("higher", "lower")},
    "ServiceStandard.comparator": COMPARATOR_NAMES,
    "SubjectKind": KIND_NAMES,
    "SupplierClass": SUPPLIER_CLASS_NAMES,
    "TimeUnit": TIME_UNIT_NAMES,
    "Unattained": UNATTAINED_NAMES,
    "Weekday": WEEKDAY_NAMES,
}
