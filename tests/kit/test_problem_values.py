"""What a refusal repeats of a faulty value (PLT-08)."""

from typing import Any

import pytest

from services.kit.problem import field_error_of

pytestmark = pytest.mark.req("PLT-08")


@pytest.mark.parametrize(
    ("value", "found"), [([], "[]"), ({}, "{}"), ([{"secret": "x"}], "[…]"), ({"secret": "x"}, "{…}"), ("x", "x")]
)
def test_a_list_or_an_object_is_shown_without_what_is_in_it(value: Any, found: str) -> None:
    fault = field_error_of({"type": "string_type", "loc": ("body", "name"), "input": value})
    assert fault.found == found
