"""The project's Python files and their syntax trees, for tests that hold the house rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from deploy.migrations import ROOT

PRODUCT = ("services", "gateway", "deploy", "gates", "examples", "benchmarks")
ALL = (*PRODUCT, "tests", "migrations")


@dataclass(frozen=True)
class Source:
    """One file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        """What it says, by line."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of its syntax tree."""
        return tuple(ast.walk(self.tree))

    def walk(self) -> Iterator[ast.AST]:
        """Every node of its syntax tree."""
        return iter(self.nodes)

    def at(self, node: ast.AST) -> str:
        """Where a node stands."""
        return f"{self.name}:{getattr(node, 'lineno', 0)}"


_source = cache(Source)
"""A file is read and parsed once, whichever folders it is looked for in."""


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files in some folders of the repository."""
    return tuple(_source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def domain() -> tuple[Source, ...]:
    """The files that must calculate exactly: each service's domain and the kit's numbers."""
    kit = ("money", "periods", "working_days", "explanation")
    return tuple(
        source
        for source in sources("services")
        if "/domain/" in source.name or source.name in {f"services/kit/{name}.py" for name in kit}
    )
