"""Why a number is what it is: a tree of steps that people can read and machines can compare byte by byte."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

from services.kit.errors import Language, Text

quoted: Final = encode_basestring
"""Text as it stands in canonical JSON."""
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
COMPARISON_NAMES: Final = {"bytes": Text("逐字节比较", "byte for byte"), "values": Text("只比较数值", "values only")}
"""How an explanation written again is compared with the stored one."""


class Input(NamedTuple):
    """A value that a step took as given. ``source`` names the stored record and its version ("measurement:<id>")."""

    name: Text
    value: str
    source: str | None = None


class Step(NamedTuple):
    """One calculation: ``rule`` is its stable name, ``formula`` its symbols with the numbers put in."""

    rule: str
    label: Text
    formula: str
    value: str
    inputs: tuple[Input, ...] = ()
    steps: tuple["Step", ...] = ()


def as_json(step: Step) -> dict[str, Any]:
    """The tree as plain JSON, as it is stored and answered; both languages in it."""
    return {
        "rule": step.rule,
        "label": {"zh": step.label.zh, "en": step.label.en},
        "formula": step.formula,
        "value": step.value,
        "inputs": [
            {"name": {"zh": item.name.zh, "en": item.name.en}, "value": item.value, "source": item.source}
            for item in step.inputs
        ],
        "steps": [as_json(child) for child in step.steps],
    }


def from_json(tree: Mapping[str, Any]) -> Step:
    """The tree back from what ``as_json`` made."""
    return Step(
        rule=tree["rule"],
        label=Text(**tree["label"]),
        formula=tree["formula"],
        value=tree["value"],
        inputs=tuple(Input(Text(**item["name"]), item["value"], item["source"]) for item in tree["inputs"]),
        steps=tuple(from_json(child) for child in tree["steps"]),
    )


def canonical_json(value: object) -> bytes:
    """JSON with sorted keys, no white space and UTF-8 text: equal values give equal bytes.

    Raises:
        ValueError: NaN or infinity.
        TypeError: something that is not JSON, a Decimal among it: numbers go in as text.
    """
    return _CANONICAL.encode(value).encode()


def canonical(step: Step) -> bytes:
    """The bytes by which two explanations are compared: those of ``canonical_json(as_json(step))``."""
    return canonical_text(step).encode()


def canonical_text(step: Step) -> str:
    """``canonical`` as text.

    Written out here because runs explain a hundred thousand lines: building the tree first takes three times as long.
    """
    rule, label, formula, value, inputs, steps = step
    given = ",".join(
        [
            f'{{"name":{_words(name)},"source":{"null" if source is None else quoted(source)},"value":{quoted(found)}}}'
            for name, found, source in inputs
        ]
    )
    return (
        f'{{"formula":{quoted(formula)},"inputs":[{given}],"label":{_words(label)},"rule":{quoted(rule)},'
        f'"steps":[{",".join(map(canonical_text, steps))}],"value":{quoted(value)}}}'
    )


@lru_cache(maxsize=4096)
def _words(text: Text) -> str:
    """The same few labels are written for everybody."""
    return f'{{"en":{quoted(text.en)},"zh":{quoted(text.zh)}}}'


def digest(step: Step) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(step)).hexdigest()


def narrate(step: Step, language: Language, depth: int = 0) -> str:
    """The tree as indented lines in one language, for people."""
    indent = "  " * depth
    colon = "：" if language == "zh" else ": "
    line = f"{indent}{step.label.in_language(language)}{colon}{step.formula} = {step.value}"
    given = [f"{indent}  · {item.name.in_language(language)} {item.value}" for item in step.inputs]
    return "\n".join([line, *given, *(narrate(child, language, depth + 1) for child in step.steps)])
