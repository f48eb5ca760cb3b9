"""Appraisal schemes of the example company: for kinds of position, and for departments as subjects."""

# ruff: noqa: E501 - tables read best with one row a line

from dataclasses import dataclass
from datetime import date

Items = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    name: str
    name_en: str
    weight: str
    items: Items


@dataclass(frozen=True)
class Scheme:
    """`subjects` are position codes for employees, unit codes for units, classes for suppliers."""

    code: str
    name: str
    name_en: str
    kind: str
    subjects: tuple[str, ...]
    sections: tuple[Section, ...]
    valid_from: date = date(2026, 1, 1)


QUESTIONS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "X01": (
        (
            "Q1",
            "能清楚说明公司目标与本部门工作的关系",
            "Explains how the department's work serves the company's goals",
            "30",
        ),
        ("Q2", "遇到问题能及时作出决定", "Decides in time when problems come up", "30"),
        ("Q3", "能为下属提供辅导和反馈", "Coaches the team and gives feedback", "20"),
        ("Q4", "能按约定配合其他部门的工作", "Works with other departments as agreed", "20"),
    ),
    "X02": (
        ("Q1", "交付的工作质量可靠", "Delivers work of reliable quality", "40"),
        ("Q2", "主动向同事同步工作信息", "Keeps colleagues informed without being asked", "30"),
        ("Q3", "主动学习并运用新方法", "Learns and applies new methods", "30"),
    ),
}


def _work(weight: str, *items: tuple[str, str]) -> Section:
    return Section("业绩", "Performance", weight, items)


def _conduct(weight: str, *items: tuple[str, str]) -> Section:
    return Section("行为", "Conduct", weight, items)


def _feedback(weight: str, code: str) -> Section:
    return Section("360 度评价", "360 feedback", weight, ((code, "100"),))


def _people(code: str, name: str, name_en: str, positions: str, *sections: Section) -> Scheme:
    return Scheme(code, name, name_en, "员工", tuple(positions.split()), sections)


def _unit(code: str, name: str, name_en: str, units: str, *items: tuple[str, str]) -> Scheme:
    section = Section("部门业绩", "Unit performance", "100", items)
    return Scheme(code, name, name_en, "单元", tuple(units.split()), (section,))


def _suppliers(code: str, name: str, name_en: str, classes: str, *items: tuple[str, str]) -> Scheme:
    section = Section("供货表现", "Supply", "100", items)
    return Scheme(code, name, name_en, "供应商", tuple(classes.split()), (section,), date(2025, 10, 1))


