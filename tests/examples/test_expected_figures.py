"""The figures under examples/expected follow from the files, and from arithmetic done by hand for some people."""

from fractions import Fraction
from pathlib import Path

import pytest

from examples.expected.bonuses import Bonus
from examples.expected.calculate import COMPANY, HERE, work_out, write_all
from examples.expected.scores import Result, Sheet
from examples.reading import table

NAMES = ("items", "sections", "forms", "results", "segments", "bonuses", "afterwards", "suppliers", "supplier_items")


@pytest.fixture(scope="module")
def worked_out() -> tuple[list[Sheet], list[Result], list[Bonus]]:
    return work_out(COMPANY)


@pytest.fixture(scope="module")
def totals() -> dict[str, str]:
    return {row["名称"]: row["总分"] for row in table(HERE / "results.csv")}


@pytest.fixture(scope="module")
def amounts() -> dict[str, str]:
    return {row["姓名"]: row["金额"] for row in table(HERE / "bonuses.csv")}


@pytest.mark.req("APR-11", "INC-03")
@pytest.mark.parametrize("name", NAMES)
def test_the_committed_figures_are_what_the_calculation_gives(name: str, tmp_path: Path) -> None:
    write_all(COMPANY, tmp_path)
    assert (tmp_path / f"{name}.csv").read_bytes() == (HERE / f"{name}.csv").read_bytes()


@pytest.mark.req("APR-11")
def test_the_deputy_head_is_scored_as_worked_by_hand(
    worked_out: tuple[list[Sheet], list[Result], list[Bonus]],
) -> None:
    form = next(form for form in worked_out[0] if form.name == "林知远")
    scores = {code: score for _, code, _, score in form.items}
    # leads 494 + 473 + 400 of 1500; cost (167.22 + 165.12 + 170.43) / 3 against 150; index 116.3 of 130
    assert scores["M07"] == Fraction("91.13")
    assert scores["M06"] == Fraction("88.27")
    assert scores["M08"] == Fraction("89.46")
    # 282,749.45 spent of 240,000: 17.8123 % over, 7.8123 beyond the tolerance, two points each
    assert scores["M05"] == Fraction("84.38")
    assert (scores["M14"], scores["M11"]) == (Fraction(100), Fraction(90))
    # 22.7825 + 17.654 + 17.892 + 12.657 + 10 + 9
    assert form.sections[0] == ("业绩", Fraction(70), Fraction("89.9855"))
    # 62.98985 + 8.5 + 18.346
    assert form.total == Fraction("89.84")
    # (25 × 91.1333 + 20 × 88.2733 + 20 × 89.4615) / 65: only these three have a ratio
    assert form.attainment == Fraction("89.74")


@pytest.mark.req("APR-10")
def test_two_peers_count_for_nothing_and_the_superior_alone_remains(
    worked_out: tuple[list[Sheet], list[Result], list[Bonus]],
) -> None:
    form = next(form for form in worked_out[0] if form.name == "顾明哲")
    # marks 4.5, 4.5, 4.0 of five with weights 40, 30, 30: 36 + 27 + 24
    assert form.items[-1][3] == 87
    # 0.7 × (0.4 × 72.47 + 0.3 × 90 + 0.3 × 88.41) + 0.3 × 87
    assert form.total == Fraction("83.86")


@pytest.mark.req("APR-10")
def test_two_peers_and_one_subordinate_merge_into_a_group_of_three(
    worked_out: tuple[list[Sheet], list[Result], list[Bonus]],
) -> None:
    form = next(form for form in worked_out[0] if form.name == "于泽宇")
    # superior 75; peers 78 and 77 with the subordinate's 80 mean 78.3333; half and half
    assert form.items[-1][3] == Fraction("76.67")


