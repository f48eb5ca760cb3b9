"""What a password must be (ORG-12)."""

import pytest

from services.org.identity.domain.password import PasswordTooWeak
from services.org.identity.usecases import passwords

pytestmark = pytest.mark.req("ORG-12")
NAMES = ["li.ting", "李婷", "员工二号", "CC1001", "bo"]


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "eleven char",
        "x" * 201,
        "123456789012",
        "210987654321",
        "abcdefghijklmn",
        "qwertyuiopas",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "passwordpassword",
        "Password2026!!",
        "P@ssw0rd123456",
        "Administrator1",
        "iloveyou1314520",
        "yes Li.Ting yes",
        "欢迎员工二号来到公司上班啦",
        "my number is cc1001",
        "Qwerty1234567",
    ],
)
def test_a_password_that_is_short_common_a_run_or_holds_a_name_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak) as refused:
        passwords.check(password, names=NAMES)
    assert password not in str(refused.value.field_errors)


@pytest.mark.parametrize(
    "password",
    [
        "seven unrelated garden words",
        "correct horse, 2 staples",
        "四个毫不相干的词语凑成一句",
        "bob likes tea 7",
        "kX9!vR2#mQ7z",
    ],
)
def test_any_other_password_of_twelve_characters_is_taken_without_rules_about_kinds_of_characters(
    password: str,
) -> None:
    passwords.check(password, names=NAMES)
