"""Writes the files of examples/company: `python -m examples.build_company [folder]`."""

import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from examples.authoring import cast
from examples.authoring.afterwards import CORE_TALENT, write_afterwards
from examples.authoring.feedback import marks
from examples.authoring.figures import PREFIX, Actual, Target, actuals, targets
from examples.authoring.forms import Form, Lines, forms
from examples.authoring.indicators import LIBRARY
from examples.authoring.roster import Person, roster
from examples.authoring.schemes import QUESTIONS, SCHEMES
from examples.authoring.sheets import Sheet, write_csv, write_workbook
from examples.authoring.structure import POSITIONS, UNITS
from examples.authoring.suppliers import supplier_actuals, write_suppliers

FOLDER = Path(__file__).parent / "company"
GRADES = (("S", "1.5", "1.2"), ("A", "1.2", "1.1"), ("B", "1.0", "1.0"), ("C", "0.6", "0.9"), ("D", "0", "0.8"))
UNIT_COLUMNS = (
    *("单元编码", "单元名称", "英文名称", "类型", "上级单元编码", "负责人岗位编码"),
    *("特殊单元", "生效日期", "失效日期"),
)
POSITION_COLUMNS = (
    *("岗位编码", "岗位名称", "英文名称", "单元编码", "序列", "职级", "编制", "上级岗位编码"),
    *("生效日期", "失效日期", "核心人才岗位"),
)
ACTUAL_COLUMNS = ("考核对象类型", "考核对象编码", "指标编码", "数值", "日期", "来源", "外部编号")


def organisation(folder: Path, people: list[Person]) -> None:
    units = [
        (
            u.code,
            u.name,
            u.name_en,
            u.kind,
            u.parent,
            u.head,
            "是" if u.special else "否",
            date.fromisoformat(u.opened),
            None,
        )
        for u in UNITS
    ]
    opened = {unit.code: date.fromisoformat(unit.opened) for unit in UNITS}
    positions = [
        (
            *(p.code, p.title, p.title_en, p.unit, p.track, p.grade, p.headcount, p.reports_to, opened[p.unit], None),
            "是" if p.code in CORE_TALENT else "否",
        )
        for p in POSITIONS
    ]
    by_number = sorted(people, key=lambda person: person.number)
    employees = [(p.number, p.name, p.mail, p.hired, p.probation, p.left) for p in by_number]
    assignments = [
        (person.number, each.position.code, each.kind, each.start, each.end, each.note)
        for person in by_number
        for each in person.assignments
    ]
    sheets = (
        Sheet("单元", UNIT_COLUMNS, units),
        Sheet("岗位", POSITION_COLUMNS, positions),
        Sheet("员工", ("工号", "姓名", "邮箱", "入职日期", "试用期截止", "离职日期"), employees),
        Sheet("任职", ("工号", "岗位编码", "任职类型", "开始日期", "结束日期", "说明"), assignments),
    )
    write_workbook(folder / "organisation.xlsx", sheets)


def pay(folder: Path, people: list[Person]) -> None:
    raises = {name: (fixed, base, date.fromisoformat(day)) for name, fixed, base, day in cast.RAISES}
    rows: list[tuple[str, Decimal | str, str, str, str, str, str, date]] = []
    for person in sorted(people, key=lambda each: each.number):
        cost_centre = f"CC-{person.position.unit}"
        start = max(person.hired, date(2025, 1, 1))
        rows.append((person.number, person.fixed_pay, "6", "4", "", "CNY", cost_centre, start))
        if person.name in raises:
            fixed, base, day = raises[person.name]
            rows.append((person.number, fixed, "6", "4", base, "CNY", cost_centre, day))
    write_csv(
        folder / "pay.csv",
        ("工号", "固定月薪", "固定占比", "浮动占比", "月度奖金基数", "币种", "成本中心", "生效日期"),
        rows,
    )


