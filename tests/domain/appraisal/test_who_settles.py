"""Who settles goals that are not agreed, and in what capacity a person reads a form (APR-05, PLT-03)."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.appraisal.cycles.domain.form_role import FormRole, Ownership, form_roles
from services.appraisal.cycles.domain.settlement import DeadlineNotPast, NotForYouToSettle, settler
from services.appraisal.library.domain.indicators.rule import present
from services.kit.identity import Caller, Role

OWNER, MANAGER = UUID(int=1), UUID(int=2)
DUE, AFTER = date(2026, 1, 31), date(2026, 2, 1)
HR, ABOVE = frozenset({FormRole.HR}), frozenset({FormRole.MANAGER})
NOBODY: frozenset[UUID] = frozenset()


@pytest.mark.req("APR-05")
@pytest.mark.parametrize(
    ("roles", "owner", "manager", "gone", "today", "expected"),
    [
        (ABOVE, OWNER, MANAGER, NOBODY, AFTER, Role.MANAGER),
        (ABOVE, OWNER, MANAGER, NOBODY, DUE, DeadlineNotPast),
        (HR, OWNER, MANAGER, NOBODY, AFTER, NotForYouToSettle),
        (HR, OWNER, None, NOBODY, AFTER, Role.HR),
        (HR, OWNER, None, NOBODY, DUE, DeadlineNotPast),
        (HR, None, MANAGER, NOBODY, AFTER, Role.HR),
        (HR, OWNER, MANAGER, frozenset({OWNER}), DUE, Role.HR),
        (HR, OWNER, MANAGER, frozenset({MANAGER}), DUE, Role.HR),
        (frozenset({FormRole.ABOVE}), OWNER, None, NOBODY, AFTER, NotForYouToSettle),
    ],
)
def test_the_superior_settles_after_the_deadline_and_hr_where_a_side_is_missing(
    roles: frozenset[FormRole],
    owner: UUID | None,
    manager: UUID | None,
    gone: frozenset[UUID],
    today: date,
    expected: Role | type[Exception],
) -> None:
    form = Ownership(owner, manager, [], [])
    if isinstance(expected, Role):
        assert settler(roles, form, gone=gone, due_on=DUE, today=today) is expected
        return
    with pytest.raises(expected):
        settler(roles, form, gone=gone, due_on=DUE, today=today)


@pytest.mark.req("PLT-03")
def test_nobody_is_above_themselves() -> None:
    form = Ownership(OWNER, MANAGER, [OWNER, MANAGER], [])
    assert form_roles(Caller(uuid4(), "x", "person", OWNER, ()), form) == {FormRole.OWNER}


@pytest.mark.req("APR-10")
def test_a_rule_is_not_asked_without_its_facts() -> None:
    with pytest.raises(ValueError, match="without its facts"):
        present(None)
