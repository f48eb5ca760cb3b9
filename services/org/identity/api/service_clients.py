"""Client systems of other makers (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Model
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, keeps_no_body, router
from services.org.identity.domain.service_client import Scope
from services.org.identity.usecases import service_clients
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import EntityId, MachineNow, RevisionNumber

PATH = "/v1/org/service_clients"
routes = router(PATH, tag="service_clients")

ClientId = Annotated[CodeText, Field(description="Identifier with which the client system signs in.", examples=["crm"])]


class ServiceClientRegistration(Model):
    """A client system to be registered. It acts in its own name, with no more rights than its scopes."""

    client_id: ClientId
    scopes: list[Scope] = Field(
        min_length=1, max_length=10, description="Scopes that it may use.", examples=[["directory"]]
    )


class ServiceClient(Model):
    """A client system."""

    id: EntityId
    client_id: ClientId
    scopes: list[str] = Field(description="Scopes that it may use.", examples=[["directory"]])
    audiences: list[str] = Field(description="Services that accept its tokens.", examples=[["org"]])
    disabled_at: datetime | None = Field(
        description="Time since which it is disabled; null if it is active.", examples=[None]
    )
    revision: RevisionNumber


class ServiceClientSecret(ServiceClient):
    """A client system with its new secret."""

    client_secret: str = Field(description="Secret for `/v1/org/service_tokens`, shown only this once.")


@routes.post("", status_code=201, summary="Register a service client")
@keeps_no_body  # the answer holds a secret
async def register_service_client(body: ServiceClientRegistration, uow: AdministratorUnitOfWork) -> ServiceClientSecret:
    """Registers a client system; the response contains its secret, which is never shown again."""
    row, secret = await service_clients.register(uow, client_id=body.client_id, scopes=body.scopes)
    return _with_secret(row, secret)


@routes.get("", summary="List service clients")
async def list_service_clients(session: Read, _caller: AccountReader, paging: PageAsked) -> Page[ServiceClient]:
    """Lists client systems by name, including Merit's own services."""
    found = await service_clients.listed(session, paging=paging)
    return Page[ServiceClient](**found.written(ServiceClient.model_validate))


@routes.get("/{service_client_id}", summary="Get a service client")
async def get_service_client(service_client_id: UUID, session: Read, _caller: AccountReader) -> ServiceClient:
    """Get a client system."""
    row = await service_clients.one(session, row_id=service_client_id)
    return ServiceClient.model_validate(row)


@routes.post("/{service_client_id}/rotate_secret", summary="Rotate a service client's secret")
@keeps_no_body  # the answer holds a secret
async def rotate_service_client_secret(
    service_client_id: UUID,
    uow: AdministratorUnitOfWork,
    revision: IfMatch,
) -> ServiceClientSecret:
    """Creates a new secret for a client system; the old one is no longer accepted."""
    row, secret = await service_clients.rotate_secret(uow, row_id=service_client_id, expected_revision=revision)
    return _with_secret(row, secret)


@routes.post("/{service_client_id}/disable", summary="Disable a service client")
@answers_with(disabled_at="2026-04-01T01:30:00Z")
async def disable_service_client(
    service_client_id: UUID,
    uow: AdministratorUnitOfWork,
    revision: IfMatch,
    machine_now: MachineNow,
) -> ServiceClient:
    """Disables a client system; its tokens are no longer accepted."""
    row = await service_clients.disable(
        uow, machine_now=machine_now, row_id=service_client_id, expected_revision=revision
    )
    return ServiceClient.model_validate(row)


def _with_secret(row: object, secret: str) -> ServiceClientSecret:
    return ServiceClientSecret(**dict(ServiceClient.model_validate(row)), client_secret=secret)
