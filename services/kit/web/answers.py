"""Headers that follow from what a route answers: the version that an edit must name, and where a new record is found.

A record carries its ``revision``; its answer has that as ETag, whichever route gives it (design §5). What is created
lies beneath the path to which it was posted, by its ``id``, unless the route says otherwise with ``located``.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import Response

AsyncEndpoint = Callable[..., Awaitable[object]]
_SET: Final = "response"
"""The parameter by which an endpoint gets the answer's headers; added where the endpoint asks for none itself."""


def naming_version(endpoint: AsyncEndpoint, *, path: str, status: int | None) -> AsyncEndpoint:
    """The endpoint of a route at ``path`` that answers ``status``, with ETag and Location on what it answers.

    A header that the endpoint sets itself stays. An answer without ``revision`` (a page, a file) gets no ETag here.
    """
    if vars(endpoint).get("names_version"):
        return endpoint
    signature = inspect.signature(endpoint)
    asks = _SET in signature.parameters
    beneath = f"{path}/{{id}}" if status == HTTPStatus.CREATED else None
    elsewhere = vars(endpoint).get("location")

    @wraps(endpoint)
    async def answering(**values: Any) -> object:
        response: Response = values[_SET] if asks else values.pop(_SET)
        answer = await endpoint(**values)
        shown = answer if isinstance(answer, Mapping) else getattr(answer, "__dict__", {})
        revision = shown.get("revision")
        if isinstance(revision, int):
            response.headers.setdefault("ETag", f'"{revision}"')
        place = elsewhere or (beneath if "id" in shown else None)
        if place is not None:
            response.headers["Location"] = place.format_map({**values, **shown})
        return answer

    if not asks:
        given = inspect.Parameter(_SET, inspect.Parameter.KEYWORD_ONLY, annotation=Response)
        signature = signature.replace(parameters=[*signature.parameters.values(), given])
    vars(answering).update(names_version=True, __signature__=signature)
    del vars(answering)["__wrapped__"]  # FastAPI would look through to the signature without the parameter
    return cast("AsyncEndpoint", answering)
