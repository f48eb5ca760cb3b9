"""The small changes: what can be taken away from a module so that some test must fail.

guard       an `if` that only raises, or a call of a function that is named as one (`demand_…`, `require_…`)
condition   a part of a condition that speaks of caller, unit, cycle, person, account, role or scope
row         a row of a workflow
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

GUARDS: Final = re.compile(r"^_?(demand|require|check|ensure|forbid|refuse|permit_)")
CONCERNS: Final = re.compile(
    r"caller|unit|cycle|employee|person|account|role|scope|owner|manager|visib|capacit|own_|\bhr\b", re.IGNORECASE
)
_FILTERS: Final = {"where", "filter", "and_", "or_", "having"}


@dataclass(frozen=True)
class Change:
    """One change of a module: `source` from `start` to `end` becomes `replacement`."""

    path: str
    line: int
    function: str
    kind: str
    taken: str
    start: int
    end: int
    replacement: str
    on_load: bool = False
    """Whether the module calls the function while it is loaded: what it made is there before any test."""

    @property
    def name(self) -> str:
        """By what the file of reasons names it; it does not change with lines elsewhere."""
        return f"{self.path} {self.function} {self.kind}: {self.taken}"

    def applied(self, source: str) -> str:
        """The module with the change."""
        return source[: self.start] + self.replacement + source[self.end :]


class Finder(ast.NodeVisitor):
    """Finds the changes of one module."""

    def __init__(self, path: str, source: str) -> None:
        self._path, self._source = path, source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._bytes = [line.encode() for line in source.splitlines(keepends=True)]
        self._function: list[str] = []
        self.found: list[Change] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._within(node)

    def visit_If(self, node: ast.If) -> None:
        if len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse:
            self._add("guard", node.test, "False")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call) and GUARDS.match(_named(call)):
            self._add("guard", node, "pass")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        neutral = "True" if isinstance(node.op, ast.And) else "False"
        for part in node.values:
            if CONCERNS.search(self._text(part)):
                self._add("condition", part, neutral)
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What stands in a text decides nothing."""

    def visit_Call(self, node: ast.Call) -> None:
        if _named(node) in _FILTERS:
            for argument in node.args:
                if CONCERNS.search(self._text(argument)):
                    self._add("condition", argument, "", with_comma=True)
        if _named(node) == "Workflow":
            for rows in node.args:
                if isinstance(rows, (ast.Tuple, ast.List)):
                    for row in rows.elts:
                        self._add("row", row, "", with_comma=True)
        self.generic_visit(node)

    def _within(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._function.append(node.name)
        self.generic_visit(node)
        self._function.pop()

    def _add(self, kind: str, node: ast.stmt | ast.expr, replacement: str, *, with_comma: bool = False) -> None:
        start, end = self._span(node)
        if with_comma:
            following = re.match(r"\s*,", self._source[end:])
            end += following.end() if following else 0
        function = self._function[-1] if self._function else "(module)"
        taken = " ".join(self._text(node).split())
        self.found.append(Change(self._path, node.lineno, function, kind, taken, start, end, replacement))

    def _span(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        if node.end_lineno is None or node.end_col_offset is None:
            raise ValueError("the syntax tree has no places")
        return self._place(node.lineno, node.col_offset), self._place(node.end_lineno, node.end_col_offset)

    def _place(self, line: int, column: int) -> int:
        """ast counts columns in bytes of UTF-8."""
        return self._lines[line - 1] + len(self._bytes[line - 1][:column].decode())

    def _text(self, node: ast.AST) -> str:
        return ast.get_source_segment(self._source, node) or ""


def changes(path: str, source: str) -> Iterator[Change]:
    """Every change of a module, by line. Of those that would be named alike, the later ones are numbered."""
    tree = ast.parse(source)
    finder = Finder(path, source)
    finder.visit(tree)
    on_load = {_named(call) for call in _calls_outside_functions(tree)}
    names: Counter[str] = Counter()
    for change in sorted(finder.found, key=lambda change: (change.line, change.start)):
        names[change.name] += 1
        number = names[change.name]
        taken = change.taken if number == 1 else f"{change.taken} ({number})"
        yield replace(change, taken=taken, on_load=change.function in on_load)


def _calls_outside_functions(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            if isinstance(child, ast.Call):
                yield child
            yield from _calls_outside_functions(child)


def _named(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
