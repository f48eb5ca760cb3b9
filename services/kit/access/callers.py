"""Permission as a type: a route's signature says who may call it, and the matrix test reads it there.

    Hr = Annotated[Caller, permit(Role.HR)]
    HrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR)]
    CompanyHrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, whole=True)]

    @router.post("/units")
    async def create(uow: HrUnitOfWork, ...): ...

What affects everyone requires a role held over the whole organisation: ``whole``. A role over a unit, or a manager
over their people, is checked in the use case, where the data is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer

from services.kit.clock import business_date
from services.kit.database.sessions import WriteSession
from services.kit.errors import Forbidden, Text, Unauthenticated, joined
from services.kit.identity import ROLE_NAMES, Caller, Role
from services.kit.scope import require_whole
from services.kit.work.unit_of_work import UnitOfWork

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="access token from /v1/sign_in")


class RoleMissing(Forbidden):
    """The caller holds none of the roles that the route is for."""

    code = "role_missing"
    zh = "此操作仅限{who}；如需该角色，请向系统管理员申请。"
    en = "This is only for {who}; ask an administrator if you need that role."


@dataclass(frozen=True)
class Permission:
    """Who may call a route. No role and no scope: every authenticated caller.

    ``whole``: a role over some units is not enough, because the route affects everyone.
    """

    roles: frozenset[Role]
    scope: str | None
    whole: bool = False

    async def checked(self, request: Request) -> Caller:
        """The caller by token, role and scope alone; cheap, so that it can come before the body is read."""
        caller = await authenticate(request)
        if not self.admits(caller):
            raise RoleMissing(who=self._who())
        if self.whole:
            require_whole(caller, *self.roles)
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


class CallerPermission(Permission):
    """The permission of a route that gets the caller alone: one that reads."""

    async def __call__(self, request: Request, _credentials: Annotated[Any, Depends(_bearer)]) -> Caller:
        """The caller, if they may.

        Raises:
            Unauthenticated: no token, or one that proves nothing here.
            Revoked: the token is older than the account's last revocation.
            RoleMissing: none of the roles and not the scope.
            WholeOrganisationOnly: the role is held over some units, and the route is about everybody.
        """
        return await self.checked(request)


class WorkPermission(Permission):
    """The permission of a route that gets a unit of work: one that writes."""

    async def __call__(
        self, request: Request, _credentials: Annotated[Any, Depends(_bearer)]
    ) -> AsyncIterator[UnitOfWork]:
        """The caller's unit of work, committed when the route has answered and rolled back where it refuses.

        Raises:
            Unauthenticated, Revoked, RoleMissing, WholeOrganisationOnly: as for any caller.
        """
        caller = await self.checked(request)
        context = request.app.state.app_context
        now = context.clock.now()
        async with write_session(request) as session:
            today = business_date(now, context.zone)
            yield UnitOfWork(session, caller, now, today, context.zone, context.cipher)


def permit(*roles: Role, scope: str | None = None, whole: bool = False) -> Any:
    """The dependency for the caller of a route: one of ``roles``, or a client system with ``scope``."""
    return Depends(CallerPermission(frozenset(roles), scope, whole))


def permit_work(*roles: Role, scope: str | None = None, whole: bool = False) -> Any:
    """The dependency for a unit of work of one of ``roles``, or of a client system with ``scope``.

    Its transaction ends before the answer leaves (scope "function"), so that a failed commit never answers 200.
    """
    return Depends(WorkPermission(frozenset(roles), scope, whole), scope="function")


def own_session(request: Request) -> WriteSession | None:
    """The session that an idempotent POST has already opened, if this is one.

    Whatever such a request reads or writes uses this one: a request that held one connection and waited for a second
    would, with as many others as the pool has connections, wait for ever.
    """
    return getattr(request.state, "session", None)


@asynccontextmanager
async def write_session(request: Request) -> AsyncIterator[WriteSession]:
    """The session in which a request writes: its own if it has opened one, otherwise a new transaction."""
    opened = own_session(request)
    if opened is not None:
        yield opened
        return
    async with request.app.state.app_context.sessions.write() as session:
        yield session


AnyCaller = Annotated[Caller, permit()]
AnyCallerUnitOfWork = Annotated[UnitOfWork, permit_work()]


async def authenticate(request: Request) -> Caller:
    """The caller that the request's bearer token proves, verified once per request.

    Raises:
        Unauthenticated: no token or a bad one.
        Revoked: the account was disabled, re-linked, given another password or robbed of a role since (ORG-12).
        Unavailable: the issuer's keys or revocations cannot be had.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    context = request.app.state.app_context
    caller: Caller = await context.verifier.verify(token.strip())
    await context.revocations.demand_current(caller)
    request.state.caller = caller
    return caller


def permission_of(dependant: Dependant) -> Permission | None:
    """The permission that a route's signature names; None for a public one."""
    if isinstance(dependant.call, Permission):
        return dependant.call
    found = (permission_of(child) for child in dependant.dependencies)
    return next((permission for permission in found if permission), None)
