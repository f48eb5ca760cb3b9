"""How long probation may last by law (ORG-15)."""

from datetime import date
from uuid import uuid4

import pytest

from services.kit.periods import Period
from services.org.employment.domain.probation_review import awaits_review
from services.org.people.domain.employment import Employment
from services.org.people.domain.probation import ProbationTooLong, require_lawful

pytestmark = pytest.mark.req("ORG-15")


def employment(until: str | None, hired: str = "2026-01-31", end: str | None = None) -> Employment:
    valid = Period(date.fromisoformat(hired), date.fromisoformat(end) if end else None)
    return Employment(uuid4(), valid, date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("contract_months", "latest"),
    [
        (3, "2026-02-27"),
        (11, "2026-02-27"),
        (12, "2026-03-30"),
        (35, "2026-03-30"),
        (36, "2026-07-30"),
        (None, "2026-07-30"),
    ],
)
def test_the_limit_follows_the_term_of_the_contract(contract_months: int | None, latest: str) -> None:
    require_lawful(employment(latest), contract_months)
    beyond = date.fromisoformat(latest) + date.resolution
    with pytest.raises(ProbationTooLong) as refused:
        require_lawful(employment(str(beyond)), contract_months)
    assert refused.value.field_errors[0].expected.en == f"{latest} or earlier"


def test_under_a_contract_of_less_than_three_months_there_is_no_probation() -> None:
    require_lawful(employment(None), 2)
    with pytest.raises(ProbationTooLong):
        require_lawful(employment("2026-01-31"), 2)


@pytest.mark.parametrize(
    ("until", "end", "awaited"),
    [
        (None, None, False),
        ("2026-04-30", None, True),
        ("2026-04-30", "2026-05-01", False),
        ("2026-04-30", "2026-05-05", False),
        ("2026-04-30", "2026-06-30", True),
    ],
)
def test_who_leaves_with_the_end_of_probation_or_has_left_is_not_reviewed(
    until: str | None, end: str | None, *, awaited: bool
) -> None:
    assert awaits_review(employment(until, end=end), date(2026, 5, 10)) is awaited
