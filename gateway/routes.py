"""The routes that exist, and to which service each belongs.

The table is built from the services' own OpenAPI documents, so what is reachable from outside is exactly what is
documented: an internal route (event inboxes, ``/health``, ``/metrics``, anything left out of the document or marked
``x-internal``) cannot be reached however its path is spelled, and an unknown path or method is refused here without
troubling a service.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.kit.errors import MethodNotAllowed, NotFound

# An operation known to work long (an import, a hundred passwords to hash) says so in its document, in seconds.
PATIENCE = "x-answer-seconds"

# An operation whose use must not be seen as it happens: neither counted nor logged nor traced, unless it fails.
NO_FIGURE = "x-leaves-no-figure"

METHODS = ("get", "head", "post", "put", "patch", "delete")

# A path in its one plain spelling: no empty segment, no escape that could turn into a slash, a dot or a control.
_PLAIN = re.compile(
    r"(?:/(?!\.\.?(?:/|$))(?:[A-Za-z0-9_~!$&'()*+,=:@.-]|%(?!2[eEfF]|5[cC]|[01][0-9a-fA-F]|7[fF])[0-9a-fA-F]{2})+)+"
)


class RouteUnknown(NotFound):
    """No service documents such a path."""

    code = "route_unknown"
    zh = "没有此地址，请查阅接口文档（/docs）。"
    en = "There is no such address; see /docs."


class MethodRefused(MethodNotAllowed):
    """The path exists, but not with this method; ``allow`` names those that do."""

    code = "method_not_allowed"
    zh = "此地址不支持该请求方法，可用：{allow}。"
    en = "This address does not support that method; it supports {allow}."

    def __init__(self, allow: str) -> None:
        """``allow`` also becomes the Allow header that RFC 9110 wants with this refusal."""
        self.allow = allow
        super().__init__(allow=allow)


class Route(NamedTuple):
    """One documented operation.

    ``answer_seconds`` is how long it may take, where its document names a time; ``leaves_no_figure`` says that its use
    must not be seen as it happens.
    """

    service: str
    template: str
    answer_seconds: float | None = None
    leaves_no_figure: bool = False


class _Node:
    __slots__ = ("methods", "named", "parameter")

    def __init__(self) -> None:
        self.named: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, Route] = {}


class Routes:
    """All operations of all services, found by walking the path's segments."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """``documents`` are the services' OpenAPI documents by service name."""
        self._root = _Node()
        for service, document in documents.items():
            for method, template, operation in operations(service, document):
                route = Route(service, template, operation.get(PATIENCE), operation.get(NO_FIGURE, False))
                self._add(method.upper(), route)

    def _add(self, method: str, route: Route) -> None:
        node = self._root
        for segment in route.template.split("/")[1:]:
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.named.setdefault(segment, _Node())
        node.methods[method] = route

    def find(self, method: str, path: str) -> Route:
        """The operation that a request is for; raises RouteUnknown or MethodRefused."""
        if not _PLAIN.fullmatch(path):
            raise RouteUnknown
        segments = path.split("/")
        node = self._root
        for segment in segments[1:]:
            step = node.named.get(segment) or node.parameter
            if step is None:
                break
            node = step
        else:
            if method in node.methods:
                return node.methods[method]
        return self._search(method, segments)

    def _search(self, method: str, segments: list[str]) -> Route:
        """The same where the most literal way leads nowhere: look along all ways."""
        methods: dict[str, Route] = {}
        for node in _ends(self._root, segments, 1):
            if method in node.methods:
                return node.methods[method]
            methods |= node.methods
        if not methods:
            raise RouteUnknown
        raise MethodRefused(allow=", ".join(sorted(methods)))


def operations(service: str, document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path template and description of each public operation of a service's document."""
    for template, item in document.get("paths", {}).items():
        if not template.startswith(f"/v1/{service}/"):
            continue
        for method, operation in item.items():
            if method in METHODS and not operation.get("x-internal"):
                yield method, template, operation


def _ends(node: _Node, segments: list[str], index: int) -> Iterator[_Node]:
    """The nodes at which a path can end, the one with the most literal segments first."""
    if index == len(segments):
        if node.methods:
            yield node
        return
    named = node.named.get(segments[index])
    if named:
        yield from _ends(named, segments, index + 1)
    if node.parameter:
        yield from _ends(node.parameter, segments, index + 1)