@pytest.mark.req("APR-03", "APR-11")
def test_suppliers_are_classified_and_scored_as_worked_by_hand() -> None:
    rows = {(row["供应商编码"], row["期间"]): row for row in table(HERE / "suppliers.csv")}
    printer, stages = rows["SUP-001", "2026-Q1"], rows["SUP-002", "2026-Q1"]
    # 18 orders: 85 + 15 × 8/10; 4 hours: 100 - 15 × 2/6; 4.4 of 5: 0.4 × 97 + 0.3 × 95 + 0.3 × 88
    assert (printer["评级得分"], printer["类别"]) == ("93.70", "A")
    # on time 96.4 of 95 promised; quality 98.4: 80 + 20 × 3.4/4; cost 0.8 over: 100 - 20 × 0.8/3
    # 0.4 × 101.47 + 0.4 × 97 + 0.2 × 94.67
    assert (printer["总分"], printer["等级"], printer["大额订单优先"]) == ("98.32", "S", "是")
    # 0.5 × 81.58 + 0.3 × 68 + 0.2 × 61.67, after 0.5 × 76.32 + 0.3 × 66.27 + 0.2 × 50.40: twice below 80
    assert (stages["类别"], stages["总分"], rows["SUP-002", "2025-Q4"]["总分"]) == ("B", "73.52", "68.12")
    assert [rows["SUP-002", period]["启动淘汰程序"] for period in ("2025-Q4", "2026-Q1")] == ["否", "是"]


@pytest.mark.req("APR-04")
def test_a_transfer_weighs_both_sheets_by_days(totals: dict[str, str], amounts: dict[str, str]) -> None:
    assert totals["何晓棠"] == "84.18"  # (46 × 83.20 + 44 × 85.20) / 90
    assert amounts["何晓棠"] == "15149.33"  # 4,600 × 3 × (46 × 1.0 + 44 × 1.2) / 90


@pytest.mark.req("INC-03")
@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("林知远", "55200.00"),  # (12,000 × 40/90 + 18,000 × 50/90) × 3 × 1.2
        ("苏曼青", "54000.00"),  # 12,000 × 3 × 1.5
        ("叶锦程", "22176.00"),  # 5,600 × 3 × 1.2 × 1.1: A after calibration, not S
        ("彭小燕", "14400.00"),  # 4,800 × 3 × 1.0: B after the appeal, not C
        ("姚一鸣", "5683.33"),  # 5,000 × 3 × 31/90 × 1.1: probation ended on 28 February
        ("邵子轩", "0.00"),  # 26 days after probation are fewer than 30
        ("丁诗雨", "0.00"),  # on probation to April
        ("孟庆丰", "0.00"),  # D
    ],
)
def test_bonuses_of_people_with_a_story_are_as_worked_by_hand(name: str, amount: str, amounts: dict[str, str]) -> None:
    assert amounts[name] == amount


def test_who_left_has_neither_result_nor_bonus(totals: dict[str, str], amounts: dict[str, str]) -> None:
    assert "邱建波" not in totals
    assert "邱建波" not in amounts


@pytest.mark.req("INC-04", "INC-05", "INC-06", "INC-13")
def test_what_is_booked_afterwards_is_as_worked_by_hand() -> None:
    booked = {(row["方案编码"], row["姓名"]): row for row in table(HERE / "afterwards.csv")}
    raised = booked["QB", "苏曼青"]
    # 15,000 instead of 12,000 from January: 3,000 × 3 × 1.5
    assert (raised["应发"], raised["此前已过账"], raised["金额"]) == ("67500.00", "54000.00", "13500.00")
    assert booked["QB", "丁念慈"]["金额"] == "9900.00"  # 11,000 × 3 × (1.5 − 1.2)
    award = [row["金额"] for (plan, _), row in booked.items() if plan == "SA"]
    assert award == ["22750.00", "16650.00", "10600.00"]  # 45.5, 33.3 and 21.2 % of 50,000
    assert booked["RB", "邹雨薇"]["金额"] == "2000.00"
    pool = {name: row["金额"] for (plan, name), row in booked.items() if plan == "TP"}
    assert sum(Fraction(each) for each in pool.values()) == Fraction("91728.39")  # 5 % of 1,834,567.89, rounded once
    # 4,600 × 1.0 × 319 days since 16 February, of 26,017,300 of all (that is 91,728.39 × 1,467,400 / 26,017,300)
    assert pool["何晓棠"] == "5173.57"
