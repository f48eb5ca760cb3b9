"""Counting SQL statements, to show that a list needs the same number however long it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection


@contextmanager
def statements(connection: AsyncConnection) -> Iterator[list[str]]:
    """The statements that the connection runs inside the block; of revocations services hear beside requests."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM revocation" not in statement:
            seen.append(statement)

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection.sync_connection, "before_cursor_execute", note)
