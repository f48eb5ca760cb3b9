"""Who counts as the same person (PLT-03)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.kit.identity import Caller
from services.kit.release import Signature

pytestmark = pytest.mark.req("PLT-03")
ACCOUNT, PERSON = UUID(int=1), UUID(int=2)
CALLER = Caller(ACCOUNT, "林晓燕", employee_id=PERSON)


@pytest.mark.parametrize(
    ("signature", "is_caller"),
    [
        (Signature(ACCOUNT, PERSON), True),
        (Signature(uuid4(), PERSON), True),
        (Signature(ACCOUNT, None), True),
        (Signature(ACCOUNT, uuid4()), True),
        (Signature(uuid4(), uuid4()), False),
        (Signature(uuid4(), None), False),
    ],
)
def test_it_is_the_same_person_by_account_or_by_person(signature: Signature, *, is_caller: bool) -> None:
    assert signature.is_of(CALLER) is is_caller


def test_two_accounts_of_nobody_are_two_people() -> None:
    assert not Signature(uuid4(), None).is_of(replace(CALLER, employee_id=None))
