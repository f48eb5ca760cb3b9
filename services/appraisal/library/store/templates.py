"""The starter indicators and schemes in ``library/starter``: YAML files, read once, checked as a whole (APR-01)."""

from functools import cache
from pathlib import Path
from typing import Final

from services.appraisal.library.domain.templates import IndicatorTemplate, LibraryTemplates, SchemeTemplate
from services.kit.database.codec import Codec
from services.kit.yaml_files import read_yaml

ROOT: Final = Path(__file__).parents[1] / "starter"
_INDICATORS: Final[Codec[tuple[IndicatorTemplate, ...]]] = Codec(tuple[IndicatorTemplate, ...])
_SCHEMES: Final[Codec[tuple[SchemeTemplate, ...]]] = Codec(tuple[SchemeTemplate, ...])


@cache
def starter_templates() -> LibraryTemplates:
    """The templates that come with Merit.

    Raises:
        Unreadable: a file has a fault; the pointer begins with the file's name.
    """
    return LibraryTemplates(
        indicators=_INDICATORS.load(read_yaml(ROOT / "indicators.yaml"), "indicators.yaml"),
        schemes=_SCHEMES.load(read_yaml(ROOT / "schemes.yaml"), "schemes.yaml"),
    )
