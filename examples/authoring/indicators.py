"""The indicator library of the example company: what is measured, where it comes from, how it is scored."""

# ruff: noqa: E501 - tables read best with one row a line

from dataclasses import dataclass
from decimal import Decimal

HIGHER, LOWER, ON_TARGET, POINTS, DEDUCTION, PASS_FAIL, JUDGED, MULTI = (
    "越高越好", "越低越好", "贴近目标", "分段计分", "按次扣分", "达标计分", "上级评分", "360 度评价",
)  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """`choices`: usual quarterly targets; `every`: 月 or 季; `sum_up`: how months become the quarter."""

    code: str
    name: str
    name_en: str
    dimension: str
    definition: str
    unit: str
    source: str
    every: str
    sum_up: str
    rule: str
    choices: tuple[str, ...] = ()
    places: int = 1
    parameters: tuple[tuple[str, str, str], ...] = ()

    @property
    def unit_en(self) -> str:
        """The unit in English; empty for what reads in both languages."""
        return UNITS_EN.get(self.unit, "")

    @property
    def direction(self) -> str:
        """Which way is better: the fewer of what points are deducted for, and of what scores less, the better."""
        if self.points and self.points[0][1] > self.points[-1][1]:
            return LOWER
        return {LOWER: LOWER, DEDUCTION: LOWER, ON_TARGET: ON_TARGET}.get(self.rule, HIGHER)

    @property
    def numbers(self) -> dict[str, Decimal]:
        return {name: Decimal(value) for name, value, _ in self.parameters if name not in {"方式", "比较", "点"}}

    @property
    def points(self) -> tuple[tuple[Decimal, Decimal], ...]:
        return tuple((Decimal(x), Decimal(score)) for name, x, score in self.parameters if name == "点")


def _points(way: str, *pairs: tuple[str, str]) -> tuple[tuple[str, str, str], ...]:
    return (("方式", way, ""), *(("点", x, score) for x, score in pairs))


RATIO_POINTS = _points("线性", ("80", "60"), ("90", "80"), ("98", "100"))
SURVEY_POINTS = _points("线性", ("3", "60"), ("4", "80"), ("4.8", "100"))
STEP_POINTS = _points("阶梯", ("80", "60"), ("90", "80"), ("95", "90"), ("100", "100"))
QUALITY_POINTS = _points("线性", ("80", "0"), ("90", "60"), ("95", "80"), ("99", "100"))
COST_POINTS = _points("线性", ("0", "100"), ("3", "80"), ("5", "60"), ("10", "0"))
FIN, CUS, PRO, GRO, ATT = "财务", "客户", "内部流程", "学习成长", "态度"
PLAN = ("100",)
UNITS_EN = {
    "元": "yuan", "元/人": "yuan a customer", "家": "customers", "人": "users", "条": "leads", "指数": "index",
    "分": "points", "次": "times", "倍": "times", "场": "events", "小时": "hours", "篇": "pieces",
}  # fmt: skip

