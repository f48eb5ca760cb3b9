"""Explanations as the API answers them: narrated in one language, and as the stored tree."""

import json
from typing import Any

from pydantic import Field

from services.kit.errors import Language
from services.kit.explanation import from_json, narrate
from services.kit.fields import Model


class ExplanationText(Model):
    """The same in Chinese and English."""

    zh: str = Field(description="In Chinese.", examples=["月度奖金基数"])
    en: str = Field(description="In English.", examples=["Monthly bonus base"])


class ExplanationInput(Model):
    """A value that a step took as given."""

    name: ExplanationText = Field(description="What the value is.")
    value: str = Field(description="The value, as text.", examples=["18000.00"])
    source: str | None = Field(
        description="The stored record and its version that it comes from.", examples=["plan:QB@1"]
    )


class ExplanationStep(Model):
    """One calculation: its formula with the numbers put in, what it came to, what it took from where."""

    rule: str = Field(description="Stable name of the step.", examples=["monthly_base"])
    label: ExplanationText = Field(description="What is calculated.")
    formula: str = Field(description="The formula with its numbers.", examples=["18000.00 × 4/6"])
    value: str = Field(description="What it came to, as text.", examples=["12000.00"])
    inputs: list[ExplanationInput] = Field(description="What the step took as given.")
    steps: list["ExplanationStep"] = Field(description="The steps that it rests on.")


class Narrated(Model):
    """Why an amount is what it is."""

    language: Language = Field(description="Language of the narration, by Accept-Language.", examples=["zh"])
    narration: list[str] = Field(
        description="Lines to be read from top to bottom, indented by two spaces a level.",
        examples=[["月度奖金基数: 18000.00 × 4/6 = 12000.00"]],
    )
    tree: ExplanationStep = Field(description="The stored tree, in both languages.")


def narrated(stored: str, language: Language) -> dict[str, Any]:
    """What ``Narrated`` holds, from the stored canonical JSON."""
    tree = json.loads(stored)
    return {"language": language, "narration": narrate(from_json(tree), language).split("\n"), "tree": tree}
