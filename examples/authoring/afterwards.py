"""What comes after the quarter, for the second scenario: a late raise, a correction, an award, a referral, a pool."""

from pathlib import Path

from examples.authoring.roster import Person
from examples.authoring.sheets import write_csv

CORE_TALENT = frozenset({"D17-02"})
"""Positions for which a referral earns a bonus."""

# (name, fixed monthly pay, from): entered in May, in force since January; the base goes from 12,000 to 15,000
LATE_RAISE = ("苏曼青", "22500.00", "2026-01-01")

CORRECTED = ("丁念慈", "A", "S", "内审发现一季度回款登记漏记两笔，补记后达到 S 级标准。")

# (position, single payments up to in yuan)
LIMITS = (("B40-01", "20000.00"), ("C10-01", "100000.00"))

AWARD = ("SA-2026-001", "开拓川南市场", "B40", "NEW-MARKET", "2026-04-28", "三个月内在川南五市签下首批 12 家经销商。")
NOMINATED_BY = "蒋蓉"
SHARES = (("曹梦瑶", "45.5"), ("于家明", "33.3"), ("萧少峰", "21.2"))
FUND = ("AF-2026", "2026 年专项奖励基金", "Award fund 2026", "CC-AWARDS", "200000.00")

REFERRED = ("邹雨薇", "丁诗雨")

POOL = ("D19", "2026", "126.40", "1834567.89")

# (code, rule, parameter, value): the plans that pay what is owed for one occasion
PLANS = (
    ("SA", "special_award", "NEW-MARKET", "50000.00"),
    ("RB", "referral_bonus", "amount", "2000.00"),
    ("RB", "referral_bonus", "cost_centre", "CC-D30"),
    ("TP", "team_pool", "attainment", "120"),
    ("TP", "team_pool", "share", "5"),
    *(("TP", "team_pool", grade, own) for grade, own in (("S", "1.5"), ("A", "1.2"), ("B", "1.0"), ("C", "0.6"))),
    ("TP", "team_pool", "D", "0"),
)


def write_afterwards(folder: Path, people: list[Person]) -> None:
    """Write what HR, compensation and finance enter after the quarter."""
    number = {person.name: person.number for person in people}
    unit = {person.name: person.position.unit for person in people}
    name, fixed, day = LATE_RAISE
    write_csv(
        folder / "pay-late.csv",
        ("工号", "固定月薪", "固定占比", "浮动占比", "月度奖金基数", "币种", "成本中心", "生效日期"),
        [(number[name], fixed, "6", "4", "", "CNY", f"CC-{unit[name]}", day)],
    )
    name, before, after, why = CORRECTED
    write_csv(
        folder / "corrections.csv",
        ("工号", "姓名", "原等级", "更正后等级", "理由"),
        [(number[name], name, before, after, why)],
    )
    write_csv(folder / "authority_limits.csv", ("岗位编码", "单笔付款上限"), LIMITS)
    write_csv(folder / "award_fund.csv", ("基金编码", "名称", "英文名称", "成本中心", "金额"), [FUND])
    columns = ("奖励编号", "名称", "单元编码", "奖励规则", "达成日期", "事由", "提名人", "工号", "姓名", "份额")
    write_csv(
        folder / "awards.csv", columns, [(*AWARD, number[NOMINATED_BY], number[who], who, part) for who, part in SHARES]
    )
    write_csv(folder / "referrals.csv", ("推荐人", "被推荐人"), [tuple(number[who] for who in REFERRED)])
    write_csv(folder / "team_pools.csv", ("单元编码", "年度", "达成率", "利润"), [POOL])
    write_csv(folder / "later_plans.csv", ("方案编码", "规则", "参数", "数值"), PLANS)
