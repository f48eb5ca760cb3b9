"""Explanations as the API answers them: narrated in one language, and as the stored tree."""

import json
from typing import Any

from pydantic import Field

from services.incentive.explanations.domain.wording import narration
from services.kit.errors import Language
from services.kit.explanation import from_json
from services.kit.fields import Model


class ExplanationText(Model):
    """The same in Chinese and English."""

    zh: str = Field(description="Text in Chinese.", examples=["月度奖金基数"])
    en: str = Field(description="Text in English.", examples=["Monthly bonus base"])


class ExplanationInput(Model):
    """An input to a step."""

    name: ExplanationText = Field(description="Meaning of the value.")
    value: str = Field(description="The value, as text.", examples=["18000.00"])
    source: str | None = Field(
        description="Stored record and version from which the value comes.", examples=["plan:QB@1"]
    )


class ExplanationStep(Model):
    """One step of a calculation: its formula with numbers, its result, and its inputs with their sources."""

    rule: str = Field(description="Stable name of the step.", examples=["monthly_base"])
    label: ExplanationText = Field(description="Label of what is calculated.")
    formula: str = Field(description="Formula with its numbers.", examples=["18000.00 × 4/6"])
    value: str = Field(description="Result, as text.", examples=["12000.00"])
    inputs: list[ExplanationInput] = Field(description="Inputs to the step.")
    steps: list["ExplanationStep"] = Field(description="Steps on which this one depends.")


class Narrated(Model):
    """The explanation of an amount."""

    language: Language = Field(description="Language of the narration, by `Accept-Language`.", examples=["zh"])
    narration: list[str] = Field(
        description="Lines to be read from top to bottom, in words an employee understands, indented by two spaces per "
        "level.",
        examples=[["月度奖金基数：18,000.00 × 4/6 = 12,000.00（固定月薪 × 浮动占比 ÷ 固定占比）"]],
    )
    tree: ExplanationStep = Field(description="Stored explanation tree, in both languages.")


def narrated(stored: str, language: Language) -> dict[str, Any]:
    """What ``Narrated`` holds, from the stored canonical JSON."""
    tree = json.loads(stored)
    return {"language": language, "narration": narration(from_json(tree), language), "tree": tree}
