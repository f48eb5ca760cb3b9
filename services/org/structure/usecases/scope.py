"""The scope of a caller's role: the unit for which it was assigned and everything beneath it (PLT-03)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.errors import Forbidden
from services.kit.identity import Caller, Role
from services.org.structure.store import units as unit_rows


class OutOfScope(Forbidden):
    """The caller has the role, but not over this unit."""

    code = "out_of_scope"
    zh = "该单元不在您负责的人力资源范围内，请联系该单元的人力资源同事。"
    en = "This unit is not in your HR scope; ask the HR colleague responsible for it."


def require_hr(caller: Caller, *paths: Sequence[UUID]) -> None:
    """Accept a caller who is HR over each of these units; an empty path (no unit) needs HR over everything.

    Raises:
        OutOfScope: otherwise.
    """
    if not all(caller.has_over(path, Role.HR) for path in paths):
        raise OutOfScope


def days_from(day: date, today: date) -> list[date]:
    """The days on which a change from ``day`` on is to be within HR's scope: for a past day, today as well."""
    return [day] if day >= today else [day, today]


async def require_hr_on(session: ReadSession, caller: Caller, places: Iterable[tuple[UUID | None, date]]) -> None:
    """Accept a caller who is HR over each of these units on its day; no unit needs HR over everything.

    Raises:
        OutOfScope: otherwise.
    """
    wanted = dict.fromkeys(places)
    require_hr(caller, *[await unit_rows.path(session, unit_id, day) if unit_id else [] for unit_id, day in wanted])


def require_over(caller: Caller, *roles: Role) -> None:
    """Accept a caller with one of ``roles`` over the whole organisation.

    Raises:
        OutOfScope: otherwise.
    """
    if not caller.has_over([], *roles):
        raise OutOfScope
