"""Requests find their route by the fixed parts of its path; everything else is as Starlette does it."""

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.kit.identity import Role
from services.kit.web.dispatch import Dispatch
from tests.clients import Clients
from tests.kit.conftest import EVENT_SECRET  # noqa: F401 - the fixtures of this folder

THING = "/v1/kit/things/0192f2c4-7c1e-7d0a-9a53-0c2f7d7e1a11"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", THING, 404, "not_found"),  # the route's own answer
        ("GET", "/v1/kit/%74hings", 200, None),
        ("GET", "/v1/kit/things/a%2Fb", 404, "route_unknown"),  # decoded before it is matched, as ever
        ("GET", THING + "/nothing", 404, "route_unknown"),
        ("GET", "/v1/kit/thing", 404, "route_unknown"),
        ("GET", "/v1/kit", 404, "route_unknown"),
        ("GET", "/", 404, "route_unknown"),
        ("GET", "//v1/kit/things", 404, "route_unknown"),
        ("GET", "/v1/kit/things/", 307, None),
        ("GET", THING + "/", 307, None),
        ("DELETE", "/v1/kit/things", 405, "method_not_allowed"),
        ("HEAD", "/v1/kit/things", 405, None),
        ("GET", THING + "/pay", 405, "method_not_allowed"),
        ("GET", "/health/live", 200, None),
    ],
)
async def test_a_path_is_answered_as_if_all_routes_were_tried(
    kit: Clients, method: str, path: str, status: int, code: str | None
) -> None:
    answer = await kit(Role.HR).request(method, path)
    assert answer.status_code == status
    if code is not None:
        assert answer.json()["code"] == code
    if status == 405:
        assert answer.headers["allow"]
    if status == 307:
        assert answer.headers["location"] == f"http://merit.test{path.rstrip('/')}"


async def test_of_two_routes_that_take_a_path_the_first_one_answers() -> None:
    routes = APIRouter()

    @routes.get("/v1/kit/things/{thing}")
    async def any_thing(thing: str) -> str:
        return f"any: {thing}"

    @routes.get("/v1/kit/things/best")
    async def best() -> str:
        return "the best"

    app = FastAPI(routes=routes.routes)
    app.router.middleware_stack = Dispatch(app.router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://merit.test") as client:
        assert (await client.get("/v1/kit/things/best")).json() == "any: best"


@pytest.mark.parametrize("path", ["/v1/kit/{name}", "/v1/kit/things/{rest:path}"])
def test_a_route_without_fixed_parts_is_refused_at_the_start(path: str) -> None:
    router = APIRouter(routes=[APIRoute(path, lambda: None)])
    with pytest.raises(ValueError, match="fixed parts"):
        Dispatch(router)
