"""What the groups of routes are called in the API's description."""

from collections.abc import Mapping
from typing import Final

from services.kit.errors import Text

TAGS: Final[Mapping[str, Text]] = {
    "audit": Text("审计记录", "The audit trail"),
    "awards": Text(
        "专项奖励：基金、创新提案、提名与审批", "Special awards: funds, innovation proposals, nominations and approvals"
    ),
    "budgets": Text(
        "年度预算：额度、占用与超预算说明", "Budgets of units: what may be taken, what is taken, explanations"
    ),
    "claims": Text("应发事项", "Claims: amounts approved for one person on one occasion"),
    "journal": Text("会计凭证", "The journal"),
    "lines": Text("奖金明细", "Lines and exclusions of runs"),
    "pay_changes": Text("薪酬变更的录入与确认", "Pay changes: entry and release"),
    "pay_profiles": Text("薪酬档案", "Pay profiles"),
    "payroll": Text("发放与工资文件", "Posting, payment and the payroll file"),
    "plans": Text("奖金方案", "Bonus plans"),
    "recognitions": Text(
        "非现金激励：荣誉、头衔、培训、福利与团建经费", "Non-cash recognition, and team-building budgets"
    ),
    "referrals": Text("内部推荐与伯乐奖", "Referrals and referral bonuses"),
    "runs": Text("奖金核算", "Runs"),
    "statements": Text("奖金单", "Statements"),
    "events": Text(
        "事件订阅与未送达的事件",
        "Event subscriptions and failed deliveries",
    ),
    "health": Text("进程是否存活、能否工作", "Health checks of the process"),
    "team_pools": Text("团队奖金池", "Team pools"),
    "virtual_shares": Text("虚拟股票：授予、归属与分红", "Virtual shares: grants, vesting and dividends"),
    "workflows": Text("流程：状态与操作的名称", "Workflows: names of states and actions"),
    "labels": Text("选项的名称", "Labels: names of values of enumerations"),
    "tasks": Text("等待本人办理的事项及期限", "The caller's tasks, with deadlines"),
}
