"""The suppliers of the example company: agreements, findings, and how they delivered in two quarters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from examples.authoring.figures import Actual
from examples.authoring.sheets import Cell, Sheet, write_workbook

SOURCE = "采购系统"
LAST_DAYS = {
    "2025-Q4": (date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31)),
    "2026-Q1": (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)),
}


@dataclass(frozen=True)
class Supplier:
    """One supplier with its framework agreement, what its class follows from, and its months by quarter and indicator.

    ``standards``: (name, comparator, value, unit, indicator); ``findings``: (criterion, value, evidence).
    """

    code: str
    name: str
    unit: str
    agreement: tuple[str, date, date, date]
    standards: tuple[tuple[str, str, str, str, str], ...]
    prices: tuple[tuple[str, str, str], ...]
    breaches: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str, str], ...]
    months: dict[str, dict[str, tuple[str, str, str]]]


SUPPLIERS = (
    Supplier(
        "SUP-001",
        "明川印务有限公司",
        "D11",
        ("FA-2025-011", date(2025, 9, 22), date(2025, 10, 1), date(2027, 9, 30)),
        (
            ("准时交付率", "不低于", "95", "%", "V01"),
            ("质量合格率", "不低于", "98", "%", "V02"),
            ("结算金额超出协议价格的比例", "不高于", "3", "%", "V03"),
        ),
        (("A4 单页彩印", "千张", "180.00"), ("A1 海报", "百张", "420.00"), ("展架（含画面）", "套", "65.00")),
        (
            ("逾期交付超过 3 日", "按订单金额的 5% 支付违约金"),
            ("印刷内容与确认稿不符", "免费重印，并承担由此增加的运费"),
        ),
        (
            ("history", "18", "2023 至 2025 年采购台账"),
            ("response", "4", "2025 年采购工单的平均首次响应时长"),
            ("case_quality", "4.4", "3 个印刷案例的评审均分"),
        ),
        {
            "2025-Q4": {
                "V01": ("94.6", "96.1", "95.2"), "V02": ("97.8", "98.4", "98.1"), "V03": ("1.2", "0.9", "1.5"),
            },
            "2026-Q1": {
                "V01": ("96.4", "95.8", "97.0"), "V02": ("98.5", "97.9", "98.8"), "V03": ("0.8", "1.1", "0.5"),
            },
        },
    ),
    Supplier(
        "SUP-002",
        "启程展览展示有限公司",
        "D14",
        ("FA-2025-016", date(2025, 9, 26), date(2025, 10, 1), date(2026, 9, 30)),
        (
            ("准时交付率", "不低于", "95", "%", "V01"),
            ("质量合格率", "不低于", "95", "%", "V02"),
            ("结算金额超出协议价格的比例", "不高于", "3", "%", "V03"),
        ),
        (("活动舞台搭建", "平方米", "120.00"), ("音响与灯光租赁", "场次", "2800.00")),
        (
            ("活动开始前 12 小时仍未完成搭建", "扣减该场次费用的 20%"),
            ("设备故障使活动中断超过 15 分钟", "退还该项设备的费用"),
        ),
        (
            ("history", "6", "2024 至 2025 年采购台账"),
            ("response", "12", "2025 年采购工单的平均首次响应时长"),
            ("case_quality", "3.8", "3 个活动搭建案例的评审均分"),
        ),
        {
            "2025-Q4": {
                "V01": ("72.5", "70.0", "75.0"), "V02": ("91.2", "92.0", "91.5"), "V03": ("6.2", "5.4", "5.8"),
            },
            "2026-Q1": {
                "V01": ("78.0", "74.5", "80.0"), "V02": ("92.4", "91.0", "92.6"), "V03": ("4.8", "5.5", "4.2"),
            },
        },
    ),
)  # fmt: skip


def supplier_actuals(quarter: str) -> list[Actual]:
    """The monthly actuals of every supplier in a quarter."""
    return [
        Actual("供应商", supplier.code, indicator, Decimal(value), day, SOURCE)
        for supplier in SUPPLIERS
        for indicator, values in supplier.months[quarter].items()
        for day, value in zip(LAST_DAYS[quarter], values, strict=True)
    ]


def write_suppliers(folder: Path) -> None:
    """Write the workbook in which purchasing keeps suppliers."""
    write_workbook(folder / "suppliers.xlsx", _sheets())


def _sheets() -> Iterable[Sheet]:
    def of_agreements(rows: Iterable[tuple[Supplier, tuple[str, ...]]]) -> list[tuple[Cell, ...]]:
        return [(supplier.agreement[0], *row) for supplier, row in rows]

    yield Sheet("供应商", ("供应商编码", "名称", "合作单元编码"), [(s.code, s.name, s.unit) for s in SUPPLIERS])
    yield Sheet(
        "框架协议",
        ("供应商编码", "协议编号", "签订日期", "生效日期", "失效日期"),
        [(s.code, *s.agreement) for s in SUPPLIERS],
    )
    yield Sheet(
        "服务标准",
        ("协议编号", "标准", "比较", "数值", "计量单位", "指标编码"),
        of_agreements((s, each) for s in SUPPLIERS for each in s.standards),
    )
    yield Sheet(
        "价格",
        ("协议编号", "项目", "计价单位", "单价（元，税前）"),
        of_agreements((s, each) for s in SUPPLIERS for each in s.prices),
    )
    yield Sheet(
        "违约责任",
        ("协议编号", "违约情形", "违约责任"),
        of_agreements((s, each) for s in SUPPLIERS for each in s.breaches),
    )
    yield Sheet(
        "评级依据",
        ("供应商编码", "生效日期", "评级标准", "数值", "依据"),
        [(s.code, s.agreement[2], *each) for s in SUPPLIERS for each in s.findings],
    )
