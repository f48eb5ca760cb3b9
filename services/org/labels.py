"""The names of the values of org's enumerations, for the route that lists them."""

from typing import Final

from services.kit.audit.hash_chain import FAULT_NAMES
from services.kit.deadlines import COUNTING_NAMES, TIME_UNIT_NAMES
from services.kit.errors import LANGUAGE_NAMES
from services.kit.identity import ROLE_NAMES
from services.kit.periods import LENGTH_NAMES, WEEKDAY_NAMES
from services.kit.routes.labels import Labels
from services.org.authority.domain.authority import VERDICT_NAMES
from services.org.authority.domain.authority_type import AUTHORITY_TYPE_NAMES
from services.org.documents.domain.amendment import AMENDMENT, TRIGGER_NAMES
from services.org.documents.domain.appraisal_guide import FREQUENCY_NAMES, RESULT_USE_NAMES
from services.org.documents.domain.role_document import (
    COMPETENCY_GROUP_NAMES,
    DUTY_KIND_NAMES,
    EDUCATION_NAMES,
    SUBJECT_KIND_NAMES,
)
from services.org.documents.domain.role_document_comparison import CHANGE_KIND_NAMES
from services.org.documents.domain.role_document_life import DOCUMENT
from services.org.documents.domain.work_standard import COMPARATOR_NAMES, SIDE_NAMES
from services.org.identity.domain.account import ACCOUNT_STATE_NAMES
from services.org.ladders.domain.career_ladder import FACT_SOURCE_NAMES, MEASURE_NAMES
from services.org.people.domain.absence import ABSENCE_KIND_NAMES
from services.org.people.domain.employee import EMPLOYMENT_STATE_NAMES
from services.org.structure.domain.occupancy import ASSIGNMENT_KIND_NAMES
from services.org.structure.domain.position import TRACK_NAMES
from services.org.structure.domain.unit import SUCCESSION_KIND_NAMES, UNIT_KIND_NAMES
from services.org.templates.domain.templates import GROUP_NAMES

LABELS: Final[Labels] = {
    "AbsenceKind": ABSENCE_KIND_NAMES,
    "Account.language": LANGUAGE_NAMES,
    "Account.state": ACCOUNT_STATE_NAMES,
    "ApprovalChainLink.verdict": VERDICT_NAMES,
    "AroundEvent.side": SIDE_NAMES,
    "AssignmentKind": ASSIGNMENT_KIND_NAMES,
    "AuthorityType": AUTHORITY_TYPE_NAMES,
    "ChangeKind": CHANGE_KIND_NAMES,
    "Comparator": COMPARATOR_NAMES,
    "CompetencyGroup": COMPETENCY_GROUP_NAMES,
    "DayOfPeriod.counting": COUNTING_NAMES,
    "DutyKind": DUTY_KIND_NAMES,
    "Education": EDUCATION_NAMES,
    "EmploymentState": EMPLOYMENT_STATE_NAMES,
    "Every": LENGTH_NAMES,
    "FactSource": FACT_SOURCE_NAMES,
    "Fault": FAULT_NAMES,
    "Frequency": FREQUENCY_NAMES,
    "Group": GROUP_NAMES,
    "InvitedAccount.language": LANGUAGE_NAMES,
    "InvitedAccount.state": ACCOUNT_STATE_NAMES,
    "Me.language": LANGUAGE_NAMES,
    "Measure": MEASURE_NAMES,
    "PendingApproval.kind": {"role_document": DOCUMENT.label, "amendment": AMENDMENT.label},
    "ResultUse": RESULT_USE_NAMES,
    "Role": ROLE_NAMES,
    "SubjectKind": SUBJECT_KIND_NAMES,
    "TimeUnit": TIME_UNIT_NAMES,
    "Track": TRACK_NAMES,
    "Trigger": TRIGGER_NAMES,
    "UnitKind": UNIT_KIND_NAMES,
    "UnitSuccession.kind": SUCCESSION_KIND_NAMES,
    "Weekday": WEEKDAY_NAMES,
}
