"""Which accounts' earlier tokens no longer count: asked by our own services every two seconds (ORG-12)."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.routes.inbox import signed_body
from services.kit.web.application import Context
from services.kit.web.routing import router
from services.org.identity.usecases import accounts

routes = router("/v1/org", tag="sessions")


class RevokedAccount(Model):
    """An account whose earlier tokens no longer count."""

    account_id: Id = Field(description="Id of the account.", examples=["0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"])
    not_before: datetime = Field(
        description="Tokens issued before this moment no longer count.", examples=["2026-04-22T01:00:00Z"]
    )


class RevokedAccounts(Model):
    """All accounts with tokens that have not expired and no longer count."""

    items: list[RevokedAccount] = Field(description="The accounts.")


# x-internal: the services reach each other directly; the gateway neither shows nor forwards this route.
@routes.get(
    "/revocations", summary="List accounts whose earlier tokens are revoked", openapi_extra={"x-internal": True}
)
async def list_revocations(_proven: Annotated[bytes, Depends(signed_body)], context: Context) -> RevokedAccounts:
    """For our own services, which sign the request as they sign events."""
    found = await accounts.revoked(context.sessions, context.token_lifetime)
    items = [RevokedAccount(account_id=account_id, not_before=moment) for account_id, moment in found.items()]
    return RevokedAccounts(items=items)