LIBRARY = (
    Indicator("S01", "销售额", "Sales amount", FIN, "当期已开票并确认收入的含税销售额", "元", "CRM", "月", "求和", HIGHER, ("900000", "1050000", "1200000", "1350000"), 2),
    Indicator("S02", "销售计划完成率", "Sales plan completion", FIN, "实际销售额与计划销售额之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("S03", "销售费用率", "Sales expense rate", FIN, "销售费用占销售额的比重", "%", "财务系统", "月", "平均", LOWER, ("8", "8.5", "9"), 2),
    Indicator("S04", "销售回款率", "Collection rate", FIN, "到期应收款中已收回的比重", "%", "财务系统", "月", "期末值", POINTS, ("95",), 1, RATIO_POINTS),
    Indicator("S05", "新客户开发数", "New customers", CUS, "首次成交并完成建档的客户数", "家", "CRM", "月", "求和", HIGHER, ("12", "15", "18"), 0),
    Indicator("S06", "渠道拓展计划完成率", "Channel plan completion", CUS, "签约渠道数与计划数之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("S07", "促销期销售增长率", "Promotion sales growth", FIN, "促销期销售额较上年同期的增幅", "%", "CRM", "月", "平均", POINTS, ("10",), 1, _points("线性", ("0", "60"), ("5", "80"), ("12", "100"))),
    Indicator("S08", "区域市场拓展计划完成率", "Regional expansion plan completion", CUS, "新增网点与计划网点之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("S09", "区域行销计划完成率", "Regional marketing plan completion", PRO, "已执行行销项目与计划项目之比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("S10", "区域推广活动次数", "Regional events", PRO, "完成并归档的推广活动场次", "场", "OA", "月", "求和", HIGHER, ("9", "12"), 0),
    Indicator("S11", "销售目标达成率", "Sales target attainment", FIN, "实际销售额与年初分解到当期的目标之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("S12", "市场份额", "Market share", CUS, "本公司销售额占所在品类市场销售额的比重", "%", "市场研究", "季", "期末值", HIGHER, ("12", "15"), 2),
    Indicator("K01", "大客户开发计划完成率", "Key account plan completion", CUS, "新增大客户与计划数之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("K02", "大客户流失率", "Key account loss rate", CUS, "90 天无订单的大客户占比", "%", "CRM", "月", "平均", LOWER, ("4", "5"), 2),
    Indicator("K03", "大客户档案完整率", "Key account file completeness", PRO, "必填项齐全的客户档案占比", "%", "CRM", "月", "最小值", POINTS, ("95",), 1, STEP_POINTS),
    Indicator("M01", "市场开发计划完成率", "Market development plan completion", CUS, "已完成开发项目与计划项目之比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("M02", "市场调研计划完成率", "Research plan completion", PRO, "按计划完成的调研课题占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("M03", "广告宣传计划完成率", "Advertising plan completion", CUS, "按期投放的宣传项目占比", "%", "广告平台", "月", "平均", HIGHER, PLAN),
    Indicator("M04", "活动到场率", "Event attendance", CUS, "实际到场人数与报名人数之比", "%", "OA", "月", "平均", POINTS, ("80",), 1, _points("线性", ("60", "60"), ("80", "90"), ("90", "100"))),
    Indicator("M05", "活动费用", "Event spend", FIN, "分管活动的实际支出，以预算为目标", "元", "财务系统", "月", "求和", ON_TARGET, ("240000", "360000", "480000"), 2, (("容差%", "10", ""), ("每超1%扣分", "2", ""))),
    Indicator("M06", "获客成本", "Cost per new customer", FIN, "推广支出除以新增客户数", "元/人", "广告平台", "月", "平均", LOWER, ("150", "160", "180"), 2),
    Indicator("M07", "有效线索数", "Qualified leads", CUS, "留有联系方式并经核实的线索", "条", "CRM", "月", "求和", HIGHER, ("900", "1200", "1500"), 0),
    Indicator("M08", "品牌搜索指数", "Brand search index", CUS, "以上年同期为 100的搜索指数", "指数", "广告平台", "月", "期末值", HIGHER, ("130",)),
    Indicator("M09", "品牌曝光增长率", "Growth in brand exposure", CUS, "各渠道曝光次数较上年同期的增幅", "%", "广告平台", "月", "平均", HIGHER, ("50",)),
    Indicator("M10", "净推荐值", "Net promoter score", CUS, "愿意推荐的受访者占比减去不愿推荐者占比，再乘以 100", "分", "问卷", "季", "期末值", HIGHER, ("40", "50"), 1),
    Indicator("M11", "负面舆情处置逾期次数", "Late incident responses", CUS, "24 小时内未启动处置的舆情次数", "次", "OA", "月", "求和", DEDUCTION, ("0",), 0, (("每次扣分", "10", ""),)),
    Indicator("M12", "部门预算执行率", "Budget execution", FIN, "实际支出占批准预算的比重", "%", "财务系统", "月", "平均", ON_TARGET, ("100",), 1, (("容差%", "5", ""), ("每超1%扣分", "4", ""))),
    Indicator("M13", "客户终身价值与获客成本之比", "LTV to CAC", FIN, "客户终身价值除以获客成本", "倍", "财务系统", "季", "期末值", HIGHER, ("3",), 2),
    Indicator("M14", "团队培训完成率", "Training completion", GRO, "按计划完成培训的人次占比", "%", "人事系统", "季", "期末值", PASS_FAIL, ("90",), 1, (("比较", ">=", ""),)),
    Indicator("M15", "核心岗位保留率", "Key post retention", GRO, "核心岗位在册人员的留任比重", "%", "人事系统", "季", "期末值", PASS_FAIL, ("85",), 1, (("比较", ">", ""),)),
    Indicator("M16", "分管项目投入产出比", "Return on projects", FIN, "分管项目带来的毛利除以项目投入", "倍", "财务系统", "季", "期末值", HIGHER, ("1", "1.5"), 2),
    Indicator("P01", "策划方案一次通过率", "First-pass approval of plans", PRO, "首次评审即通过的方案占比", "%", "OA", "月", "平均", HIGHER, ("85", "90")),
    Indicator("P02", "营销策划活动组织次数", "Campaigns organised", PRO, "完成并归档的策划活动场次", "场", "OA", "月", "求和", HIGHER, ("6", "9"), 0),
    Indicator("P03", "相关部门协作满意度", "Collaboration satisfaction", PRO, "协作部门问卷平均分，满分 5 分", "分", "问卷", "季", "期末值", POINTS, ("4.5",), 2, SURVEY_POINTS),
    Indicator("P04", "促销计划完成率", "Promotion plan completion", PRO, "按期执行的促销项目占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("P05", "促销评估报告及时率", "Timely promotion reports", PRO, "按时提交的促销评估报告占比", "%", "OA", "月", "平均", POINTS, ("95",), 1, STEP_POINTS),
    Indicator("P06", "物料差错次数", "Material errors", PRO, "因物料错误返工的次数", "次", "OA", "月", "求和", DEDUCTION, ("0",), 0, (("每次扣分", "6", ""),)),
    Indicator("C01", "投诉受理及时率", "Timely complaint handling", CUS, "规定时限内受理的投诉占比", "%", "客服系统", "月", "平均", POINTS, ("98",), 1, RATIO_POINTS),
    Indicator("C02", "客户档案完整率", "Customer file completeness", PRO, "必填项齐全的客户档案占比", "%", "CRM", "月", "期末值", POINTS, ("95",), 1, STEP_POINTS),
    Indicator("C03", "呼叫中心运营计划完成率", "Call centre plan completion", PRO, "按期完成的运营任务占比", "%", "客服系统", "月", "平均", HIGHER, PLAN),
    Indicator("C04", "客户开发计划完成率", "Customer development plan completion", CUS, "经客服转介成交的新客户与计划数之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("C05", "有效投诉次数", "Valid complaints", CUS, "经核实由本人或本组造成的投诉", "次", "客服系统", "月", "求和", DEDUCTION, ("0",), 0, (("每次扣分", "5", ""),)),
    Indicator("C06", "电话接通率", "Call answer rate", CUS, "30 秒内接起的来电占比", "%", "客服系统", "月", "平均", HIGHER, ("90", "92")),
    Indicator("C07", "最长首次响应时长", "Longest first response", CUS, "工单首次响应的最长用时", "小时", "客服系统", "月", "最大值", LOWER, ("24",), 1),
    Indicator("C08", "客户满意度", "Customer satisfaction", CUS, "服务结束后的回访评分均值，满分 5 分", "分", "问卷", "月", "平均", POINTS, ("4.5",), 2, SURVEY_POINTS),
    Indicator("D01", "网络营销计划完成率", "Online marketing plan completion", PRO, "按期完成的网络营销任务占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("D02", "网络业务推广计划完成率", "Online promotion plan completion", CUS, "按期完成的业务推广项目占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("D03", "网络渠道拓展计划完成率", "Online channel plan completion", CUS, "新开通渠道与计划数之比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("D04", "线上线索转化率", "Online lead conversion", CUS, "成交线索占有效线索的比重", "%", "CRM", "月", "平均", HIGHER, ("5", "6"), 2),
    Indicator("D05", "内容发布数", "Published pieces", PRO, "审核通过并发布的原创内容", "篇", "广告平台", "月", "求和", HIGHER, ("36", "45"), 0),
    Indicator("T01", "电话营销计划完成率", "Telemarketing plan completion", FIN, "实际外呼成交额与计划之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("T02", "电话回访次数", "Follow-up calls", CUS, "完成并留有记录的回访次数", "次", "客服系统", "月", "求和", HIGHER, ("600", "720"), 0),
    Indicator("T03", "电话渠道拓展计划完成率", "Telemarketing channel plan completion", CUS, "新增名单来源与计划数之比", "%", "CRM", "月", "平均", HIGHER, PLAN),
    Indicator("T04", "质检差错次数", "Quality check errors", PRO, "录音质检发现的差错次数", "次", "客服系统", "月", "求和", DEDUCTION, ("0",), 0, (("每次扣分", "4", ""),)),
    Indicator("R02", "调研报告按时提交率", "Timely research reports", PRO, "按时提交并通过审核的报告占比", "%", "OA", "月", "平均", POINTS, ("95",), 1, STEP_POINTS),
    Indicator("R03", "调研费用", "Research spend", FIN, "调研实际支出，以预算为目标", "元", "财务系统", "月", "求和", ON_TARGET, ("60000", "90000"), 2, (("容差%", "8", ""), ("每超1%扣分", "3", ""))),
    Indicator("B01", "品牌规划方案提交及时率", "Timely brand plans", PRO, "按时提交的品牌方案占比", "%", "OA", "月", "平均", POINTS, ("95",), 1, STEP_POINTS),
    Indicator("B02", "品牌运营目标达成率", "Brand operation goals", CUS, "达成的品牌运营目标占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("B03", "品牌推广计划完成率", "Brand promotion plan completion", CUS, "按期完成的品牌推广项目占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("A02", "广告费用", "Advertising spend", FIN, "广告实际支出，以预算为目标", "元", "财务系统", "月", "求和", ON_TARGET, ("450000", "600000"), 2, (("容差%", "5", ""), ("每超1%扣分", "3", ""))),
    Indicator("A03", "广告效果满意度", "Advertising satisfaction", CUS, "需求部门对广告效果的评分，满分 5 分", "分", "问卷", "季", "期末值", POINTS, ("4.5",), 2, SURVEY_POINTS),
    Indicator("N01", "新品试点里程碑完成率", "Pilot milestone completion", PRO, "按期通过验收的里程碑占比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("N02", "试点用户数", "Pilot users", CUS, "完成注册并使用 3 次以上的用户", "人", "广告平台", "月", "期末值", HIGHER, ("400", "600"), 0),
    Indicator("N03", "产品上市计划完成率", "Product launch plan completion", PRO, "按期完成的上市任务与计划任务之比", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("L01", "发货准确率", "Dispatch accuracy", PRO, "品名、数量、地址都无误的发货单占比", "%", "仓储系统", "月", "平均", POINTS, ("98",), 1, RATIO_POINTS),
    Indicator("L02", "账实相符率", "Stock record accuracy", PRO, "盘点数与账面数一致的存货品项占比", "%", "仓储系统", "月", "期末值", POINTS, ("98",), 1, RATIO_POINTS),
    Indicator("L03", "物流费用率", "Logistics expense rate", FIN, "运输与仓储费用占销售额的比重", "%", "财务系统", "月", "平均", LOWER, ("3", "3.5"), 2),
    Indicator("H01", "培训计划完成率", "Training plan completion", GRO, "如期举办的培训班次与计划班次之比", "%", "人事系统", "月", "平均", HIGHER, PLAN),
    Indicator("H02", "培训满意度", "Training satisfaction", GRO, "学员结课问卷平均分，满分 5 分", "分", "问卷", "月", "平均", POINTS, ("4.5",), 2, SURVEY_POINTS),
    Indicator("I01", "系统可用率", "System availability", PRO, "约定服务时间内系统可用时长的比重", "%", "监控系统", "月", "平均", POINTS, ("99.5",), 2, _points("线性", ("97", "60"), ("99", "80"), ("99.9", "100"))),
    Indicator("I02", "故障按时解决率", "Faults solved in time", PRO, "在约定时限内解决的故障工单占比", "%", "客服系统", "月", "平均", POINTS, ("95",), 1, RATIO_POINTS),
    Indicator("G01", "重点工作完成率", "Key task completion", PRO, "季度重点工作按期完成的比重", "%", "OA", "月", "平均", HIGHER, PLAN),
    Indicator("F02", "内部服务满意度", "Internal service satisfaction", CUS, "服务对象问卷平均分，满分 5 分", "分", "问卷", "季", "期末值", POINTS, ("4.5",), 2, SURVEY_POINTS),
    Indicator("F03", "业务差错次数", "Processing errors", PRO, "核对发现的业务差错次数", "次", "OA", "月", "求和", DEDUCTION, ("0",), 0, (("每次扣分", "5", ""),)),
    Indicator("J01", "主动协作", "Initiative and teamwork", ATT, "上级依据日常观察评价，满分 5 分", "分", "上级评价", "季", "期末值", JUDGED, (), 1, (("满分", "5", ""),)),
    Indicator("J02", "计划与执行", "Planning and execution", ATT, "上级依据计划执行记录评价，满分 5 分", "分", "上级评价", "季", "期末值", JUDGED, (), 1, (("满分", "5", ""),)),
    Indicator("J03", "改进与创新", "Improvement", GRO, "上级依据改进提案及效果评价，满分 5 分", "分", "上级评价", "季", "期末值", JUDGED, (), 1, (("满分", "5", ""),)),
    Indicator("J04", "团队管理", "Team management", GRO, "上级依据团队状况评价，满分 5 分", "分", "上级评价", "季", "期末值", JUDGED, (), 1, (("满分", "5", ""),)),
    Indicator("X01", "管理者 360 度评价", "360 feedback for managers", "能力", "上级、同级、下级按题评价", "分", "评价表", "季", "期末值", MULTI, (), 1),
    Indicator("X02", "专员 360 度评价", "360 feedback for specialists", "能力", "上级与同级按题评价", "分", "评价表", "季", "期末值", MULTI, (), 1),
    Indicator("V01", "准时交付率", "On-time delivery", PRO, "按期交付的订单数占应交付订单数的比重", "%", "采购系统", "月", "平均", HIGHER, ("95",)),
    Indicator("V02", "质量合格率", "Quality rate", PRO, "一次验收合格的批次占交付批次的比重", "%", "采购系统", "月", "平均", POINTS, ("98",), 1, QUALITY_POINTS),
    Indicator("V03", "成本控制", "Cost control", FIN, "结算金额超出框架协议价格的百分比，未超出为 0", "%", "采购系统", "月", "平均", POINTS, ("3",), 1, COST_POINTS),
)  # fmt: skip

INDICATORS = {indicator.code: indicator for indicator in LIBRARY}
