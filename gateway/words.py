"""The Chinese words of the documentation page for what the services call in English."""

SERVICES = {
    "org": "组织与人员 · who does what",
    "appraisal": "绩效考核 · how well it was done",
    "incentive": "奖金激励 · what that earns",
}
