"""The gateway's own refusals on the wire: problem+json in the reader's language, with its id (PLT-08)."""

from gateway.routes import MethodRefused
from services.kit import problem
from services.kit.errors import DomainError

NOSNIFF = (b"x-content-type-options", b"nosniff")


def refusal(error: DomainError, *, accept_language: str | None, request_id: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body that say no."""
    language = problem.language(accept_language)
    status, headers, body = problem.render(error, language=language, trace_id=request_id)
    headers |= {"X-Request-Id": request_id, "X-Content-Type-Options": "nosniff"}
    if isinstance(error, MethodRefused):
        headers["Allow"] = error.allow
    return status, headers, body
