"""The files of the example company are what an HR office would keep, and hold what the quarter needs."""

from collections import Counter
from pathlib import Path

import pytest

from examples.build_company import build
from examples.expected.calculate import COMPANY, HERE
from examples.reading import sheet, table
from services.org.templates.domain.templates import TemplateIndicator
from services.org.templates.store.templates import starter_templates

WORKBOOKS = {
    "organisation.xlsx": ("单元", "岗位", "员工", "任职"),
    "indicators.xlsx": ("指标", "计分"),
    "schemes.xlsx": ("方案", "项目", "评价题"),
    "targets.xlsx": ("目标",),
    "suppliers.xlsx": ("供应商", "框架协议", "服务标准", "价格", "违约责任", "评级依据"),
}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    build(folder)
    return folder


def test_the_committed_tables_are_what_the_builder_writes(rebuilt: Path) -> None:
    names = {path.name for path in COMPANY.glob("*.csv")}
    assert names == {path.name for path in rebuilt.glob("*.csv")}
    for name in names:
        assert (rebuilt / name).read_bytes() == (COMPANY / name).read_bytes(), name


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_committed_workbooks_hold_what_the_builder_writes(name: str, rebuilt: Path) -> None:
    for title in WORKBOOKS[name]:
        assert sheet(rebuilt / name, title) == sheet(COMPANY / name, title)


def test_the_company_has_80_to_150_people_each_with_an_account_and_pay() -> None:
    numbers = {row["工号"] for row in sheet(COMPANY / "organisation.xlsx", "员工")}
    assert 80 <= len(numbers) <= 150
    assert {row["工号"] for row in table(COMPANY / "accounts.csv") if row["工号"]} == numbers
    assert {row["工号"] for row in table(COMPANY / "pay.csv")} == numbers


@pytest.mark.req("APR-02")
def test_weights_of_sections_items_and_questions_sum_to_exactly_100() -> None:
    sections, items, questions = Counter[str](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    seen = set()
    for row in sheet(COMPANY / "schemes.xlsx", "项目"):
        key = (row["方案编码"], row["部分"])
        items[key] += int(row["项目权重"])
        if key not in seen:
            seen.add(key)
            sections[row["方案编码"]] += int(row["部分权重"])
    for row in sheet(COMPANY / "schemes.xlsx", "评价题"):
        questions[row["方案编码"], row["指标编码"]] += int(row["权重"])
    assert set(sections.values()) == set(items.values()) == set(questions.values()) == {100}


@pytest.mark.req("APR-01")
def test_every_scoring_rule_but_the_one_over_former_cycles_is_in_use() -> None:
    rules = {row["指标编码"]: row["计分规则"] for row in sheet(COMPANY / "indicators.xlsx", "指标")}
    used = {rules[row["指标编码"]] for row in sheet(COMPANY / "schemes.xlsx", "项目")}
    assert used == {
        *("越高越好", "越低越好", "贴近目标", "分段计分"),
        *("按次扣分", "达标计分", "上级评分", "360 度评价"),
    }
    ways = {row["数值"] for row in sheet(COMPANY / "indicators.xlsx", "计分") if row["参数"] == "方式"}
    assert ways == {"线性", "阶梯"}


@pytest.mark.req("ORG-11", "APR-01")
@pytest.mark.parametrize("indicator", starter_templates().indicators, ids=lambda indicator: indicator.code)
def test_what_the_starter_catalogue_appraises_by_is_in_the_library_under_the_same_name(
    indicator: TemplateIndicator,
) -> None:
    library = {row["指标编码"]: row for row in sheet(COMPANY / "indicators.xlsx", "指标")}
    row = library[indicator.code]
    nature = "定量" if indicator.quantitative else "定性"
    expected = (*indicator.name, *indicator.unit, nature)
    unit = (row["计量单位"], row["计量单位英文名称"] or row["计量单位"])
    assert (row["指标名称"], row["英文名称"], *unit, row["性质"]) == expected


def test_external_ids_of_measurements_are_unique_and_one_actual_came_late() -> None:
    rows = [row for path in sorted(COMPANY.glob("actuals-*.csv")) for row in table(path)]
    assert len({row["外部编号"] for row in rows}) == len(rows)
    assert len({(row["考核对象编码"], row["指标编码"], row["日期"]) for row in rows}) == len(rows)
    (late,) = table(COMPANY / "actuals-late.csv")
    assert late["日期"] == "2026-02-28"


def test_grades_are_spread_as_in_a_real_quarter() -> None:
    rows = [row for row in table(HERE / "results.csv") if row["对象类型"] == "员工"]
    grades = Counter(row["最终等级"] for row in rows)
    assert set(grades) == set("SABCD")
    assert grades["S"] <= len(rows) / 10
    assert grades["B"] > grades["A"] > grades["C"] > grades["D"]
    assert [row["名称"] for row in rows if row["计算等级"] != row["最终等级"]] == ["叶锦程", "彭小燕"]


@pytest.mark.req("APR-01")
def test_what_points_are_deducted_for_or_scores_less_is_better_the_fewer_it_is() -> None:
    rows = sheet(COMPANY / "indicators.xlsx", "指标")
    assert {row["方向"] for row in rows if row["计分规则"] == "按次扣分"} == {"越低越好"}
    assert {row["指标编码"]: row["方向"] for row in rows if row["指标编码"] in {"V02", "V03"}} == {
        "V02": "越高越好",
        "V03": "越低越好",
    }
    assert {row["方向"] for row in rows} == {"越高越好", "越低越好", "贴近目标"}
