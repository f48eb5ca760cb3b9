"""Codes, employee numbers and logins: no two may be taken for each other (ORG-07)."""

import unicodedata
from typing import Final

from services.kit.errors import Text

_INVISIBLE: Final = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_ALIKE: Final = str.maketrans(dict.fromkeys("oO", "0") | dict.fromkeys("iIlL", "1") | dict.fromkeys(_INVISIBLE, ""))


def skeleton(code: str) -> str:
    """A code as people read it: regardless of case, width, invisible characters, 0 and O, 1, I and l.

    The database tells codes apart by its own ``org.skeleton``, which says the same.
    """
    return unicodedata.normalize("NFKC", code).translate(_ALIKE).lower()


def distinct_from(taken: str) -> Text:
    """What is expected instead of a code, number or login that is or looks like ``taken``."""
    return Text(f"与“{taken}”不同且不易混淆的写法", f"one that cannot be taken for '{taken}'")
