"""Client systems of other makers (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.fields import CodeText, Id, Model
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import PageAsked, Read
from services.org.identity.domain.service_client import Scope
from services.org.identity.usecases import service_clients
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import MachineNow, Made

routes = router("/v1/org/service_clients", tag="service_clients")


class NewServiceClient(Model):
    """A system that will call under its own name, with no more rights than its scopes."""

    client_id: CodeText
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]


class Secret(Model):
    """What the system proves itself with at /v1/org/service_tokens. It is shown this once."""

    id: Id
    client_id: str | None = None
    client_secret: str


class ServiceClient(Model):
    """A client system; ``disabled_at`` null while it may call."""

    id: Id
    client_id: str
    scopes: list[str]
    audiences: list[str]
    disabled_at: datetime | None


@routes.post("", status_code=201)
@keeps_no_body  # the answer holds a secret
async def register(body: NewServiceClient, uow: AdministratorUnitOfWork) -> Secret:
    """Register a client system."""
    row_id, secret = await service_clients.register(uow, client_id=body.client_id, scopes=body.scopes)
    return Secret(id=row_id, client_id=body.client_id, client_secret=secret)


@routes.get("")
async def listed(session: Read, _caller: AccountReader, paging: PageAsked) -> Page[ServiceClient]:
    """Client systems, by name."""
    found = await service_clients.listed(session, paging=paging)
    return Page[ServiceClient](**found.written(lambda row: ServiceClient.model_validate(row[0])))


@routes.post("/{service_client_id}/rotate_secret")
@keeps_no_body  # the answer holds a secret
async def rotate_secret(service_client_id: UUID, uow: AdministratorUnitOfWork, machine_now: MachineNow) -> Secret:
    """Give it another secret; the old one stops counting at once."""
    secret = await service_clients.rotate_secret(uow, machine_now=machine_now, row_id=service_client_id)
    return Secret(id=service_client_id, client_secret=secret)


@routes.post("/{service_client_id}/disable")
async def disable(service_client_id: UUID, uow: AdministratorUnitOfWork, machine_now: MachineNow) -> Made:
    """Close its access."""
    await service_clients.disable(uow, machine_now=machine_now, row_id=service_client_id)
    return Made(id=service_client_id)
