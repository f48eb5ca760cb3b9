"""A downloaded file is called by what it is, in whatever characters (PLT-06)."""

from urllib.parse import unquote

import pytest

from services.kit.files.attachment import attachment

pytestmark = pytest.mark.req("PLT-06")


def saved_as(headers: dict[str, str]) -> str:
    """The name under which a browser saves it."""
    return unquote(headers["Content-Disposition"].removeprefix("attachment; filename*=UTF-8''"))


def test_the_parts_of_a_name_are_joined_by_hyphens() -> None:
    assert saved_as(attachment("奖金单", "CC1001", "2026-Q1", suffix="pdf")) == "奖金单-CC1001-2026-Q1.pdf"


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("../../etc/passwd", "etc-passwd.csv"),
        ('a"; filename="b', "a-;-filename=-b.csv"),
        ("one\r\nSet-Cookie: x", "one-Set-Cookie-x.csv"),
        ("第一季度 奖金", "第一季度-奖金.csv"),
    ],
)
def test_what_no_file_system_takes_becomes_a_hyphen(part: str, name: str) -> None:
    assert saved_as(attachment(part, suffix="csv")) == name
    assert "\n" not in attachment(part, suffix="csv")["Content-Disposition"]
