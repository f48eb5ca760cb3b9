"""Whoever sends text of a wrong form reads in words which form it has to have."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.database import SERVICES
from deploy.migrations import ROOT
from services.kit.patterns import PATTERN_NAMES

NUMBER = r"^-?\d{1,30}(\.\d+)?$"
"""Of exact numbers, which are refused in words of their own."""


def patterns(value: Any) -> Iterator[str]:
    """Every pattern within a part of a description."""
    if isinstance(value, dict):
        if isinstance(found := value.get("pattern"), str):
            yield found
        for each in value.values():
            yield from patterns(each)
    elif isinstance(value, list):
        for each in value:
            yield from patterns(each)


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize("service", SERVICES)
def test_every_pattern_that_the_api_demands_is_explained_in_both_languages(service: str) -> None:
    description = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    assert set(patterns(description)) - {NUMBER} <= set(PATTERN_NAMES)
