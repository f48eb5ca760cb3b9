"""Works the quarter out from the files: `python -m examples.expected.calculate [company folder] [output folder]`."""

import csv
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

from examples.expected.afterwards import afterwards
from examples.expected.bonuses import Bonus, Segment, bonuses
from examples.expected.scores import Quarter, Result, Sheet
from examples.expected.suppliers import Suppliers

HERE = Path(__file__).parent
COMPANY = HERE.parent / "company"


def shown(value: Fraction | None) -> str:
    """The exact decimal, or the fraction itself where it has no end."""
    if value is None:
        return ""
    scaled = value * 10**12
    if scaled.denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    whole, rest = divmod(scaled.numerator, 10**12)
    return f"{whole}.{f'{rest:012d}'.rstrip('0'):0<2}"


def _segment_cells(segment: Segment) -> tuple[str, ...]:
    numbers = (shown(segment.base), shown(segment.own), shown(segment.unit_coefficient))
    days = (segment.first.isoformat(), segment.last.isoformat(), str(segment.days))
    return (*days, segment.unit, *numbers, "是" if segment.eligible else "否")


def work_out(folder: Path) -> tuple[list[Sheet], list[Result], list[Bonus]]:
    quarter = Quarter(folder)
    forms = quarter.sheets()
    results = quarter.results(forms)
    return forms, results, bonuses(folder, results)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_all(company: Path, output: Path) -> None:
    """Write items, sections, forms, results, segments, bonuses, what is booked afterwards and suppliers as CSV."""
    forms, results, paid = work_out(company)
    subject = ("对象类型", "对象编码", "名称")
    _write(
        output / "items.csv",
        (*subject, "岗位编码", "部分", "指标编码", "实绩", "得分"),
        (
            (f.kind, f.code, f.name, f.position, s, i, shown(a), shown(score))
            for f in forms
            for s, i, a, score in f.items
        ),
    )
    _write(
        output / "sections.csv",
        (*subject, "岗位编码", "部分", "权重", "得分"),
        ((f.kind, f.code, f.name, f.position, s, shown(w), shown(score)) for f in forms for s, w, score in f.sections),
    )
    _write(
        output / "forms.csv",
        (*subject, "岗位编码", "方案编码", "天数", "总分", "达成率"),
        (
            (f.kind, f.code, f.name, f.position, f.scheme, str(f.days), shown(f.total), shown(f.attainment))
            for f in forms
        ),
    )
    _write(
        output / "results.csv",
        (*subject, "总分", "达成率", "计算等级", "最终等级"),
        ((r.kind, r.code, r.name, shown(r.total), shown(r.attainment), r.computed, r.final) for r in results),
    )
    _write(
        output / "segments.csv",
        ("工号", "姓名", "起", "止", "天数", "单元编码", "月度奖金基数", "个人系数", "单元系数", "计奖"),
        ((b.number, b.name, *_segment_cells(segment)) for b in paid for segment in b.segments),
    )
    _write(output / "bonuses.csv", ("工号", "姓名", "金额"), ((b.number, b.name, shown(b.amount)) for b in paid))
    _write(
        output / "afterwards.csv",
        ("方案编码", "期间", "工号", "姓名", "事项", "应发", "此前已过账", "金额"),
        (
            (b.plan, b.period, b.number, b.name, b.occasion, shown(b.due), shown(b.before), shown(b.amount))
            for b in afterwards(company, results, paid)
        ),
    )
    _write_suppliers(company, output)


def _write_suppliers(company: Path, output: Path) -> None:
    supplied = Suppliers(company).supplied()
    _write(
        output / "supplier_items.csv",
        ("期间", "供应商编码", "名称", "指标编码", "实绩", "得分"),
        (
            (each.period, each.form.code, each.form.name, indicator, shown(actual), shown(score))
            for each in supplied
            for _, indicator, actual, score in each.form.items
        ),
    )
    _write(
        output / "suppliers.csv",
        (
            *("期间", "供应商编码", "名称", "评级得分", "类别", "方案编码", "总分", "达成率", "等级"),
            *("启动淘汰程序", "大额订单优先"),
        ),
        (
            (
                *(each.period, each.form.code, each.form.name, shown(each.points), each.supplier_class),
                *(each.form.scheme, shown(each.result.total), shown(each.result.attainment), each.result.final),
                *("是" if holds else "否" for holds in (each.eliminating, each.preferred)),
            )
            for each in supplied
        ),
    )


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    write_all(arguments[0] if arguments else COMPANY, arguments[1] if len(arguments) > 1 else HERE)
