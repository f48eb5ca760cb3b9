"""The most common passwords, read once from the file beside this module."""

from functools import lru_cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("common_passwords.txt")


@lru_cache(1)
def common_passwords() -> frozenset[str]:
    """Common passwords and the words that they are made of, in lower case."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
