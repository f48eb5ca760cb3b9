"""How tasks are called, so that two can be distinguished, and how figures are written for people."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.appraisal.library.domain.figures import figure
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.domain.proposal import MeasurementProposal, release_title
from services.appraisal.tracking.domain.work_standard import time_in_words
from services.kit.errors import Text
from services.kit.periods import Period
from services.kit.release import ReleaseRecord, ReleaseState


@pytest.mark.req("APR-07")
@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-03", "2026-03-03", Text("2026 年 3 月 3 日", "3 March 2026")),
        ("2026-03-02", "2026-03-08", Text("2026 年 3 月 2 日至 2026 年 3 月 8 日", "2 March 2026 to 8 March 2026")),
        ("2026-02-01", "2026-02-28", Text("2026 年 2 月", "February 2026")),
        ("2026-10-01", "2026-12-31", Text("2026 年第四季度", "fourth quarter of 2026")),
        ("2026-07-01", "2026-12-31", Text("2026 年下半年", "second half of 2026")),
        ("2026-01-01", "2026-12-31", Text("2026 年度", "2026")),
        (
            "2026-01-01",
            "2026-02-28",
            Text("2026 年 1 月 1 日至 2026 年 2 月 28 日", "1 January 2026 to 28 February 2026"),
        ),
    ],
)
def test_a_period_of_a_schedule_is_called_as_people_call_it(first: str, last: str, words: Text) -> None:
    assert time_in_words(Period.closed(date.fromisoformat(first), date.fromisoformat(last))) == words


@pytest.mark.req("APR-08", "APR-20")
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("75.8667", "75.87"), ("-24.1333", "-24.13"), ("1000000", "1,000,000"), ("8.50", "8.5"), ("0", "0"),
        ("0.03474", "0.0347"), ("0.00001", "0"), ("-0.5", "-0.5"), ("999.999", "1,000"), ("1E+3", "1,000"),
    ],
)  # fmt: skip
def test_figures_for_people_are_rounded_without_losing_small_rates(value: str, written: str) -> None:
    assert figure(Decimal(value)) == written


@pytest.mark.req("APR-08")
def test_a_gap_below_one_is_as_fine_as_the_figures_that_it_stands_with() -> None:
    actual, target = Decimal("5.9933"), Decimal(5)
    assert figure(actual - target, [actual, None, target]) == "0.99"
    assert figure(Decimal("0.0047"), [Decimal("0.0347"), None]) == "0.0047"


def proposal(*lines: tuple[str, str]) -> MeasurementProposal:
    """Actuals of the unit D12: indicators with days."""
    measured = (
        Measured(n, SubjectKind.UNIT, "D12", code, Decimal(1), date.fromisoformat(day), "crm", str(n))
        for n, (code, day) in enumerate(lines)
    )
    now = datetime(2026, 4, 1, tzinfo=UTC)
    record = ReleaseRecord(ReleaseState.PROPOSED, 1, now, "王磊", None, None, None)
    return MeasurementProposal(UUID(int=2), SubjectKind.UNIT, "D12", (), tuple(measured), record)


@pytest.mark.req("APR-06", "PLT-02")
def test_a_release_says_whose_actuals_of_what_and_when() -> None:
    names = {code: Text(f"指标{code}", f"indicator {code}") for code in "ABCDE"}
    east = Text("华东大区", "East Region")
    one = release_title(proposal(("A", "2026-03-31"), ("A", "2026-03-01")), "王磊", east, names)
    assert one.zh == "确认王磊录入的本人实绩：华东大区（D12）指标A，2026 年 3 月"
    assert one.en == "Release indicator A of East Region (D12), March 2026: entered by 王磊, whose own they are"
    many = release_title(proposal(*((code, f"2026-0{n}-01") for n, code in enumerate("ABCDE", 1))), "王磊", east, names)
    assert many.zh.endswith("指标A、指标B、指标C等 5 项指标，2026 年 1 月至 2026 年 5 月")
    assert "indicator C and 2 more of East Region (D12), January 2026 to May 2026" in many.en
