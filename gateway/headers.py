"""Which headers cross the gateway.

Towards a service only the headers listed here pass. That drops the hop-by-hop headers of RFC 9110 §7.6.1 and, without
having to guess their names, every header by which a client could claim to be somebody (``X-User``, ``X-Forwarded-For``,
``Forwarded``, ``X-Remote-User``, cookies …). What a service learns of the caller is the token that it verifies itself,
and what the gateway saw with its own eyes: address, scheme, request id, trace.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from multidict import CIMultiDict
from uuid_utils import uuid4

from services.kit.errors import FieldError, Malformed, Text

RawHeaders = Iterable[tuple[bytes, bytes]]

PASSED = {
    name.encode(): name
    for name in (
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "prefer",
        "range",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-request-id",
    )
}

# Two of these in one request mean two readers may believe two different things; nobody needs that.
SINGLE = frozenset(
    {b"authorization", b"content-length", b"content-type", b"host", b"idempotency-key", b"if-match", b"traceparent"}
)

# Hop-by-hop, or written by the gateway's own server.
DROPPED_FROM_ANSWERS = frozenset(
    {
        b"connection",
        b"date",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"server",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"x-powered-by",
    }
)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class HeaderRepeated(Malformed):
    """A header that may come once came twice, so that its meaning depends on who reads it."""

    code = "header_repeated"
    zh = "请求头“{header}”只能出现一次。"
    en = "The header {header} may be sent only once."


class Crossing(NamedTuple):
    """The headers of one request on their way to a service, and what the gateway itself needs of them."""

    headers: CIMultiDict[str]
    request_id: str
    trace_id: str


def towards_service(raw: RawHeaders, *, address: str | None, scheme: str) -> Crossing:
    """The headers to send on; raises HeaderRepeated.

    A well-formed request id or trace parent of the client is kept, so that its own logs and ours can be joined;
    otherwise new ones are made.
    """
    headers: CIMultiDict[str] = CIMultiDict()
    seen = set()
    for name, value in raw:
        if name in SINGLE:
            if name in seen:
                expected = Text("只出现一次", "exactly once")
                raise HeaderRepeated(
                    header=name.decode(), field_errors=[FieldError(f"header/{name.decode()}", None, expected)]
                )
            seen.add(name)
        passed = PASSED.get(name)
        if passed:
            headers.add(passed, value.decode("latin-1"))
    trace = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    if trace:
        trace_id = trace[1]
    else:
        trace_id = uuid4().hex
        headers["traceparent"] = f"00-{trace_id}-{uuid4().hex[16:]}-01"
        headers.pop("tracestate", None)
    request_id = headers.get("x-request-id", "")
    if not _REQUEST_ID.fullmatch(request_id):
        request_id = headers["x-request-id"] = trace_id
    headers.setdefault("accept-encoding", "identity")  # or the HTTP client would ask for gzip on its own account
    headers["x-forwarded-proto"] = scheme
    if address:
        headers["x-forwarded-for"] = address
    return Crossing(headers, request_id, trace_id)


def towards_client(
    raw: RawHeaders, *, status: int, origin: bytes, added: Mapping[bytes, bytes]
) -> list[tuple[bytes, bytes]]:
    """The headers of an answer as the client gets them; ``added`` ones replace what the service said.

    A redirect to the service's own address becomes a path, and a body length is not announced where there is no body.
    """
    headers = list(added.items())
    for name, value in raw:
        lower = name.lower()
        if lower in DROPPED_FROM_ANSWERS or lower in added or (lower == b"content-length" and status in {204, 304}):
            continue
        headers.append((lower, value.removeprefix(origin) if lower == b"location" else value))
    return headers
