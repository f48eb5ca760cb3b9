"""What the services say in English about operations, fields and parameters, in Chinese: by the English text.

One folder a service, ``assets/descriptions/<service>/<area>.zh.yaml``, and ``shared.zh.yaml`` for what several of
them say. A text is looked up without regard to how its lines are broken.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import as_file, files
from typing import Any, Final

from services.kit.yaml_files import read_yaml

OWN_CHINESE: Final = "x-description-zh"
"""Beside a description that brings its Chinese, for want of a better one in the tables: rules and their parameters."""
_AS_THEY_ARE: Final = frozenset({"example", "examples", "default", "enum", "const"})


def read() -> dict[str, dict[str, str]]:
    """The Chinese by the English text, of each file by its name beneath the folder."""
    with as_file(files("gateway") / "assets" / "descriptions") as folder:
        return {
            path.relative_to(folder).as_posix(): read_yaml(path) or {} for path in sorted(folder.rglob("*.zh.yaml"))
        }


def unbroken(text: str) -> str:
    """A text on one line, as the tables have it."""
    return " ".join(text.split())


CHINESE: Final[Mapping[str, str]] = {
    unbroken(text): chinese for table in read().values() for text, chinese in table.items()
}


def in_chinese(text: str) -> str | None:
    """The Chinese of a text; None where the tables lack it."""
    return CHINESE.get(unbroken(text))


def described(value: Any, *, names: bool = False) -> Iterator[tuple[str, str | None]]:
    """Every description in a part of an OpenAPI document, with the Chinese that it brings itself.

    ``names``: the keys are names of fields.
    """
    if isinstance(value, list):
        for item in value:
            yield from described(item)
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "description" and isinstance(item, str) and not names:
            yield item, value.get(OWN_CHINESE)
        elif names or key not in _AS_THEY_ARE:
            yield from described(item, names=key == "properties")
