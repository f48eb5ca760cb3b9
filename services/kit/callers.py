"""Permission as a type: a route's signature says who may call it, and the matrix test reads it there.

    Hr = Annotated[Caller, permit(Role.HR)]

    @router.post("/units")
    async def create(caller: Hr, ...): ...

A role over a unit, or a manager over his people, is decided in the use case, where the data is.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer

from services.kit.database import WriteSession
from services.kit.errors import Forbidden, Text, Unauthenticated, joined
from services.kit.identity import ROLE_NAMES, Caller, Role
from services.kit.revocations import require_fresh
from services.kit.tokens import verify

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="access token from /v1/sign_in")


class RoleMissing(Forbidden):
    """The caller holds none of the roles that the route is for."""

    code = "role_missing"
    zh = "此操作仅限{who}；如需该角色，请向系统管理员申请。"
    en = "This is only for {who}; ask an administrator if you need that role."


@dataclass(frozen=True)
class Permission:
    """Who may call a route. No role and no scope: every authenticated caller.

    ``fresh``: tokens issued before the account's last revocation are refused; for routes that approve or pay.
    """

    roles: frozenset[Role]
    scope: str | None
    fresh: bool

    async def __call__(self, request: Request, _credentials: Annotated[Any, Depends(_bearer)]) -> Caller:
        """The caller, if he may.

        Raises:
            Unauthenticated: no token, or one that proves nothing here.
            RoleMissing: none of the roles and not the scope.
        """
        caller = await self.checked(request)
        if self.fresh:
            await self._require_fresh(request, caller)
        return caller

    async def _require_fresh(self, request: Request, caller: Caller) -> None:
        opened = own_session(request)
        if opened is not None:
            await require_fresh(opened, caller)
            return
        async with request.app.state.app_context.sessions.read() as session:
            await require_fresh(session, caller)

    async def checked(self, request: Request) -> Caller:
        """The caller by token, role and scope alone; cheap, so that it can come before the body is read."""
        caller = await authenticate(request)
        if not self.admits(caller):
            raise RoleMissing(who=self._who())
        return caller

    def _who(self) -> Text:
        """Those whom the permission admits, for a sentence."""
        names = [ROLE_NAMES[role] for role in Role if role in self.roles]
        if self.scope:
            names.append(Text(f"具有“{self.scope}”权限的接入系统", f"service clients with the scope '{self.scope}'"))
        return joined(names)

    def admits(self, caller: Caller) -> bool:
        """Whether role or scope suffice."""
        unrestricted = not self.roles and self.scope is None
        return unrestricted or caller.has(*self.roles) or (self.scope is not None and self.scope in caller.scopes)


def permit(*roles: Role, scope: str | None = None, fresh: bool = False) -> Any:
    """The dependency for a permission type: one of ``roles``, or a client system with ``scope``."""
    return Depends(Permission(frozenset(roles), scope, fresh))


def own_session(request: Request) -> WriteSession | None:
    """The session that an idempotent POST has already opened, if this is one.

    Whatever such a request reads or writes uses this one: a request that held one connection and waited for a second
    would, with as many others as the pool has connections, wait for ever.
    """
    return getattr(request.state, "session", None)


AnyCaller = Annotated[Caller, permit()]


async def authenticate(request: Request) -> Caller:
    """The caller that the request's bearer token proves, verified once per request.

    Raises:
        Unauthenticated: no token or a bad one.
        Unavailable: the issuer's keys cannot be had.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    context = request.app.state.app_context
    caller = await verify(
        token.strip(),
        keys=context.keys,
        issuer=context.issuer,
        audience=context.name,
        lifetime=context.token_lifetime,
    )
    request.state.caller = caller
    return caller


def permission_of(dependant: Dependant) -> Permission | None:
    """The permission that a route's signature names; None for a public one."""
    if isinstance(dependant.call, Permission):
        return dependant.call
    found = (permission_of(child) for child in dependant.dependencies)
    return next((permission for permission in found if permission), None)
