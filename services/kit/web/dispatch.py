"""Finding the route of a request by the fixed parts of its path, instead of trying all routes one after the other."""

from collections import defaultdict

from fastapi import APIRouter
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

_FIXED_PARTS = 4
"""Of "/v1/org/units/{unit_id}": the empty part before the first slash, the version, the service and the resource."""

Shape = tuple[int, tuple[str, ...]]


class Dispatch:
    """Hands a request to the few routes that its path can mean, which then match as always and in the same order.

    What none of them takes goes to the router with all routes, which answers 404 or redirects.
    """

    def __init__(self, router: APIRouter) -> None:
        """Raises ValueError for a route with a parameter among the fixed parts, or with one that takes several."""
        self._router = router
        groups: dict[Shape, list[BaseRoute]] = defaultdict(list)
        for route in router.routes:
            path: str = getattr(route, "path", "{path:path}")  # what is no route of a path is refused
            shape = _shape(path)
            if "{" in "".join(shape[1]) or ":path}" in path:
                raise ValueError(f"{path} does not begin with fixed parts")
            groups[shape].append(route)
        self._groups = dict(groups)
        self._few: dict[Shape, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        shape = _shape(scope["path"]) if scope["type"] == "http" else None
        if shape is None or shape not in self._groups:
            await self._router.app(scope, receive, send)
            return
        if shape not in self._few:  # made when it is first asked for
            routes = self._groups[shape]
            self._few[shape] = APIRouter(routes=routes, redirect_slashes=False, default=self._router.app).app
        scope.setdefault("router", self._router)
        await self._few[shape](scope, receive, send)


def _shape(path: str) -> Shape:
    parts = path.split("/")
    return len(parts), tuple(parts[:_FIXED_PARTS])
