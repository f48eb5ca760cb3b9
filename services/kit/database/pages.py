"""Lists by keyset: stable under concurrent writes, one statement whatever the page, cursors that cannot be forged."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Integer, Select, bindparam, tuple_

from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Malformed, Text
from services.kit.fields import Model

MAX_LIMIT = 500
_MAC_BYTES = 16

Item = TypeVar("Item")
Other = TypeVar("Other")
_READERS: dict[type, Callable[[str], object]] = {
    str: str,
    int: int,
    UUID: UUID,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
    list: lambda text: [UUID(each) for each in text.split("/")],  # a path of ids
}


class CursorForeign(Malformed):
    """A cursor that this list did not give out."""

    code = "cursor_foreign"
    zh = "翻页位置（cursor）不是本列表给出的，请使用上一页的 next。"
    en = "This cursor is not from this list; use `next` of the previous page."


class Page(Model, Generic[Item]):
    """One page of a list. ``next`` is the cursor of the following page, null on the last."""

    items: list[Item] = Field(description="Items of this page, in the order of the list.")
    next: str | None = Field(
        default=None,
        description="Cursor of the following page, to be sent as `cursor`; null on the last one.",
        examples=[None],
    )


@dataclass(frozen=True)
class Paging:
    """What the caller asked for: how many, after which cursor. ``context`` ties cursors to path and filters."""

    limit: int
    cursor: str | None
    context: bytes
    secret: bytes

    def after(self) -> list[str] | None:
        """The key values of the last row already seen.

        Raises:
            CursorForeign: not a cursor of ours, or of another list or other filters.
        """
        if self.cursor is None:
            return None
        try:
            raw = urlsafe_b64decode(self.cursor.encode())
            mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(payload)):
                raise ValueError(self.cursor)
            values: list[str] = json.loads(payload)
        except ValueError as fault:
            expected = Text("上一页给出的 next，原样填写", "the value of `next` from the previous page")
            raise CursorForeign(field_errors=[FieldError("query/cursor", self.cursor[:40], expected)]) from fault
        return values

    def cursor_after(self, values: Sequence[object]) -> str:
        """The cursor of the page that follows a row with these key values."""
        payload = json.dumps([_written(value) for value in values]).encode()
        return urlsafe_b64encode(self._mac(payload) + payload).decode()

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self.secret, self.context + b"\n" + payload, hashlib.sha256)[:_MAC_BYTES]


@dataclass(frozen=True)
class Rows(Generic[Item]):
    """A page of database rows or domain values, before the API writes them."""

    items: list[Item]
    next: str | None

    def map(self, read: Callable[[Item], Other]) -> "Rows[Other]":
        """The page with each item passed through ``read``."""
        return Rows([read(item) for item in self.items], self.next)

    def written(self, write: Callable[[Item], Any]) -> dict[str, Any]:
        """The page as the API answers it, each item passed through ``write``."""
        return {"items": [write(item) for item in self.items], "next": self.next}


class Listing(Generic[Item]):
    """The statements of a list, built once: a process that lists the same again only binds other values.

    ``query`` names what varies by ``bindparam``; it is ordered by ``keys`` (ascending, together unique, never null,
    selected first or not). ``read`` makes an item of a row, whose last columns are the keys.
    """

    def __init__(
        self,
        query: Select[*tuple[Any, ...]],
        keys: Sequence[ColumnElement[Any] | Any],
        read: Callable[[Any], Item],
    ) -> None:
        self._keys = keys
        self._read = read
        marked = query.add_columns(*(key.label(f"key_{n}") for n, key in enumerate(keys)))
        self._first = marked.order_by(*keys).limit(bindparam("page_size", type_=Integer()))

    @cached_property
    def _further(self) -> Select[*tuple[Any, ...]]:
        seen = [bindparam(f"after_{n}", type_=key.type) for n, key in enumerate(self._keys)]
        # The first key also by itself: where the keys lie in several tables, no index serves them together.
        return self._first.where(tuple_(*self._keys) > tuple_(*seen), self._keys[0] >= seen[0])

    async def page(self, session: ReadSession, paging: Paging, **values: object) -> Rows[Item]:
        """One page; ``values`` are those that the query names.

        Raises:
            CursorForeign: see ``Paging.after``.
        """
        after = paging.after()
        values["page_size"] = paging.limit + 1
        if after is not None:
            for n, (key, text) in enumerate(zip(self._keys, after, strict=True)):
                values[f"after_{n}"] = _READERS[key.type.python_type](text)
        statement = self._first if after is None else self._further
        found = (await session.execute(statement, values)).all()
        rows = found[: paging.limit]
        more = len(found) > paging.limit
        following = paging.cursor_after(rows[-1][-len(self._keys) :]) if more else None
        return Rows([self._read(row) for row in rows], following)


async def page(
    session: ReadSession,
    query: Select[*tuple[Any, ...]],
    read: Callable[[Any], Item],
    *,
    keys: Sequence[ColumnElement[Any] | Any],
    paging: Paging,
) -> Rows[Item]:
    """One page of a query that is made for this time only; ``read`` makes an item of a row; see ``Listing``."""
    return await Listing(query, keys, read).page(session, paging)


def _written(value: object) -> str:
    return "/".join(str(each) for each in value) if isinstance(value, list) else str(value)
