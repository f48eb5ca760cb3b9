"""Units and positions of the example company: a marketing centre, a branch, a special unit."""

from dataclasses import dataclass

OPENED = {"B40": "2019-03-01", "B50": "2024-07-01", "P51": "2025-03-03", "T123": "2021-01-04"}
FOUNDED = "2016-01-01"


@dataclass(frozen=True)
class Unit:
    """One row of sheet 单元. `parent` and `head` are codes; empty means none."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str
    head: str
    special: bool = False

    @property
    def opened(self) -> str:
        return OPENED.get(self.code, FOUNDED)


@dataclass(frozen=True)
class Position:
    """One row of sheet 岗位. `filled` is how many people sit on it at the start."""

    code: str
    title: str
    title_en: str
    unit: str
    track: str
    grade: str
    headcount: int
    filled: int
    reports_to: str


UNITS = (
    Unit("G00", "澄川集团", "Chengchuan Group", "集团", "", "G00-01"),
    Unit("C10", "澄川厨电有限公司", "Chengchuan Kitchen Appliances", "公司", "G00", "C10-01"),
    Unit("D10", "营销中心", "Marketing Centre", "部门", "C10", "D10-01"),
    Unit("D11", "市场部", "Marketing Department", "部门", "D10", "D11-01"),
    Unit("D12", "销售部", "Sales Department", "部门", "D10", "D12-01"),
    Unit("T121", "华东区域", "East China Region", "团队", "D12", "T121-01"),
    Unit("T122", "华北区域", "North China Region", "团队", "D12", "T122-01"),
    Unit("T123", "华南区域", "South China Region", "团队", "D12", "T123-01"),
    Unit("D13", "营销企划部", "Marketing Planning Department", "部门", "D10", "D13-01"),
    Unit("D14", "促销部", "Promotion Department", "部门", "D10", "D14-01"),
    Unit("D15", "客户服务部", "Customer Service Department", "部门", "D10", "D15-01"),
    Unit("T151", "呼叫中心", "Call Centre", "团队", "D15", "T151-01"),
    Unit("T152", "售后服务组", "After-sales Team", "团队", "D15", "T152-01"),
    Unit("D16", "广告部", "Advertising Department", "部门", "D10", "D16-01"),
    Unit("D17", "品牌部", "Brand Department", "部门", "D10", "D17-01"),
    Unit("D18", "大客户部", "Key Account Department", "部门", "D10", "D18-01"),
    Unit("D19", "网络营销部", "Online Marketing Department", "部门", "D10", "D19-01"),
    Unit("D20", "电话营销部", "Telemarketing Department", "部门", "D10", "D20-01"),
    Unit("D21", "市场调研部", "Market Research Department", "部门", "D10", "D21-01"),
    Unit("D30", "人力资源部", "Human Resources Department", "部门", "C10", "D30-01"),
    Unit("D31", "财务部", "Finance Department", "部门", "C10", "D31-01"),
    Unit("B40", "成都分公司", "Chengdu Branch", "分公司", "C10", "B40-01"),
    Unit("B50", "创新事业部", "Innovation Business Unit", "部门", "C10", "B50-01", special=True),
    Unit("P51", "新品孵化项目组", "New Product Incubation Team", "项目组", "B50", "P51-01"),
)

M, P = "管理", "专业"

POSITIONS = (
    Position("G00-01", "集团总裁", "Group President", "G00", M, "M7", 1, 1, ""),
    Position("C10-01", "总经理", "General Manager", "C10", M, "M6", 1, 1, "G00-01"),
    Position("D10-01", "营销总监", "Marketing Director", "D10", M, "M5", 1, 1, "C10-01"),
    Position("D11-01", "市场部部长", "Head of Marketing", "D11", M, "M4", 1, 1, "D10-01"),
    Position("D11-02", "市场部副部长", "Deputy Head of Marketing", "D11", M, "M3", 1, 1, "D11-01"),
    Position("D11-03", "市场策划专员", "Marketing Planner", "D11", P, "P4", 4, 4, "D11-02"),
    Position("D11-04", "数字营销专员", "Digital Marketer", "D11", P, "P4", 4, 3, "D11-02"),
    Position("D11-05", "产品推广专员", "Product Promoter", "D11", P, "P4", 3, 3, "D11-01"),
    Position("D12-01", "销售部部长", "Head of Sales", "D12", M, "M4", 1, 1, "D10-01"),
    Position("D12-02", "渠道经理", "Channel Manager", "D12", M, "M2", 1, 1, "D12-01"),
    Position("D12-03", "渠道专员", "Channel Specialist", "D12", P, "P4", 3, 2, "D12-02"),
    Position("T121-01", "华东区域销售经理", "Regional Sales Manager, East", "T121", M, "M2", 1, 1, "D12-01"),
    Position("T121-02", "华东销售代表", "Sales Representative, East", "T121", P, "P3", 7, 6, "T121-01"),
    Position("T122-01", "华北区域销售经理", "Regional Sales Manager, North", "T122", M, "M2", 1, 1, "D12-01"),
    Position("T122-02", "华北销售代表", "Sales Representative, North", "T122", P, "P3", 6, 5, "T122-01"),
    Position("T123-01", "华南区域销售经理", "Regional Sales Manager, South", "T123", M, "M2", 1, 1, "D12-01"),
    Position("T123-02", "华南销售代表", "Sales Representative, South", "T123", P, "P3", 5, 5, "T123-01"),
    Position("D13-01", "营销企划部部长", "Head of Marketing Planning", "D13", M, "M4", 1, 1, "D10-01"),
    Position("D13-02", "企划专员", "Planning Specialist", "D13", P, "P4", 4, 4, "D13-01"),
    Position("D13-03", "文案设计师", "Copy Designer", "D13", P, "P4", 1, 1, "D13-01"),
    Position("D14-01", "促销部部长", "Head of Promotion", "D14", M, "M4", 1, 0, "D10-01"),
    Position("D14-02", "促销专员", "Promotion Specialist", "D14", P, "P3", 3, 3, "D14-01"),
    Position("D14-03", "活动执行专员", "Event Specialist", "D14", P, "P3", 2, 2, "D14-01"),
    Position("D14-04", "终端管理专员", "Store Display Specialist", "D14", P, "P3", 2, 1, "D14-01"),
    Position("D15-01", "客户服务部部长", "Head of Customer Service", "D15", M, "M4", 1, 1, "D10-01"),
    Position("D15-02", "客户关系主管", "Customer Relations Supervisor", "D15", M, "M1", 1, 1, "D15-01"),
    Position("D15-03", "客户关系专员", "Customer Relations Specialist", "D15", P, "P3", 2, 2, "D15-02"),
    Position("T151-01", "呼叫中心主管", "Call Centre Supervisor", "T151", M, "M1", 1, 1, "D15-01"),
    Position("T151-02", "客服专员", "Customer Service Agent", "T151", P, "P2", 6, 5, "T151-01"),
    Position("T152-01", "售后服务主管", "After-sales Supervisor", "T152", M, "M1", 1, 1, "D15-01"),
    Position("T152-02", "售后专员", "After-sales Specialist", "T152", P, "P2", 2, 2, "T152-01"),
    Position("D16-01", "广告部部长", "Head of Advertising", "D16", M, "M4", 1, 1, "D10-01"),
    Position("D16-02", "广告策划专员", "Advertising Planner", "D16", P, "P4", 2, 2, "D16-01"),
    Position("D16-03", "媒介专员", "Media Buyer", "D16", P, "P4", 2, 2, "D16-01"),
    Position("D17-01", "品牌部部长", "Head of Brand", "D17", M, "M4", 1, 1, "D10-01"),
    Position("D17-02", "品牌运营专员", "Brand Specialist", "D17", P, "P4", 4, 4, "D17-01"),
    Position("D17-03", "公关专员", "Public Relations Specialist", "D17", P, "P4", 1, 1, "D17-01"),
    Position("D18-01", "大客户部部长", "Head of Key Accounts", "D18", M, "M4", 1, 1, "D10-01"),
    Position("D18-02", "大客户经理", "Key Account Manager", "D18", P, "P6", 6, 5, "D18-01"),
    Position("D19-01", "网络营销部部长", "Head of Online Marketing", "D19", M, "M4", 1, 1, "D10-01"),
    Position("D19-02", "网络营销专员", "Online Marketer", "D19", P, "P4", 5, 4, "D19-01"),
    Position("D19-03", "电商运营专员", "E-commerce Operator", "D19", P, "P4", 2, 2, "D19-01"),
    Position("D20-01", "电话营销部部长", "Head of Telemarketing", "D20", M, "M4", 1, 1, "D10-01"),
    Position("D20-02", "电话营销专员", "Telemarketer", "D20", P, "P2", 8, 7, "D20-01"),
    Position("D21-01", "市场调研部部长", "Head of Market Research", "D21", M, "M4", 1, 1, "D10-01"),
    Position("D21-02", "市场调研专员", "Market Researcher", "D21", P, "P5", 3, 3, "D21-01"),
    Position("D30-01", "人力资源总监", "HR Director", "D30", M, "M5", 1, 1, "C10-01"),
    Position("D30-02", "人力资源经理", "HR Manager", "D30", M, "M2", 1, 1, "D30-01"),
    Position("D30-03", "薪酬经理", "Compensation Manager", "D30", P, "P6", 1, 1, "D30-01"),
    Position("D30-04", "薪酬专员", "Compensation Specialist", "D30", P, "P4", 1, 1, "D30-01"),
    Position("D31-01", "财务总监", "Finance Director", "D31", M, "M5", 1, 1, "C10-01"),
    Position("D31-02", "财务经理", "Finance Manager", "D31", M, "M2", 1, 1, "D31-01"),
    Position("D31-03", "会计", "Accountant", "D31", P, "P4", 2, 2, "D31-02"),
    Position("B40-01", "成都分公司经理", "Chengdu Branch Manager", "B40", M, "M4", 1, 1, "D10-01"),
    Position("B40-02", "成都销售代表", "Sales Representative, Chengdu", "B40", P, "P3", 4, 4, "B40-01"),
    Position("B40-03", "成都客服专员", "Customer Service Agent, Chengdu", "B40", P, "P2", 2, 2, "B40-01"),
    Position("B40-04", "成都推广专员", "Promotion Specialist, Chengdu", "B40", P, "P3", 1, 1, "B40-01"),
    Position("B50-01", "创新事业部总经理", "General Manager, Innovation", "B50", M, "M4", 1, 1, "D10-01"),
    Position("B50-02", "创新产品经理", "Innovation Product Manager", "B50", P, "P6", 2, 2, "B50-01"),
    Position("B50-03", "增长运营专员", "Growth Operator", "B50", P, "P4", 3, 3, "B50-01"),
    Position("P51-01", "孵化项目经理", "Incubation Project Manager", "P51", M, "M1", 1, 1, "B50-01"),
    Position("P51-02", "孵化项目专员", "Incubation Project Specialist", "P51", P, "P4", 2, 2, "P51-01"),
)
