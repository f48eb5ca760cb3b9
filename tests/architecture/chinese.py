"""Every Chinese text that people read, with the place where it stands: refusals, Text pairs, the starter catalogue."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.migrations import ROOT
from gateway.descriptions import read
from gateway.page_document import TITLES
from services.kit.yaml_files import read_yaml
from tests.architecture.sources import sources

FILLED = "\ufffc"
"""Stands for what is put into a text when it is shown; neither Chinese nor Latin."""


@dataclass(frozen=True)
class Said:
    """One text. ``title``: it is the sentence of a refusal."""

    place: str
    text: str
    title: bool = False


def in_code() -> Iterator[Said]:
    """``zh = "…"`` of the refusals and of functions, and the first half of every ``Text("…", "…")``."""
    for source in sources("services", "gateway"):
        titles = {id(line) for node in source.walk() if isinstance(node, ast.ClassDef) for line in node.body}
        for node in source.walk():
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and _target(node) == "zh":
                yield from (Said(source.at(node), text, id(node) in titles) for text in _written(node.value))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Text" and node.args:
                yield from (Said(source.at(node), text) for text in _written(node.args[0]))


def in_catalogue() -> Iterator[Said]:
    """Every ``zh`` of the starter catalogue."""
    for path in sorted((ROOT / "services" / "org").rglob("*.yaml")):
        for text in _halves(read_yaml(path)):
            yield Said(path.relative_to(ROOT).as_posix(), text)


def in_tables() -> Iterator[Said]:
    """The titles and descriptions of the documentation page."""
    for operation, title in TITLES.items():
        yield Said(f"gateway/assets/operations.zh.yaml {operation}", title)
    for name, table in read().items():
        for text in table.values():
            yield Said(f"gateway/assets/descriptions/{name}", text)


def everything() -> tuple[Said, ...]:
    """All of them that hold Chinese."""
    return tuple(
        said for said in (*in_code(), *in_catalogue(), *in_tables()) if any("一" <= each <= "鿿" for each in said.text)
    )


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _written(value: ast.expr) -> Iterator[str]:
    """A constant or an f-string, with what is put in left out."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield _without_names(value.value)
    elif isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else FILLED for part in value.values)


def _without_names(text: str) -> str:
    """The text with each ``{name}`` of ``str.format`` left out."""
    out, depth = "", 0
    for letter in text:
        if letter == "{":
            depth += 1
            out += FILLED
        elif letter == "}":
            depth -= 1
        elif not depth:
            out += letter
    return out


def _halves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if isinstance(tree.get("zh"), str):
            yield tree["zh"]
        for value in tree.values():
            yield from _halves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _halves(value)
