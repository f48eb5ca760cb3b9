"""Accounts: facts, what a password must be, how long a login is blocked after wrong ones (ORG-12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role

MIN_PASSWORD = 10
MAX_PASSWORD = 200
SHORTEST_TELLING_LOGIN = 4
FREE_ATTEMPTS = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)


AccountState = Literal["enabled", "disabled"]


@dataclass(frozen=True)
class AssignedRole:
    """A role of an account, over a unit and everything beneath it, or over everything."""

    id: UUID
    account_id: UUID
    role: Role
    unit_id: UUID | None
    unit_code: str | None


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in; ``disabled_at`` is None while they may."""

    id: UUID
    login: str
    name: str
    employee_id: UUID | None
    employee_number: str | None
    employee_name: str | None
    role_assignments: tuple[AssignedRole, ...]
    disabled_at: datetime | None
    revision: int


class PasswordTooWeak(Invalid):
    """The password is too short, too long or the login itself."""

    code = "password_too_weak"
    zh = "密码不符合要求，请按下列提示修改。"
    en = "The password is not acceptable; change it as follows."


def check_password(password: str, *, login: str, pointer: str = "/password") -> None:
    """Accept any password of sensible length that does not contain the login (a short login may occur by chance).

    Raises:
        PasswordTooWeak: otherwise; the password is not repeated.
    """
    contained = len(login) >= SHORTEST_TELLING_LOGIN and login.casefold() in password.casefold()
    if contained or not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        expected = Text(
            f"{MIN_PASSWORD} 至 {MAX_PASSWORD} 个字符，且不含登录名",
            f"{MIN_PASSWORD} to {MAX_PASSWORD} characters that do not contain the login",
        )
        raise PasswordTooWeak(field_errors=[FieldError(pointer, None, expected)])


def rest_after(failures: int) -> timedelta | None:
    """How long a login must rest after so many wrong passwords in a row; doubling, None while attempts are free."""
    if failures < FREE_ATTEMPTS:
        return None
    doublings: int = min(failures - FREE_ATTEMPTS, 10)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)
