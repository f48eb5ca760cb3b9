"""New codes, compared with those in use (ORG-07)."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, FieldError
from services.org.structure.domain.code import distinct_from, skeleton


async def require_distinct(
    session: ReadSession,
    column: InstrumentedAttribute[str],
    code: str,
    *,
    refused: type[Conflict],
    pointer: str,
    reserved: Collection[str] = (),
) -> None:
    """Accept a code that nobody takes for one that is ``reserved`` or is or was in use.

    Raises:
        Conflict: as ``refused``, which says ``found`` and ``taken``.
    """
    taken = next((each for each in reserved if skeleton(each) == skeleton(code)), None)
    taken = taken or await session.scalar(select(column).where(func.org.skeleton(column) == func.org.skeleton(code)))
    if taken is not None:
        raise refused(found=code, taken=taken, field_errors=[FieldError(pointer, code, distinct_from(taken))])
