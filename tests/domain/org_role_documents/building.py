"""Role documents to test with."""

from dataclasses import replace
from decimal import Decimal

from services.kit.errors import Text
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.appraisal_guide import AppraisalGuide, Frequency, KeyIndicator, ResultUse
from services.org.documents.domain.role_document import (
    Authority,
    Competency,
    CompetencyGroup,
    Duty,
    DutyKind,
    Education,
    Qualification,
    Reporting,
    RoleDocument,
    SubjectKind,
)
from services.org.documents.domain.work_standard import AroundEvent, Comparator, TimeUnit, WorkStandard

ATTENDANCE = WorkStandard(
    metric=Text("活动到场率", "event attendance"),
    comparator=Comparator.AT_LEAST,
    value=Decimal("80"),
    unit=Text("%", "%"),
)
REPORT = WorkStandard(
    metric=Text("活动执行报告", "event report"),
    deadline=AroundEvent(Text("活动结束", "the event"), 3, TimeUnit.WORKING_DAYS),
)

PLANS = Duty("D01", DutyKind.CORE, Text("拟定活动方案", "Draws up event proposals"), (ATTENDANCE,))
REPORTS = Duty("D02", DutyKind.CORE, Text("撰写活动报告", "Reports on events"), (REPORT,))
FILES = Duty("D03", DutyKind.AUXILIARY, Text("整理素材", "Keeps the material"))
HELPS = Duty("D04", DutyKind.AD_HOC, Text("支援其他小组", "Helps other groups"))

PLANNER = RoleDocument(
    subject=SubjectKind.POSITION,
    title=Text("策划专员", "Planner"),
    purpose=Text("办好每一场活动", "Holds every event well"),
    reporting=Reporting(Text("市场经理", "marketing manager"), (), (Text("销售部", "sales"),)),
    duties=(PLANS, REPORTS, FILES, HELPS),
    authorities=(Authority(AuthorityType.SINGLE_PAYMENT, Decimal("2000")),),
    competencies=(Competency("tools", CompetencyGroup.PROFESSIONAL, Text("会用项目工具", "knows project tools")),),
    qualification=Qualification(Education.BACHELOR, 2),
    appraisal=AppraisalGuide(
        (Frequency.QUARTER,),
        (Text("直接上级", "direct superior"),),
        (KeyIndicator("M04", Comparator.AT_LEAST, Decimal("80")), KeyIndicator("P01")),
        (ResultUse.BONUS,),
    ),
)


def with_duties(*duties: Duty) -> RoleDocument:
    """The planner's document with other duties."""
    return replace(PLANNER, duties=duties)
