"""The Chinese words of the documentation page for what the services call in English."""

SERVICES = {
    "org": "组织与人员 · who does what",
    "appraisal": "绩效考核 · how well it was done",
    "incentive": "奖金激励 · what that earns",
}
<<<<<<< HEAD

NOUNS = {
    "accounts": "账号与角色",
    "appeals": "申诉",
    "assignments": "任职",
    "calibrations": "校准会",
    "cycles": "考核周期",
    "employees": "员工",
    "events": "事件订阅与未送达事件",
    "exports": "导出",
    "forms": "考核表",
    "goals": "目标",
    "headcount": "编制",
    "imports": "导入",
    "indicators": "指标库",
    "journal": "会计凭证",
    "lines": "奖金明细",
    "measurements": "实绩",
    "pay_profiles": "薪酬档案",
    "plans": "奖金方案",
    "positions": "岗位",
    "public_notice": "公示",
    "raters": "评价人",
    "ratings": "360 度评价与评分",
    "reporting": "汇报关系",
    "results": "考核结果",
    "runs": "奖金核算",
    "schemes": "考核方案",
    "sessions": "会话与令牌",
    "sign_in": "登录 · sign-in",
    "snapshot": "快照",
    "statements": "奖金单",
    "units": "组织单元",
    "working_days": "工作日历",
}
=======
>>>>>>> main
