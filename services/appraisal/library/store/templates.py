"""The starter indicators and schemes in ``library/starter``: YAML files, read once, checked as a whole (APR-01)."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from services.appraisal.library.domain.templates import IndicatorTemplate, LibraryTemplates, SchemeTemplate
from services.kit.codec import Codec

ROOT: Final = Path(__file__).parents[1] / "starter"
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_INDICATORS: Final[Codec[tuple[IndicatorTemplate, ...]]] = Codec(tuple[IndicatorTemplate, ...])
_SCHEMES: Final[Codec[tuple[SchemeTemplate, ...]]] = Codec(tuple[SchemeTemplate, ...])


@cache
def starter_templates() -> LibraryTemplates:
    """The templates that come with Merit.

    Raises:
        Unreadable: a file has a fault; the pointer begins with the file's name.
    """
    return LibraryTemplates(
        indicators=_INDICATORS.load(_load("indicators.yaml"), "indicators.yaml"),
        schemes=_SCHEMES.load(_load("schemes.yaml"), "schemes.yaml"),
    )


def _load(name: str) -> Any:
    with (ROOT / name).open(encoding="utf-8") as file:
        return yaml.load(file, _Loader)  # noqa: S506 - a safe loader, in C where it is there
