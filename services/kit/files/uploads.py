"""Files that are sent: as multipart form data, as browsers and most clients send them, or as the bare body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any, Final

from fastapi import Request

from services.kit.errors import FieldError, Malformed, Text

FORM: Final = "multipart/form-data"
FIELD: Final = "file"


class UploadMalformed(Malformed):
    """The form data cannot be read, or has not exactly one part called ``file``."""

    code = "upload_malformed"
    zh = "请以“multipart/form-data”上传一个名为“file”的文件。"
    en = "An upload must be multipart/form-data with exactly one file, named 'file'."

    @classmethod
    def of(cls, found: str | None) -> "UploadMalformed":
        """The refusal of form data whose parts are called ``found``."""
        expected = Text("一个名为“file”的文件", "exactly one file called 'file'")
        return cls(field_errors=[FieldError("/file", found, expected)])


@dataclass(frozen=True)
class Upload:
    """A file with its media type (lower case, without parameters)."""

    media_type: str
    data: bytes


async def uploaded(request: Request) -> Upload:
    """The file that a request carries, in form data or as its body.

    Raises:
        UploadMalformed: the form data do not hold exactly one file.
        TooLarge: the body is longer than the route takes.
    """
    header = _header(request.headers.get("content-type", ""))
    body = await request.body()
    if header.get_content_type() != FORM:
        return Upload(header.get_content_type(), body)
    boundary = header.get_boundary()
    if not boundary:
        raise UploadMalformed.of(None)
    parts = [_part(raw) for raw in _parts(body, boundary.encode())]
    names = [str(head.get_param("name", None, "content-disposition")) for head, _ in parts]
    if names != [FIELD]:
        raise UploadMalformed.of(", ".join(names)[:80] or None)
    head, data = parts[0]
    return Upload(head.get_content_type(), data)


def upload_body(*media_types: str) -> dict[str, Any]:
    """The request body of a route that takes a file of one of ``media_types``, for its ``openapi_extra``."""
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "required": [FIELD], "properties": {FIELD: {**binary, "description": "File to import."}}}
    content: Mapping[str, Any] = {
        FORM: {"schema": form, "encoding": {FIELD: {"contentType": ", ".join(media_types)}}},
        **{media_type: {"schema": binary} for media_type in media_types},
    }
    return {"requestBody": {"required": True, "content": content}}


def _header(content_type: str) -> Message:
    header = Message()
    header["content-type"] = content_type
    return header


def _parts(body: bytes, boundary: bytes) -> Sequence[bytes]:
    """The parts between the boundary lines, each with its headers (RFC 7578)."""
    first, *found = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first.strip() or not found or found[-1][:2] != b"--":
        raise UploadMalformed.of(None)
    return found[:-1]


def _part(raw: bytes) -> tuple[Message, bytes]:
    head, empty_line, data = raw.partition(b"\r\n\r\n")
    if not empty_line:
        raise UploadMalformed.of(None)
    return BytesHeaderParser().parsebytes(head.lstrip(b"\r\n") + b"\r\n\r\n"), data
