"""Every refusal as RFC 9457 problem+json, in the reader's language. Only this module knows status numbers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.kit import errors
from services.kit.errors import DomainError, FieldError, Language, Text
from services.kit.patterns import PATTERN_NAMES

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[DomainError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.PreconditionRequired: 428,
    errors.RateLimited: 429,
    errors.BadGateway: 502,
    errors.Unavailable: 503,
    errors.TimedOut: 504,
}

# What a value of the wrong shape should have been, by pydantic's error type; {x} is filled from the error's context.
_MOMENT = Text(
    "带时区的日期时间，例如 2026-03-31T09:00:00+08:00", "a moment with time zone such as 2026-03-31T09:00:00+08:00"
)

EXPECTED: Mapping[str, Text] = {
    "missing": Text("必填", "required"),
    "extra_forbidden": Text("没有该字段，请删除", "no such field; remove it"),
    "unexpected_keyword_argument": Text("没有该字段，请删除", "no such field; remove it"),
    "not_exact": Text('以文本表示的十进制数，例如 "1234.50"', 'a decimal number as text, for example "1234.50"'),
    "not_nothing": Text("不为 0 的金额", "an amount other than 0"),
    "too_many_places": Text("至多 {places} 位小数", "at most {places} decimal places"),
    "too_small": Text("不小于 {low}", "at least {low}"),
    "day_out_of_range": Text("1900 年至 8999 年之间的日期", "a day from 1900 to 8999"),
    "moment_out_of_range": Text("2000 年至 8999 年之间的时间", "a moment from 2000 to 8999"),
    "too_great": Text("不大于 {high}", "at most {high}"),
    "nothing_to_read": Text("可读的文字", "text that can be read"),
    "control_characters": Text("不含字符 {character}", "no character {character}"),
    "string_type": Text("文本", "text"),
    "string_too_short": Text("至少 {min_length} 个字符", "at least {min_length} characters"),
    "string_too_long": Text("至多 {max_length} 个字符", "at most {max_length} characters"),
    "string_pattern_mismatch": Text("符合格式“{pattern}”", "text matching '{pattern}'"),
    "int_type": Text("整数", "an integer"),
    "int_parsing": Text("整数", "an integer"),
    "int_from_float": Text("整数", "an integer"),
    "bool_type": Text("是（true）或否（false）", "true or false"),
    "bool_parsing": Text("是（true）或否（false）", "true or false"),
    "uuid_type": Text("标识（UUID）", "a UUID"),
    "uuid_parsing": Text("标识（UUID）", "a UUID"),
    "date_type": Text("日期，例如 2026-03-31", "a date such as 2026-03-31"),
    "date_parsing": Text("日期，例如 2026-03-31", "a date such as 2026-03-31"),
    "date_from_datetime_parsing": Text("日期，例如 2026-03-31", "a date such as 2026-03-31"),
    "date_from_datetime_inexact": Text("不带时间的日期", "a date without a time"),
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": _MOMENT,
    "enum": Text("以下之一：{expected}", "one of {expected}"),
    "literal_error": Text("以下之一：{expected}", "one of {expected}"),
    "union_tag_invalid": Text("类型（kind）为以下之一：{expected_tags}", "one of the kinds {expected_tags}"),
    "union_tag_not_found": Text("请填写“{discriminator}”", "the field {discriminator}"),
    "greater_than": Text("大于 {gt}", "greater than {gt}"),
    "greater_than_equal": Text("不小于 {ge}", "at least {ge}"),
    "less_than": Text("小于 {lt}", "less than {lt}"),
    "less_than_equal": Text("不大于 {le}", "at most {le}"),
    "list_type": Text("数组（列表）", "a list"),
    "tuple_type": Text("数组（列表）", "a list"),
    "dataclass_type": Text("JSON 对象", "an object"),
    "not_bilingual": Text("含中文（zh）与英文（en）的文本", "a text with zh and en"),
    "not_a_period": Text("含首日（valid_from）与末日（valid_to）的日期范围", "days as valid_from and valid_to"),
    "dict_type": Text("JSON 对象", "an object"),
    "model_attributes_type": Text("JSON 对象", "an object"),
    "model_type": Text("JSON 对象", "an object"),
    "too_short": Text("至少 {min_length} 项", "at least {min_length} items"),
    "too_long": Text("至多 {max_length} 项", "at most {max_length} items"),
    "json_invalid": Text("有效的 JSON", "valid JSON: {error}"),
}

_OTHER = Text("符合接口文档的值", "a value as described in the API documentation")


def language(accept: str | None) -> Language:
    """The language to answer in by an Accept-Language header: English where it is preferred, else Chinese."""
    best, quality = "zh", 0.0
    for part in (accept or "").split(","):
        tag, _, parameter = part.strip().partition(";q=")
        try:
            weight = float(parameter) if parameter else 1.0
        except ValueError:
            weight = 0.0
        if tag[:2].lower() in {"zh", "en"} and weight > quality:
            best, quality = tag[:2].lower(), weight
    return "en" if best == "en" else "zh"


def status_of(error: DomainError) -> int:
    """The HTTP status of an error: that of the nearest kind it descends from, 500 for none."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def render(error: DomainError, *, language: Language, trace_id: str | None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer that refuses."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "code": error.code,
        "title": error.text(language),
        "status": status,
        "trace_id": trace_id,
    }
    if error.field_errors:
        body["errors"] = [
            {"pointer": fault.pointer, "found": fault.found, "expected": fault.expected.in_language(language)}
            for fault in error.field_errors
        ]
    headers = {"Content-Type": MEDIA_TYPE, "Content-Language": language, "Cache-Control": "no-store"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if status == STATUS[errors.Unauthenticated]:
        headers["WWW-Authenticate"] = "Bearer"
    # "replace": what is quoted may hold half a character, which must not make a refusal fail.
    return status, headers, json.dumps(body, ensure_ascii=False).encode(errors="replace")


def field_error_of(error: Mapping[str, Any]) -> FieldError:
    """A fault from one of pydantic's error dictionaries; secrets and large values are not repeated."""
    where, *path = [str(part) for part in error["loc"]] or ["body"]
    pointer = "/" + "/".join(path) if where == "body" else f"{where}/{'/'.join(path)}"
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    expected = PATTERN_NAMES.get(context.get("pattern", ""), EXPECTED.get(error["type"], _OTHER))
    listed = {
        key: text.replace(" or ", "、").replace(", ", "、").replace("'", "")
        for key, text in context.items()
        if key.startswith("expected")
    }
    zh, en = expected.zh.format_map(_Blank({**context, **listed})), expected.en.format_map(_Blank(context))
    return FieldError(pointer, _shown(error, path), Text(zh, en))


def field_errors_of(found: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Faults from pydantic's list, at most fifty."""
    return [field_error_of(error) for error in found[:50]]


def _shown(error: Mapping[str, Any], path: Sequence[str]) -> str | None:
    value = error.get("input")
    secret = bool(path) and any(word in path[-1] for word in ("password", "secret", "token"))
    if secret or error["type"] == "missing" or isinstance(value, bytes):
        return None
    if isinstance(value, (dict, list)):  # what is inside may be secret
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        return f"{opening}…{closing}" if value else f"{opening}{closing}"
    return str(value)[:80]


def example(language: Language) -> dict[str, Any]:
    """What a refusal looks like."""
    return {
        "type": "/problems/invalid",
        "code": errors.Invalid.code,
        "title": Text(errors.Invalid.zh, errors.Invalid.en).in_language(language),
        "status": STATUS[errors.Invalid],
        "trace_id": "0197a3c28f4e7c319a573d1f0a2b4c5d",
        "errors": [{"pointer": "/name", "found": None, "expected": EXPECTED["missing"].in_language(language)}],
    }


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem: what was refused, and which fields are wrong",
    "required": ["type", "code", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "stable address of the kind of problem"},
        "code": {"type": "string", "description": "stable name of the kind of problem"},
        "title": {"type": "string", "description": "description for people, in the language of `Accept-Language`"},
        "status": {"type": "integer", "description": "HTTP status"},
        "trace_id": {"type": ["string", "null"], "description": "reference to quote when asking for help"},
        "errors": {
            "type": "array",
            "description": "list of faulty values, with what is wrong",
            "items": {
                "type": "object",
                "required": ["pointer", "expected"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body, or query/…, header/…"},
                    "found": {
                        "type": ["string", "null"],
                        "description": "value as sent, shortened; null if there is none",
                    },
                    "expected": {"type": "string", "description": "expected value"},
                },
            },
        },
    },
}


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
