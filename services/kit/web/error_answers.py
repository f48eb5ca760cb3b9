"""What a service answers to everything that goes wrong: refusals of the domain, of the framework, of the database."""

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.exceptions import HTTPException

from services.kit import errors, problem
from services.kit.audit import refused_attempts
from services.kit.database.codec import domain_refusal, place_in
from services.kit.errors import DomainError, Invalid
from services.kit.out_of_range_values import out_of_range_values

log = logging.getLogger(__name__)


def answer_errors(app: FastAPI) -> None:
    """Answer every error of ``app`` as a problem document."""
    handlers = (
        (DomainError, _refuse),
        (RequestValidationError, _refuse_shape),
        (HTTPException, _refuse_http),
        (OperationalError, _refuse_unavailable),
        (InterfaceError, _refuse_unavailable),
        (PoolExhausted, _refuse_unavailable),
        (DataError, _refuse_value),
        (OverflowError, _refuse_overflow),
        (IntegrityError, _refuse_clash),
        (Exception, _fail),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def _answer(request: Request, error: DomainError) -> Response:
    language = problem.language(request.headers.get("accept-language"))
    trace_id = getattr(request.state, "request_id", None)
    status, headers, body = problem.render(error, language=language, trace_id=trace_id)
    return Response(body, status, headers)


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise error
    try:
        await refused_attempts.record(request, error)
    except (OperationalError, InterfaceError, PoolExhausted) as away:  # nothing is refused without its line
        return await _refuse_unavailable(request, away)
    return _answer(request, error)


async def _refuse_shape(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    in_body = [{**fault, "loc": fault["loc"][1:]} for fault in found if fault["loc"][:1] == ("body",)]
    refused = domain_refusal(in_body, error.body)
    if refused is not None:
        return _answer(request, refused)
    placed = [
        {**fault, "loc": ("body", *place_in(fault["loc"][1:], error.body))} if fault["loc"][:1] == ("body",) else fault
        for fault in found
    ]
    return _answer(request, Invalid(field_errors=problem.field_errors_of(placed)))


class RouteUnknown(errors.NotFound):
    """No route has this path."""

    code = "route_unknown"
    zh = "没有此地址，请查阅接口文档（/docs）。"
    en = "There is no such address; see /docs."


async def _refuse_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (unknown path or method) in our form."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    ours: dict[int, DomainError] = {404: RouteUnknown(), 405: errors.MethodNotAllowed()}
    response = _answer(request, ours.get(status, errors.Malformed()))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def _refuse_unavailable(request: Request, error: Exception) -> Response:
    log.warning("database unavailable", exc_info=error)
    return _answer(request, errors.Unavailable(retry_after=2))


async def _refuse_value(request: Request, error: Exception) -> Response:
    """A value that PostgreSQL cannot hold and no field type caught (a NUL character, a number out of range)."""
    log.warning("value refused by the database", exc_info=error)
    return _answer(request, Invalid())


class BeyondCalendar(Invalid):
    """A date from which nothing can be counted on or back, such as 9999-12-31, which has no day after it.

    The field_errors name the sent values that are out of range.
    """

    code = "beyond_calendar"
    zh = "日期或数值超出可计算的范围；长期有效的，结束日期请留空。"
    en = "A date or number is out of range; leave the end date empty if there is no end."


async def _refuse_overflow(request: Request, error: Exception) -> Response:
    log.warning("value too far out", exc_info=error)
    sent = getattr(request.state, "sent", None)
    return _answer(
        request, BeyondCalendar(field_errors=out_of_range_values(sent, request.query_params, request.path_params))
    )


async def _refuse_clash(request: Request, error: Exception) -> Response:
    """Two writes conflicted in a constraint; the loser gets this error. Use cases name the foreseeable cases
    themselves.
    """
    log.warning("constraint violated", exc_info=error)
    return _answer(request, errors.Conflict())


class Defect(DomainError):
    """A defect of Merit. The log has the details; the answer only says where to look."""

    code = "defect"
    zh = "系统出错，问题已记录。请把编号 trace_id 告诉系统管理员。"
    en = "Something went wrong on our side, and it has been logged. Give the trace_id to your administrator."


async def _fail(request: Request, error: Exception) -> Response:
    log.error("unhandled %s", type(error).__name__, exc_info=error)
    return _answer(request, Defect())
