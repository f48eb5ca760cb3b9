"""The rules for passwords: long, not commonly used, and not the name that it protects (ORG-12).

No rule asks for kinds of characters (NIST SP 800-63B): they make passwords hard to remember and no harder to guess.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

from services.kit.errors import FieldError, Invalid, Text

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 200
_SHORTEST_NAMES = {True: 4, False: 2}
"""From how many characters on a name is looked for, by whether it is Latin: a shorter one may occur by chance."""
_FEWEST_CHARACTERS = 5
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
_LEET = str.maketrans("013457@$!", "oleastasi")
_LENGTH = Text(f"{MIN_PASSWORD} 至 {MAX_PASSWORD} 个字符", f"{MIN_PASSWORD} to {MAX_PASSWORD} characters")
_NO_NAME = Text("不含登录名、姓名或工号的密码", "a password without the login, name or employee number in it")
_NOT_COMMON = Text(
    "不易猜到的密码：不是常见密码、键盘顺序或重复的字符，例如几个互不相关的词",
    "a password that is hard to guess, such as some unrelated words: no common one, keyboard run or repetition",
)


class PasswordTooWeak(Invalid):
    """The password is too short, too long, well known or holds the name that it protects."""

    code = "password_too_weak"
    zh = "密码不符合要求，请按下列提示修改。"
    en = "The password is not acceptable; change it as follows."


def check_password(password: str, *, names: Iterable[str], common: Collection[str], pointer: str = "/password") -> None:
    """Accept any password of sensible length that is neither ``common`` nor holds one of ``names``.

    Raises:
        PasswordTooWeak: otherwise; the password is not repeated.
    """
    expected = _fault(unicodedata.normalize("NFKC", password).casefold(), names, common)
    if expected is not None:
        raise PasswordTooWeak(field_errors=[FieldError(pointer, None, expected)])


def _fault(password: str, names: Iterable[str], common: Collection[str]) -> Text | None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return _LENGTH
    telling = [name.casefold() for name in names if len(name) >= _SHORTEST_NAMES[name.isascii()]]
    if any(name in password for name in telling):
        return _NO_NAME
    is_weak = len(set(password)) < _FEWEST_CHARACTERS or _is_run(password) or _is_common(password, common)
    return _NOT_COMMON if is_weak else None


def _is_common(password: str, common: Collection[str]) -> bool:
    """Whether it is a common one, also repeated, with letters like figures, or with figures and signs around it."""
    spellings = {password, re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)}
    spellings |= {each.translate(_LEET) for each in spellings}
    return any(each in common or _repeated(each) in common for each in spellings)


def _is_run(password: str) -> bool:
    """Whether it follows the alphabet, the digits or the keyboard, forwards or backwards, once or again and again."""
    unit = _repeated(password) or password
    return any(unit in (way * (len(unit) // len(run) + 2)) for run in _RUNS for way in (run, run[::-1]))


def _repeated(password: str) -> str:
    """The part of which it is a repetition; empty if it is none."""
    found = re.fullmatch(r"(.{2,}?)\1+", password)
    return found[1] if found else ""
