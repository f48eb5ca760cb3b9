"""What can go wrong, said in both languages beside the place that raises it (PLT-08).

A service subclasses one of the kinds below, giving a stable ``code`` and a sentence in Chinese and in English with
``{placeholders}``; the placeholders are filled from the keyword arguments of the raise. Which HTTP status a kind
becomes is known to ``kit.problem`` alone.

    DomainError
    ├── Malformed             cannot be read as what it claims to be
    ├── Unauthenticated       who are you
    ├── Forbidden             not with your role (only where the caller may know that the thing exists)
    ├── NotFound              no such thing, or none that you may know of
    ├── MethodNotAllowed
    ├── Conflict              the state of things forbids it now
    ├── Stale                 somebody changed it since you read it
    ├── TooLarge, UnsupportedMedia
    ├── Invalid               readable, but not acceptable; carries field_errors
    ├── PreconditionRequired  says what must be sent along
    ├── RateLimited
    └── Unavailable           a neighbour or the database does not answer; try again later
        ├── BadGateway
        └── TimedOut
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final, Literal, NamedTuple, TypeVar
from uuid import UUID

Language = Literal["zh", "en"]


Found = TypeVar("Found")


class Text(NamedTuple):
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The half that a reader of ``language`` wants."""
        return self.zh if language == "zh" else self.en

    def as_fields(self, name: str) -> dict[str, str]:
        """Both halves as an answer has them: ``name`` in Chinese, and ``name_en``."""
        return {name: self.zh, f"{name}_en": self.en}


LANGUAGE_NAMES: Final[dict[Language, Text]] = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}


def joined(texts: Iterable[Text | str], zh: str = "、", en: str = ", ") -> Text:
    """Several things in a row: with 、 in Chinese, with commas in English; names are the same in both."""
    each = [Text(text, text) if isinstance(text, str) else text for text in texts]
    return Text(zh.join(text.zh for text in each), en.join(text.en for text in each))


@dataclass(frozen=True)
class FieldError:
    """One error in one value.

    ``pointer`` is a JSON pointer into what was sent ("/sections/0/weight", or "query/limit", "header/If-Match");
    ``found`` is the value as sent, shortened, or None where it is missing or must not be repeated.
    """

    pointer: str
    found: str | None
    expected: Text


class DomainError(Exception):
    """Root of everything that Merit refuses. Raise a subclass, with the placeholders of its sentences by keyword."""

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "请求未能处理，请稍后再试或联系系统管理员。"
    en: ClassVar[str] = "The request could not be processed; try again later or ask your administrator."

    def __init__(
        self,
        *,
        field_errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        parts: Sequence["Part"] = (),
        **context: object,
    ) -> None:
        """``retry_after`` is in seconds; ``parts`` are what of many things asked for at once is refused."""
        self.field_errors = tuple(field_errors)
        self.parts = tuple(parts)
        self.retry_after = retry_after
        self.context = context
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """For a process that passes its refusal on to another: as it was raised."""
        again = partial(type(self), field_errors=self.field_errors, retry_after=self.retry_after, parts=self.parts)
        return partial(again, **self.context), ()

    def text(self, language: Language) -> str:
        """The sentence for a person, with placeholders filled; a placeholder that is a Text uses the same language."""
        filled = {
            name: value.in_language(language) if isinstance(value, Text) else value
            for name, value in self.context.items()
        }
        return Text(self.zh, self.en).in_language(language).format(**filled)


@dataclass(frozen=True)
class Part:
    """What is refused about one record of many, by its noun and id, and why.

    The answer says it in a field error; an attempt on other people's data is recorded as if it had come alone (PLT-04).
    ``code`` is the code by which a file named it; the id may then be unknown (``UNKNOWN``).
    """

    subject: tuple[str, UUID]
    why: DomainError
    code: str | None = None

    @property
    def is_attempt(self) -> bool:
        """Whether the caller attempted something on what is not theirs."""
        return isinstance(self.why, NotFound | Forbidden)

    @property
    def recorded(self) -> dict[str, str]:
        """What the trail says of it beside its subject."""
        return {"code": self.why.code} | ({} if self.code is None else {"subject_code": self.code})


UNKNOWN: Final = UUID(int=0)
"""The id of what was named by a code that stands for nothing here, or for nothing that the caller may know."""


class Malformed(DomainError):
    """What was sent cannot be read: broken JSON, a duplicate key, a cursor that is not ours."""

    code = "malformed"
    zh = "请求内容无法解析。"
    en = "The request cannot be read."


class Unauthenticated(DomainError):
    """No token, or one that does not prove anything here."""

    code = "unauthenticated"
    zh = "请先登录。"
    en = "Sign in first."


class Forbidden(DomainError):
    """The caller's role does not allow this; use NotFound where even existence is not theirs to know."""

    code = "forbidden"
    zh = "您的角色不能办理此操作。"
    en = "Your role does not allow this."


class NotFound(DomainError):
    """There is no such record, or none that the caller may know of."""

    code = "not_found"
    zh = "找不到所请求的内容，或您无权查看。"
    en = "There is no such record, or you may not see it."


def existing(found: Found | None, refusal: type[DomainError]) -> Found:
    """What was looked for.

    Raises:
        refusal: nothing was found.
    """
    if found is None:
        raise refusal
    return found


class MethodNotAllowed(DomainError):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    zh = "此地址不支持该请求方法。"
    en = "This address does not support that method."


class Conflict(DomainError):
    """The request is valid, but the present state forbids it."""

    code = "conflict"
    zh = "目前不能办理此操作，请刷新后再试。"
    en = "This is not possible at the moment; refresh and try again."


class Stale(DomainError):
    """If-Match names a version that is no longer the current one."""

    code = "stale"
    zh = "内容已被他人修改，请重新读取后再试。"
    en = "This has been changed since you read it; read it again and retry."


class TooLarge(DomainError):
    """The body is longer than this route takes."""

    code = "too_large"
    zh = "请求内容过大，上限为 {limit} 字节。"
    en = "The request is too large; the limit is {limit} bytes."


class UnsupportedMedia(DomainError):
    """The content type is not one that this route reads."""

    code = "unsupported_media"
    zh = "不支持该内容类型，请使用 {expected}。"
    en = "This content type is not supported; use {expected}."


class Invalid(DomainError):
    """The request can be read but not accepted; ``field_errors`` say what is wrong where."""

    code = "invalid"
    zh = "提交的内容有误，请按下列提示修改。"
    en = "The request is not valid; correct it as follows."


class PreconditionRequired(DomainError):
    """An edit came without If-Match."""

    code = "precondition_required"
    zh = "修改时须携带请求头 If-Match，其值为读取时的 ETag。"
    en = "This request requires the header If-Match, with the ETag received when the record was read."


class RateLimited(DomainError):
    """Too many requests; ``retry_after`` says when to come back."""

    code = "rate_limited"
    zh = "请求过于频繁，请稍后再试。"
    en = "Too many requests; try again later."


class Unavailable(DomainError):
    """A neighbour or the database does not answer; nothing was changed."""

    code = "unavailable"
    zh = "服务暂时不可用，请稍后再试。"
    en = "The service is not available at the moment; try again later."


class BadGateway(Unavailable):
    """The service behind the gateway cannot be reached."""

    code = "bad_gateway"
    zh = "“{service}”服务无法连接，请稍后再试。"
    en = "The {service} service cannot be reached; try again later."


class TimedOut(Unavailable):
    """The service behind the gateway did not answer in time."""

    code = "timed_out"
    zh = "“{service}”服务未在规定时间内应答，请稍后再试。"
    en = "The {service} service did not answer in time; try again later."
