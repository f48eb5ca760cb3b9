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
        self._few: dict[Shape, ASGIApp] = {
            shape: APIRouter(routes=routes, redirect_slashes=False, default=router.app).app
            for shape, routes in groups.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        few = self._few.get(_shape(scope["path"])) if scope["type"] == "http" else None
        if few is None:
            await self._router.app(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        await few(scope, receive, send)


def _shape(path: str) -> Shape:
    parts = path.split("/")
    return len(parts), tuple(parts[:_FIXED_PARTS])
