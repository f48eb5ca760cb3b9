"""Explanations of lines: the stored tree, narrated, with the version of the rules that wrote it."""

from typing import Any

from pydantic import Field

from services.incentive.explanations.api.explanations import Narrated, narrated
from services.kit.errors import Language


class Explanation(Narrated):
    """The explanation of a line's amount."""

    rules: int = Field(description="Version of the calculation rules that produced it.", examples=[2])


def explained(stored: str, rules: int, language: Language) -> dict[str, Any]:
    """What ``Explanation`` holds, from the stored canonical JSON and the version of the rules that wrote it."""
    return {"rules": rules, **narrated(stored, language)}
