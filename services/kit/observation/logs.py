"""Logs as JSON lines on standard output, with the request's id and trace, without bodies and personal data (PLT-04).

People's data and pay must not appear in logs: exceptions are logged as kind and place, because their messages quote
values (only those of "not available" quote none); verbose libraries are silenced.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from opentelemetry import trace

from services.kit.errors import DomainError, Unavailable

Event = MutableMapping[str, Any]

# At their usual level these tell addresses with query, SQL parameters or arguments of jobs.
_QUIET: Final = ("httpcore2", "httpx2", "procrastinate", "psycopg.pool", "sqlalchemy", "uvicorn.access")
_FRAMES: Final = 12


def set_up(service: str, level: str = "INFO") -> None:
    """Send the logs of this process, those of libraries included, to standard output as JSON lines."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(service),
        _tracing,
        discreet,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def discreet(_logger: Any, _method: str, event: Event) -> Event:
    """Replace an exception by what may be logged of it."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: ``{"kind", "code"?, "text"?, "at": ["file:line function", …], "cause"?}``."""
    kind = type(error)
    description: dict[str, Any] = {"kind": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, DomainError):
        description["code"] = error.code
    if isinstance(error, Unavailable):
        description["text"] = str(error)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    description["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        description["cause"] = describe(cause)
    return description


def _naming(service: str) -> structlog.types.Processor:
    def name(_logger: Any, _method: str, event: Event) -> Event:
        event["service"] = service
        return event

    return name


def _tracing(_logger: Any, _method: str, event: Event) -> Event:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event
