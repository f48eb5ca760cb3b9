"""The start on one machine speaks one language: the terminal's, or the one that is asked for (PLT-01)."""

import re
from dataclasses import asdict

import pytest

from deploy.local import own_language
from deploy.words import OF

pytestmark = pytest.mark.req("PLT-01")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_terminal(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert own_language() == language


def test_both_languages_say_the_same_with_the_same_places() -> None:
    zh, en = asdict(OF["zh"]), asdict(OF["en"])
    for name in en.keys() - {"language"}:
        assert re.findall(r"(?<!{){[a-z]+}", zh[name]) == re.findall(r"(?<!{){[a-z]+}", en[name]), name
        assert re.search(r"[\u4e00-\u9fff]", zh[name]), name
        assert not re.search(r"[\u4e00-\u9fff]", en[name]), name


def test_an_empty_start_ends_with_the_first_commands_and_the_guide_in_its_language() -> None:
    for language, words in OF.items():
        told = words.next_commands.format(gateway="http://127.0.0.1:8000", password="secrets/bootstrap_password")
        assert len(re.findall(r"^  (?:TOKEN=|curl)", told, re.MULTILINE)) == 3
        assert f"docs/first-company.{'zh.md' if language == 'zh' else 'md'}" in told