SCHEMES = (
    _people(
        "QE-HEAD", "部门负责人季度考核", "Department heads",
        "D11-01 D12-01 D13-01 D14-01 D15-01 D16-01 D17-01 D18-01 D19-01 D20-01 D21-01 B40-01 B50-01",
        _work("60", ("G01", "50"), ("M12", "20"), ("P03", "20"), ("M15", "10")),
        _conduct("10", ("J04", "100")),
        _feedback("30", "X01"),
    ),
    _people(
        "QE-DEPUTY", "市场部副部长季度考核", "Deputy head of marketing", "D11-02",
        _work("70", ("M07", "25"), ("M06", "20"), ("M08", "20"), ("M05", "15"), ("M14", "10"), ("M11", "10")),
        _conduct("10", ("J02", "50"), ("J04", "50")),
        _feedback("20", "X01"),
    ),
    _people(
        "QE-REGION", "区域与渠道负责人季度考核", "Regional and channel managers",
        "T121-01 T122-01 T123-01 D12-02",
        _work("70", ("S02", "40"), ("S04", "30"), ("S05", "30")),
        _conduct("10", ("J02", "100")),
        _feedback("20", "X01"),
    ),
    _people(
        "QE-SUPERVISOR", "客服主管季度考核", "Customer service supervisors", "D15-02 T151-01 T152-01",
        _work("65", ("C03", "40"), ("C01", "40"), ("C05", "20")),
        _conduct("10", ("J04", "100")),
        _feedback("25", "X01"),
    ),
    _people(
        "QE-SALES", "销售代表季度考核", "Sales representatives", "T121-02 T122-02 T123-02 B40-02",
        _work("80", ("S01", "40"), ("S03", "20"), ("S04", "20"), ("S05", "20")),
        _conduct("20", ("J01", "100")),
    ),
    _people(
        "QE-CHANNEL", "渠道专员季度考核", "Channel specialists", "D12-03",
        _work("80", ("S06", "50"), ("S05", "30"), ("S04", "20")),
        _conduct("20", ("J01", "50"), ("J03", "50")),
    ),
    _people(
        "QE-ACCOUNT", "大客户经理季度考核", "Key account managers", "D18-02",
        _work("80", ("K01", "35"), ("S01", "25"), ("K02", "20"), ("K03", "20")),
        _conduct("20", ("J01", "60"), ("J03", "40")),
    ),
    _people(
        "QE-PLAN", "策划岗位季度考核", "Planners", "D11-03 D13-02 D13-03",
        _work("75", ("P01", "30"), ("P02", "30"), ("M04", "20"), ("P06", "20")),
        _conduct("25", ("J02", "50"), ("J03", "50")),
    ),
    _people(
        "QE-PROMO", "促销与推广岗位季度考核", "Promotion specialists",
        "D11-05 D14-02 D14-03 D14-04 B40-04",
        _work("80", ("P04", "40"), ("P05", "30"), ("M05", "30")),
        _conduct("20", ("J01", "100")),
    ),
    _people(
        "QE-BRAND", "品牌与公关岗位季度考核", "Brand specialists", "D17-02 D17-03",
        _work("65", ("B02", "35"), ("B03", "35"), ("M08", "15"), ("M11", "15")),
        _conduct("10", ("J03", "100")),
        _feedback("25", "X02"),
    ),
    _people(
        "QE-DIGITAL", "数字与网络营销岗位季度考核", "Digital marketers", "D11-04 D19-02 D19-03",
        _work("70", ("D04", "30"), ("M06", "25"), ("D05", "25"), ("D03", "20")),
        _conduct("10", ("J03", "100")),
        _feedback("20", "X02"),
    ),
    _people(
        "QE-RESEARCH", "市场调研岗位季度考核", "Researchers", "D21-02",
        _work("70", ("M02", "40"), ("R02", "30"), ("R03", "30")),
        _feedback("30", "X02"),
    ),
    _people(
        "QE-SERVICE", "客服岗位季度考核", "Customer service", "T151-02 T152-02 D15-03 B40-03",
        _work("70", ("C01", "35"), ("C06", "25"), ("C07", "20"), ("C05", "20")),
        _conduct("10", ("J01", "100")),
        _feedback("20", "X02"),
    ),
    _people(
        "QE-PHONE", "电话营销岗位季度考核", "Telemarketers", "D20-02",
        _work("80", ("T01", "40"), ("T02", "30"), ("T04", "30")),
        _conduct("20", ("J01", "100")),
    ),
    _people(
        "QE-ADVERT", "广告岗位季度考核", "Advertising specialists", "D16-02 D16-03",
        _work("80", ("M03", "40"), ("A02", "30"), ("A03", "30")),
        _conduct("20", ("J02", "50"), ("J03", "50")),
    ),
    _people(
        "QE-INNOVATE", "创新岗位季度考核", "Innovation posts", "B50-02 B50-03 P51-01 P51-02",
        _work("70", ("N01", "45"), ("N02", "35"), ("M13", "20")),
        _conduct("30", ("J03", "70"), ("J01", "30")),
    ),
    _people(
        "QE-STAFF", "职能岗位季度考核", "Staff functions", "D30-02 D30-03 D30-04 D31-02 D31-03",
        _work("80", ("G01", "50"), ("F02", "25"), ("F03", "25")),
        _conduct("20", ("J02", "100")),
    ),
    _unit("QU-D11", "市场部部门考核", "Marketing department", "D11", ("M01", "40"), ("M02", "30"), ("M03", "30")),
    _unit("QU-D12", "销售部部门考核", "Sales department", "D12", ("S02", "30"), ("S01", "30"), ("S03", "20"), ("S04", "20")),
    _unit("QU-D13", "营销企划部部门考核", "Planning department", "D13", ("P01", "40"), ("P02", "30"), ("P03", "30")),
    _unit("QU-D14", "促销部部门考核", "Promotion department", "D14", ("P04", "40"), ("P05", "30"), ("S07", "30")),
    _unit("QU-D15", "客户服务部部门考核", "Customer service department", "D15", ("C03", "40"), ("C01", "30"), ("C02", "30")),
    _unit("QU-D16", "广告部部门考核", "Advertising department", "D16", ("M03", "40"), ("A02", "30"), ("A03", "30")),
    _unit("QU-D17", "品牌部部门考核", "Brand department", "D17", ("B02", "40"), ("B01", "30"), ("B03", "30")),
    _unit("QU-D18", "大客户部部门考核", "Key account department", "D18", ("K01", "40"), ("K02", "30"), ("K03", "30")),
    _unit("QU-D19", "网络营销部部门考核", "Online marketing department", "D19", ("D01", "40"), ("D02", "30"), ("D03", "30")),
    _unit("QU-D20", "电话营销部部门考核", "Telemarketing department", "D20", ("T01", "40"), ("T03", "30"), ("T02", "30")),
    _unit("QU-D21", "市场调研部部门考核", "Research department", "D21", ("M02", "40"), ("R02", "30"), ("R03", "30")),
    _unit("QU-REGION", "区域考核", "Sales regions", "T121 T122 T123", ("S08", "40"), ("S09", "30"), ("S10", "30")),
    _unit("QU-BRANCH", "分公司考核", "Branches", "B40", ("S02", "40"), ("S08", "30"), ("S03", "30")),
    _unit("QU-INNOVATE", "创新事业部考核", "Innovation unit", "B50", ("N01", "60"), ("N02", "40")),
    _suppliers("QV-CORE", "核心供应商季度评分", "Core suppliers", "A", ("V01", "40"), ("V02", "40"), ("V03", "20")),
    _suppliers("QV-OTHER", "一般供应商季度评分", "Other suppliers", "B C", ("V01", "50"), ("V02", "30"), ("V03", "20")),
)  # fmt: skip

# What the drawn figures of each unit aim at.
UNIT_STRENGTH = {
    "D11": 78, "D12": 89, "D13": 82, "D14": 76, "D15": 88, "D16": 65, "D17": 90, "D18": 79, "D19": 99, "D20": 77,
    "D21": 82, "T121": 91, "T122": 79, "T123": 64, "B40": 89, "B50": 77,
}  # fmt: skip