def library(folder: Path) -> None:
    indicators = [
        (
            i.code, i.name, i.name_en, "定性" if not i.choices else "定量", i.dimension, i.definition, i.unit,
            i.unit_en, i.direction, i.source, i.every, i.sum_up, i.rule,
        )
        for i in LIBRARY
    ]  # fmt: skip
    scoring = [(i.code, i.rule, name, value, score) for i in LIBRARY for name, value, score in i.parameters]
    columns = (
        "指标编码",
        "指标名称",
        "英文名称",
        "性质",
        "维度",
        "定义",
        "计量单位",
        "计量单位英文名称",
        "方向",
        "数据来源",
        "采集频率",
        "汇总方式",
        "计分规则",
    )
    sheets = (
        Sheet("指标", columns, indicators),
        Sheet("计分", ("指标编码", "计分规则", "参数", "数值", "得分"), scoring),
    )
    write_workbook(folder / "indicators.xlsx", sheets)


def schemes(folder: Path) -> None:
    heads = [
        (
            s.code, s.name, s.name_en, s.kind,
            *("、".join(s.subjects) if s.kind == kind else "" for kind in ("员工", "单元", "供应商")),
            "季度", s.valid_from,
            "S≥95；A≥85；B≥70；C≥60", "上级50；同级25；下级25；本人0" if _feedback(s.code) else "", "奖金、晋升、培训",
        )
        for s in SCHEMES
    ]  # fmt: skip
    items = [
        (s.code, section.name, section.name_en, section.weight, code, weight)
        for s in SCHEMES
        for section in s.sections
        for code, weight in section.items
    ]
    questions = [
        (s.code, code, question, wording, wording_en, weight, "5")
        for s in SCHEMES
        for code in _feedback(s.code)
        for question, wording, wording_en, weight in QUESTIONS[code]
    ]
    columns = (
        "方案编码",
        "方案名称",
        "英文名称",
        "适用对象",
        "适用岗位",
        "适用单元",
        "适用供应商类别",
        "频率",
        "生效日期",
        "等级分数线",
        "评价关系权重",
        "结果用途",
    )
    sheets = (
        Sheet("方案", columns, heads),
        Sheet("项目", ("方案编码", "部分", "部分英文名", "部分权重", "指标编码", "项目权重"), items),
        Sheet("评价题", ("方案编码", "指标编码", "题号", "题目", "题目英文", "权重", "满分"), questions),
    )
    write_workbook(folder / "schemes.xlsx", sheets)


def _feedback(scheme: str) -> list[str]:
    found = next(each for each in SCHEMES if each.code == scheme)
    return [code for section in found.sections for code, _ in section.items if code in QUESTIONS]


def goals(folder: Path, agreed: Iterable[Target]) -> None:
    rows = [
        (t.form.kind, t.form.code, t.form.name, t.form.position, t.indicator.code, t.first, t.answered, t.agreed,
         t.indicator.unit, t.indicator.source, date(2026, 3, 31))
        for t in agreed
    ]  # fmt: skip
    columns = (
        "对象类型",
        "对象编码",
        "对象名称",
        "岗位编码",
        "指标编码",
        "初始目标值",
        "员工反馈值",
        "确认目标值",
        "计量单位",
        "数据来源",
        "完成期限",
    )
    write_workbook(folder / "targets.xlsx", [Sheet("目标", columns, rows)])


def measurements(folder: Path, found: list[Actual], people: list[Person]) -> None:
    """One file a month, a late one with what was missing then, and one of the quarter before about suppliers alone."""
    missing = next(person.number for person in people if person.name == cast.MISSING[0])
    found = sorted(found, key=lambda a: (a.day, a.source, a.kind, a.code, a.indicator))
    files: dict[str, list[tuple[str | Decimal | date, ...]]] = {
        name: [] for name in ("2025-Q4", "2026-01", "2026-02", "2026-03", "late")
    }
    counters: dict[tuple[str, str], int] = {}
    for actual in found:
        month = f"{actual.day:%Y-%m}"
        late = (actual.code, actual.indicator, month) == (missing, *cast.MISSING[1:])
        key = (actual.source, month)
        counters[key] = counters.get(key, 0) + 1
        external = f"{PREFIX[actual.source]}-{month.replace('-', '')}-{counters[key]:05d}"
        row = (actual.kind, actual.code, actual.indicator, actual.value, actual.day, actual.source, external)
        files["late" if late else month if month in files else "2025-Q4"].append(row)
    for name, rows in files.items():
        write_csv(folder / f"actuals-{name}.csv", ACTUAL_COLUMNS, rows)


