"""Every route says in its signature who may call it; those that need no token are listed here, with the reason."""

import importlib
import re

import pytest
from fastapi import FastAPI

from deploy.database import SERVICES
from services.kit.access.callers import permission_of
from services.kit.web.openapi import routes_of

PUBLIC = {
    "POST /v1/org/sessions": "signing in",
    "POST /v1/org/sessions/refresh": "the refresh token proves who calls",
    "POST /v1/org/sessions/revoke": "the refresh token proves who calls",
    "POST /v1/org/service_tokens": "the client secret proves who calls",
    "POST /v1/org/invitations/accept": "the invitation proves who calls",
    "GET /v1/org/jwks": "public keys",
    "POST /v1/org/inbox": "the event's signature proves who calls",
    "GET /v1/org/revocations": "the signature of our own services proves who calls",
    "POST /v1/appraisal/inbox": "the event's signature proves who calls",
    "POST /v1/incentive/inbox": "the event's signature proves who calls",
    "GET /health/live": "for the process's keeper",
    "GET /health/ready": "for the process's keeper",
}


def app_of(service: str) -> FastAPI:
    """A service's app without a context."""
    app: FastAPI = importlib.import_module(f"services.{service}.main").build(None)
    return app


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", SERVICES)
def test_a_route_without_permission_is_on_the_list_of_public_ones(service: str) -> None:
    open_to_all = {
        f"{method} {route.path_format}"
        for route in routes_of(app_of(service))
        for method in route.methods or ()
        if permission_of(route.dependant) is None
    }
    assert open_to_all - PUBLIC.keys() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_paths_are_plural_nouns_in_snake_case_below_the_service(service: str) -> None:
    good = re.compile(rf"/v1/{service}(/([a-z][a-z0-9_]*(\.(csv|xlsx|pdf|svg))?|\{{[a-z_]+\}}))+|/health/(live|ready)")
    assert [r.path_format for r in routes_of(app_of(service)) if not good.fullmatch(r.path_format)] == []
