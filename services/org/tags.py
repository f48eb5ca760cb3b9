"""What the groups of routes are called in the API's description."""

from collections.abc import Mapping
from typing import Final

from services.kit.errors import Text

TAGS: Final[Mapping[str, Text]] = {
    "audit": Text("审计记录", "The audit trail"),
    "absences": Text("请假记录", "Absences"),
    "accounts": Text("账号与角色授予", "Accounts and their role assignments"),
    "amendments": Text("说明书修订申请", "Requests to amend role documents"),
    "approval_checks": Text(
        "某人能否审批某金额，否则由谁审批", "Checks of approval authority, and who else can approve"
    ),
    "assignments": Text("任职", "Assignments of people to positions"),
    "authority_limits": Text("岗位的权限额度", "Authority limits of positions"),
    "authority_policies": Text("何时须由两人审批", "Dual-approval policies"),
    "calendar": Text("公司工作日历", "The company's working days"),
    "career_ladder_templates": Text("职业发展通道范本", "Career ladder templates"),
    "career_ladders": Text("职业发展通道与资格核对", "Career ladders and eligibility checks"),
    "delegations": Text("授权", "Delegations of authority"),
    "document_reviews": Text("说明书评估任务", "Reviews of role documents"),
    "dotted_lines": Text("虚线汇报", "Dotted reporting lines"),
    "employees": Text("员工：入职、离职、试用期", "Employees: hire, termination, probation"),
    "exports": Text("导出", "Exports"),
    "handover": Text("离职交接", "Handover by leavers"),
    "headcount": Text("编制与空缺", "Headcount and vacancies"),
    "imports": Text("导入", "Imports"),
    "me": Text("本人：身份、密码与登录会话", "The caller's account, password and sessions"),
    "org_charts": Text("组织架构图", "The org chart"),
    "positions": Text("岗位", "Positions"),
    "probation_reviews": Text("试用期评估：转正、延长、不符合录用条件", "Probation: passed, extended or failed"),
    "reporting": Text("汇报关系", "Reporting lines"),
    "role_documents": Text("岗位说明书与部门职责", "Role documents of positions and units"),
    "service_clients": Text("接入系统", "Client systems"),
    "sessions": Text("登录、令牌与公钥", "Sign-in, tokens and public keys"),
    "snapshot": Text("某一期间的组织快照", "Snapshots of the organisation over a period"),
    "templates": Text("范本库", "The template library"),
    "units": Text("组织单元", "Units"),
    "events": Text(
        "事件订阅与未送达的事件",
        "Event subscriptions and failed deliveries",
    ),
    "health": Text("进程是否存活、能否工作", "Health checks of the process"),
    "workflows": Text("流程：状态与操作的名称", "Workflows: names of states and actions"),
    "labels": Text("选项的名称", "Labels: names of values of enumerations"),
    "tasks": Text("等待本人办理的事项及期限", "The caller's tasks, with deadlines"),
}