def ratings(folder: Path, sheets: list[Form], people: list[Person]) -> None:
    lines = Lines(people)
    rows = [
        (form.code, form.position, mark.rater.number, mark.relation, mark.item, mark.mark, mark.comment)
        for form in sheets
        if form.person is not None and form.person.left is None
        for mark in marks(form, lines)
    ]
    write_csv(folder / "marks.csv", ("被评人", "岗位编码", "评价人", "关系", "题目或项目", "分数", "评语"), rows)


def decisions(folder: Path, people: list[Person]) -> None:
    """Minutes of the calibration, and the appeals with what became of them."""
    number = {person.name: person.number for person in people}
    name, before, after, why = cast.CALIBRATED
    write_csv(
        folder / "calibration.csv",
        ("工号", "姓名", "原等级", "调整后等级", "理由"),
        [(number[name], name, before, after, why)],
    )
    columns = ("工号", "姓名", "申诉日期", "申诉理由", "决定", "调整后等级", "决定日期", "决定说明")
    write_csv(folder / "appeals.csv", columns, [(number[row[0]], *row) for row in cast.APPEALS])


def accounts(folder: Path, people: list[Person]) -> None:
    by_name = {person.name: person for person in people}
    rows = [(person.login, person.number, "员工", "") for person in sorted(people, key=lambda each: each.number)]
    rows += [(by_name[name].login, by_name[name].number, role, unit) for name, role, unit in cast.ROLES]
    rows.append(("auditor", "", "审计", ""))
    write_csv(folder / "accounts.csv", ("登录名", "工号", "角色", "范围单元编码"), rows)


def bonus_plan(folder: Path) -> None:
    rows = [
        ("方案", "编码", "QB", ""),
        ("方案", "名称", "季度奖金方案", ""),
        ("方案", "英文名称", "Quarterly bonus", ""),
    ]
    rows += [
        ("方案", "生效日期", "2026-01-01", ""),
        ("方案", "频率", "季度", ""),
        ("方案", "月数", "3", "每季按 3 个月基数计"),
    ]
    rows += [("个人系数", grade, own, "") for grade, own, _ in GRADES]
    rows += [("部门系数", grade, unit, "") for grade, _, unit in GRADES]
    rows += [
        ("部门系数", "无", "1.0", "部门没有考核等级时"),
        ("公司系数", "公司", "1.0", ""),
        ("计奖资格", "试用期", "不计", "试用期截止日（含）以前的天数不计奖，仍计入分母"),
        ("计奖资格", "离职", "不计", "最后在职日早于季末的，当季不计；季末当日离职的照计"),
        ("计奖资格", "最少天数", "30", "计奖天数少于此数的，当季不计"),
    ]
    write_csv(folder / "bonus_plan.csv", ("类别", "项目", "数值", "说明"), rows)


def build(folder: Path) -> None:
    """Write every file of the company into the folder."""
    people = roster()
    sheets = forms(people)
    agreed = [target for form in sheets for target in targets(form)]
    values = [
        actual
        for form in sheets
        for actual in actuals(form, {t.indicator.code: t.agreed for t in agreed if t.form is form})
    ]
    values += [actual for quarter in ("2025-Q4", "2026-Q1") for actual in supplier_actuals(quarter)]
    organisation(folder, people)
    pay(folder, people)
    library(folder)
    schemes(folder)
    goals(folder, agreed)
    measurements(folder, values, people)
    ratings(folder, sheets, people)
    decisions(folder, people)
    accounts(folder, people)
    bonus_plan(folder)
    write_afterwards(folder, people)
    write_suppliers(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
