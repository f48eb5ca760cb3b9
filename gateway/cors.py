"""Browsers on other origins: pages of the configured origins may call the API, others may not (PLT-01, design §5).

Tokens travel in the Authorization header and never in cookies, so no credentials are allowed.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp
from uuid_utils import uuid4

from gateway.refusals import refusal
from services.kit.errors import Forbidden

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ASKED: Final = (
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Prefer",
    "Range",
    "Traceparent",
    "Tracestate",
    "X-Request-Id",
)
"""Headers that a page may send, in addition to those that every page may send."""
SHOWN: Final = (
    "Allow",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
"""Headers of an answer that a page may read, in addition to those that every page may read."""
PREFLIGHT_SECONDS: Final = 7200
"""How long a browser may cache the answer; the longest time that all of them honour."""


class OriginRefused(Forbidden):
    """A page of an origin that is not in the settings, or one that asks for a method or header that no route takes."""

    code = "origin_refused"
    zh = "不允许此来源的网页以该方式调用；如需调用，请系统管理员将其加入允许的来源。"
    en = "Requests from this origin are not allowed; an administrator can add it to the allowed origins."


class CrossOrigin(CORSMiddleware):
    """Starlette's, with refusals in our form."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=ASKED,
            allow_private_network=True,  # of listed origins only: an intranet's gateway is what this is for
            expose_headers=SHOWN,
            max_age=PREFLIGHT_SECONDS,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it sends the request itself."""
        answer = super().preflight_response(request_headers)
        stated = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        if answer.status_code < 400:  # noqa: PLR2004 - below are the successes
            return Response(status_code=204, headers=stated)
        status, headers, body = refusal(
            OriginRefused(), accept_language=request_headers.get("accept-language"), request_id=uuid4().hex
        )
        return Response(body, status, stated | headers)
