"""What the groups of routes are called in the API's description."""

from collections.abc import Mapping
from typing import Final

from services.kit.errors import Text

TAGS: Final[Mapping[str, Text]] = {
    "audit": Text("审计记录", "The audit trail"),
    "appeals": Text("申诉与更正", "Appeals and corrections"),
    "calibrations": Text("校准会", "Calibration sessions"),
    "corrections": Text("关闭后的更正", "Corrections after closing"),
    "cycles": Text("考核周期", "Appraisal cycles"),
    "forms": Text("考核表与目标", "Forms and their goals"),
    "indicators": Text("指标库", "The indicator library"),
    "measurements": Text("实绩", "Measurements"),
    "briefs": Text("单元月度简报", "Monthly briefs of units"),
    "obligations": Text("预警、事件与督办事项", "Alerts, incidents, and what is owed because of them"),
    "public_notice": Text("公示", "Public notice"),
    "ratings": Text("360 度评价与上级评分", "360 feedback and manual scores"),
    "reports": Text("报表：进度、等级分布、指标趋势、平衡计分卡", "Reports: progress, grades, trends, scorecards"),
    "results": Text("考核结果", "Results"),
    "schemes": Text("考核方案", "Schemes"),
    "suppliers": Text("供应商：框架协议、分级与淘汰", "Suppliers: agreements, classes, eliminations"),
    "events": Text(
        "事件订阅与未送达的事件",
        "Event subscriptions and failed deliveries",
    ),
    "health": Text("进程是否存活、能否工作", "Health checks of the process"),
    "workflows": Text("流程：状态与操作的名称", "Workflows: names of states and actions"),
    "labels": Text("选项的名称", "Labels: names of values of enumerations"),
    "tasks": Text("等待本人办理的事项及期限", "The caller's tasks, with deadlines"),
}
