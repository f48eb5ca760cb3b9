"""Which of the values that were sent lie too far out to reckon with, once reckoning with them has failed.

A sum of days overflows deep inside a use case, which no longer knows where its days came from; the request does.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from services.kit.errors import FieldError, Text

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(9000, 12, 31)
MOST: Final = 1_000_000
MAX_FAULTS: Final = 50

_DAY = Text(f"{FIRST} 至 {LAST} 之间的日期", f"a date from {FIRST} to {LAST}")
_NUMBER = Text(f"-{MOST} 至 {MOST} 之间的整数", f"an integer from -{MOST} to {MOST}")
_ISO_DAY: Final = len("2026-03-31")
_WHOLE: Final = re.compile(r"-?\d{1,40}", re.ASCII)


def out_of_range_values(body: Any, query: Mapping[str, str], path: Mapping[str, Any]) -> list[FieldError]:
    """A fault for each date or integer far out in a JSON body, the query or the path."""
    found = list(_in_tree(body, ""))
    for where, given in (("query", query), ("path", path)):
        found += [fault for name, value in given.items() for fault in _in_value(_number(value), f"{where}/{name}")]
    return found[:MAX_FAULTS]


def _in_tree(value: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from _in_tree(child, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _in_tree(child, f"{pointer}/{place}")
    else:
        yield from _in_value(value, pointer)


def _in_value(value: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(value, str) and _is_far_day(value[:_ISO_DAY]):
        yield FieldError(pointer, value[:40], _DAY)
    elif isinstance(value, int) and abs(value) > MOST:
        yield FieldError(pointer, str(value)[:40], _NUMBER)


def _is_far_day(text: str) -> bool:
    try:
        return not FIRST <= date.fromisoformat(text) <= LAST
    except ValueError:
        return False


def _number(value: Any) -> Any:
    """A whole number out of the text of an address, where it is one."""
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
