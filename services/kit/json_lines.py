"""Long answers as JSON lines that prove their completeness: the last line counts and hashes those before it.

    {"kind":"unit", …}
    {"kind":"unit", …}
    {"kind":"end","lines":2,"hash":"<SHA-256, in hexadecimal, over all bytes before this line>"}

A stream that breaks off has no such line, so a reader never takes a part for the whole. Memory stays flat both ways.
"""

import hashlib
import json
import zlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.kit.errors import Text, Unavailable

MEDIA_TYPE: Final = "application/jsonl"
MAX_LINE: Final = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class StreamBroken(Unavailable):
    """A stream ended early, or is not what its last line says; nothing of it may be used."""

    code = "stream_broken"
    zh = "数据流不完整或已损坏：{reason}。"
    en = "The stream is incomplete or damaged: {reason}."


@dataclass(frozen=True)
class Proof:
    """What the end line said and the bytes before it confirmed: number of lines, SHA-256 in hexadecimal."""

    lines: int
    hash: str


def line_of(item: Mapping[str, Any]) -> bytes:
    """An item of plain JSON, numbers that count as text, as one line."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


async def written(items: AsyncIterable[Mapping[str, Any]]) -> AsyncIterator[bytes]:
    """``items`` of plain JSON as lines with their end line; see ``proved``."""
    async for chunk in proved(line_of(item) async for item in items):
        yield chunk


async def proved(lines: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """``lines``, each with its line feed, and the end line, in chunks of about 64 KiB."""
    sha, count, waiting, size = hashlib.sha256(), 0, list[bytes](), 0
    async for line in lines:
        sha.update(line)
        count += 1
        waiting.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    waiting.append(line_of({"kind": "end", "lines": count, "hash": sha.hexdigest()}))
    yield b"".join(waiting)


async def gzipped(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """``chunks`` compressed, for ``Content-Encoding: gzip``."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    async for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


async def read(chunks: AsyncIterable[bytes]) -> AsyncIterator[dict[str, Any]]:
    """The items of a stream, without its end line. Act on them only once the iteration has ended without error.

    Raises:
        StreamBroken: a line is no JSON object or too long, or the end line is missing or does not fit.
    """
    sha, count, ended = hashlib.sha256(), 0, False
    async for line in _split(chunks):
        if ended:
            raise StreamBroken(reason=Text("结束行之后仍有数据", "lines after the end"))
        item = _parsed(line)
        if item.get("kind") == "end":
            if item.get("lines") != count or item.get("hash") != sha.hexdigest():
                raise StreamBroken(
                    reason=Text(f"第 {count} 行后校验不符", f"hash or number of lines differ after {count} lines")
                )
            ended = True
            continue
        sha.update(line)
        count += 1
        yield item
    if not ended:
        raise StreamBroken(reason=Text(f"第 {count} 行后缺少结束行", f"no end line after {count} lines"))


async def copied(chunks: AsyncIterable[bytes], sink: Callable[[bytes], object]) -> Proof:
    """Hand the lines of a stream to ``sink``, unparsed and in large pieces, without the end line.

    For bulk that goes on to the database as it is. Use what ``sink`` got only once the proof is there.

    Raises:
        StreamBroken: a line is too long, or the end line is missing or does not fit.
    """
    sha, count, held = hashlib.sha256(), 0, bytearray()
    async for chunk in chunks:
        held += chunk
        # The last whole line may be the end line: it stays with us until another one follows.
        end = held.rfind(b"\n", 0, max(held.rfind(b"\n"), 0)) + 1
        if end:
            piece = bytes(held[:end])
            del held[:end]
            sha.update(piece)
            count += piece.count(b"\n")
            sink(piece)
        if len(held) > MAX_LINE:
            raise StreamBroken(reason=Text("有一行过长", "a line is too long"))
    last = _parsed(bytes(held)) if held else {}
    if last.get("kind") != "end":
        raise StreamBroken(reason=Text(f"第 {count} 行后缺少结束行", f"no end line after {count} lines"))
    if last.get("lines") != count or last.get("hash") != sha.hexdigest():
        raise StreamBroken(
            reason=Text(f"第 {count} 行后校验不符", f"hash or number of lines differ after {count} lines")
        )
    return Proof(count, sha.hexdigest())


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line, parse_float=Decimal)
    except ValueError as fault:
        raise StreamBroken(reason=Text("有一行不是 JSON", "a line is not JSON")) from fault
    if not isinstance(item, dict):
        raise StreamBroken(reason=Text("有一行不是 JSON 对象", "a line is not a JSON object"))
    return item


async def _split(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Whole lines, each with its line feed."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        start = 0
        while (end := rest.find(b"\n", start)) >= 0:
            yield bytes(rest[start : end + 1])
            start = end + 1
        del rest[:start]
        if len(rest) > MAX_LINE:
            raise StreamBroken(reason=Text("有一行过长", "a line is too long"))
    if rest:
        raise StreamBroken(reason=Text("最后一行不完整", "the last line is cut off"))
