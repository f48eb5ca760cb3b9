"""Explanations as the API answers them: in words of one language, and as the stored tree."""

import json
from typing import Any

from services.kit.errors import Language
from services.kit.explanation import from_json, narrate
from services.kit.fields import Model


class Words(Model):
    """The same in Chinese and English."""

    zh: str
    en: str


class Given(Model):
    """A value that a step took as given; ``source`` names the stored record and its version."""

    name: Words
    value: str
    source: str | None


class StepView(Model):
    """One calculation: its formula with the numbers put in, what it came to, what it took from where."""

    rule: str
    label: Words
    formula: str
    value: str
    inputs: list[Given]
    steps: list["StepView"]


class Explained(Model):
    """``words`` are lines to be read from top to bottom, indented by two spaces a level.

    ``rules`` is the version of the rules by which it was calculated and written.
    """

    rules: int
    language: Language
    words: list[str]
    tree: StepView


def explained(stored: str, rules: int, language: Language) -> dict[str, Any]:
    """What ``Explained`` holds, from the stored canonical JSON and the version of the rules that wrote it."""
    tree = json.loads(stored)
    return {"rules": rules, "language": language, "words": narrate(from_json(tree), language).split("\n"), "tree": tree}
