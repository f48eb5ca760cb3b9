"""Refused attempts on other people's data: each leaves a line in the trail, and the answer stays as it is (PLT-04).

Where errors are answered, for every route: what an authenticated caller was forbidden, or was answered as unknown, is
recorded in a transaction of its own, after the refused one is undone. Whether the record exists makes no difference, so
nothing can be learned from the time that the answer takes. Routes that leave no trace of their sender leave none here.
"""

from uuid import UUID

from fastapi import Request

from services.kit.audit import trail
from services.kit.errors import UNKNOWN, DomainError, Forbidden, NotFound
from services.kit.identity import Caller


async def record(request: Request, refusal: DomainError) -> None:
    """Write a line for each such attempt, of many asked for at once too: who, which route and record, why, when."""
    caller: Caller | None = getattr(request.state, "caller", None)
    attempts = _attempts(request, refusal)
    if caller is None or not attempts or _leaves_no_trace(request):
        return
    context = request.app.state.app_context
    async with context.sessions.write() as session:
        for noun, subject_id, why in attempts:
            await trail.record(
                session,
                caller=caller,
                action=trail.REFUSED,
                resource=noun,
                resource_id=subject_id,
                now=context.clock.now(),
                after={"method": request.method, "route": _route(request), **dict(why)},
            )


def _attempts(request: Request, refusal: DomainError) -> list[tuple[str, UUID, tuple[tuple[str, str], ...]]]:
    """The noun and id of each record that was attempted, and what is said of its refusal."""
    found = [(*part.subject, tuple(part.recorded.items())) for part in refusal.parts if part.is_attempt]
    hidden = isinstance(refusal, NotFound) and bool(request.path_params)
    if hidden or isinstance(refusal, Forbidden):
        found.append((_noun(request), _id(request), (("code", refusal.code),)))
    return list(dict.fromkeys(found))


def _leaves_no_trace(request: Request) -> bool:
    return bool(getattr(getattr(request.scope.get("route"), "endpoint", None), "leaves_no_figure", False))


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", request.url.path))


def _noun(request: Request) -> str:
    """The noun of the record that the last id in the path belongs to, or of the list."""
    nouns = [name.removesuffix("_id") for name in request.path_params]
    return (nouns[-1] if nouns else _route(request).split("/")[3])[:64]


def _id(request: Request) -> UUID:
    value = next(reversed(request.path_params.values()), None)
    try:
        return UUID(str(value))
    except ValueError:
        return UNKNOWN
