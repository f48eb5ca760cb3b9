"""How the figures of plans describe themselves: for the API's description and for authors of forms."""

from collections.abc import Mapping
from typing import Any, Final

from services.kit.errors import Text


def parameter(zh: str, en: str, *, example: Any) -> Mapping[str, Any]:
    """The metadata of a field: its name in both languages, and a value for examples."""
    return {
        "name": Text(zh, en),
        "description": f"{en}.",
        "examples": [example],
        "json_schema_extra": {"x-description-zh": f"{zh}。"},
    }


def _say_in_chinese(schema: dict[str, Any], rule: Any) -> None:
    schema["x-description-zh"] = rule.label.zh


RULE_SCHEMA: Final[Mapping[str, object]] = {"json_schema_extra": _say_in_chinese}
"""``__pydantic_config__`` of a rule: the API's description has its label as the Chinese of what it says."""
