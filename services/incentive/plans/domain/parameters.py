"""How the figures of plans describe themselves: for the API's description and for authors of forms."""

from collections.abc import Mapping
from typing import Any

from services.kit.errors import Text


def parameter(zh: str, en: str, *, example: Any) -> Mapping[str, Any]:
    """The metadata of a field: its name in both languages, and a value for examples."""
    return {"name": Text(zh, en), "description": f"{en}.", "examples": [example]}
