"""What the services say in English about fields and parameters, in Chinese: by the English text, which much repeats.

One file a service, ``assets/descriptions/<service>.zh.yaml``, and ``shared.zh.yaml`` for what several of them say.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

import yaml

SHARED: Final = "shared"
NAMES: Final = ("org", "appraisal", "incentive", SHARED)
_AS_THEY_ARE: Final = frozenset({"example", "examples", "default", "enum", "const"})


def read(name: str) -> dict[str, str]:
    """The Chinese of one file, by the English text."""
    path = files("gateway") / "assets" / "descriptions" / f"{name}.zh.yaml"
    found: dict[str, str] | None = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found or {}


CHINESE: Final[Mapping[str, str]] = {text: chinese for name in NAMES for text, chinese in read(name).items()}


def described(value: Any, *, names: bool = False) -> Iterator[str]:
    """Every description within a part of an OpenAPI document. ``names``: the keys are names of fields."""
    if isinstance(value, list):
        for item in value:
            yield from described(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "description" and isinstance(item, str) and not names:
            yield item
        elif names or key not in _AS_THEY_ARE:
            yield from described(item, names=key == "properties")
